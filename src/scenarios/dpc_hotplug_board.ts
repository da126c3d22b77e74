/** The memory that a run of dpc-hotplug starts from: a port at rest, its slot, what is in it. */
import type { DpcGlobals } from '../../actors/dpc/design.ts';
import {
  dpc_chain,
  dpc_ghost,
  dpc_ist,
  dpc_reset_lock,
  dpc_reset_lock_checked,
  dpc_reset_lock_depth1,
  dpc_user,
  dpc_workqueue,
} from '../../actors/dpc/structs.ts';
import { LINK_DETECT, LINK_READY, link_port } from '../../actors/hardware/link_regs.ts';
import {
  PCI_EXP_SLTCTL_DLLSCE,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PDCE,
  PCI_EXP_SLTSTA_PDS,
} from '../../actors/hardware/pci_regs.ts';
import {
  controller,
  irqaction,
  OFF_STATE,
  PCI_DEV_ADDED,
  pci_bus,
  pci_channel_io_normal,
  pci_dev,
} from '../../actors/pciehp/structs.ts';
import type { ImageBuilder } from '../memory/image.ts';
import {
  irq_desc,
  list_head,
  mutex,
  rw_semaphore,
  spinlock,
  wait_queue_head,
} from '../memory/kernel_structs.ts';
import type { PortPlace } from './dpc_hotplug_host.ts';
import type { Setting } from './dpc_hotplug_settings.ts';

const CARD = 0x1592_8086;
const OTHER_CARD = 0x1593_8086;
export const ENABLES = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PDCE;

/** The port of the race, and the second one of races that have two. */
export interface Places {
  readonly port: PortPlace;
  readonly second: PortPlace | undefined;
}

export function layOut(
  builder: ImageBuilder,
  setting: Setting,
  { port: place, second }: Places,
  lockClasses: 1 | 2,
): DpcGlobals {
  const nested = setting.shape === 'nested' && setting.numbers.chained === 0;
  const below = setting.shape === 'below';
  const behind = below && second !== undefined ? second : place;
  return {
    pci_lock: builder.static_('pci_lock', spinlock),
    port: builder.static_('port', link_port),
    ctrl: builder.static_('ctrl', controller),
    pdev: builder.static_(place.address, pci_dev),
    below: below ? builder.static_('slot_port', link_port) : 0,
    bus: builder.static_(`bus ${behind.bus}`, pci_bus),
    hp_action: builder.static_('pciehp_action', irqaction),
    err_action: builder.static_('dpc_action', irqaction),
    pciehp_wq: builder.static_('pciehp_wq', dpc_workqueue),
    port_wq: builder.static_('port_wq', dpc_workqueue),
    dpc_completed: builder.static_('dpc_completed_waitqueue', wait_queue_head),
    pci_rescan_remove_lock: builder.static_('pci_rescan_remove_lock', mutex),
    pci_bus_sem: builder.static_('pci_bus_sem', rw_semaphore),
    pci_slot_mutex: builder.static_('pci_slot_mutex', mutex),
    ist: builder.static_('ist', dpc_ist),
    ...resetLocks(builder, setting.numbers.chained, lockClasses),
    ghost: builder.static_('ghost', dpc_ghost),
    nested_action: nested ? builder.static_('nested', irqaction) : 0,
    ...otherSlot(builder, setting, second),
    functions: behind.functions.length,
    card: CARD,
    otherCard: setting.numbers.sameModel === 0 ? OTHER_CARD : CARD,
    ...setting.numbers,
  };
}

/**
 * What pciehp works with: the same, or, where the port that fails is above the slot's, the slot's
 * own port. All other words of pciehp's are the slot's anyway, and so is the bus.
 */
export function slotOf(builder: ImageBuilder, globals: DpcGlobals, places: Places): DpcGlobals {
  const { below: port } = globals;
  const { second } = places;
  if (port === 0 || second === undefined) return globals;
  return { ...globals, port, pdev: builder.static_(second.address, pci_dev), below: 0, hotplug: 1 };
}

/** A static `reset_lock`; where a chain of ports matters, that of both, by their lock classes. */
function resetLocks(
  builder: ImageBuilder,
  chained: number,
  lockClasses: 1 | 2,
): Pick<DpcGlobals, 'reset_lock' | 'nested_reset_lock'> {
  if (chained === 0) {
    return { reset_lock: builder.static_('reset_lock', dpc_reset_lock), nested_reset_lock: 0 };
  }
  // Locks of one cache are of one class.
  builder.cache(dpc_reset_lock_checked, 2, 0);
  const nested = lockClasses === 1 ? dpc_reset_lock_checked : dpc_reset_lock_depth1;
  if (lockClasses === 2) builder.cache(dpc_reset_lock_depth1, 1, 0);
  const reset_lock = builder.alloc(dpc_reset_lock_checked, 'reset_lock');
  const nested_reset_lock = builder.alloc(nested, 'nested reset_lock');
  const chain = builder.static_('chain', dpc_chain);
  builder.poke(chain + dpc_chain.outer, reset_lock);
  builder.poke(chain + dpc_chain.nested, nested_reset_lock);
  return { reset_lock, nested_reset_lock };
}

/** Of the second slot only the function's lock, and who has it open. */
function otherSlot(
  builder: ImageBuilder,
  { shape }: Setting,
  second: PortPlace | undefined,
): Pick<DpcGlobals, 'other_dev' | 'user'> {
  const [address] = second?.functions ?? [];
  if (shape !== 'slots' || address === undefined) return { other_dev: 0, user: 0 };
  return {
    other_dev: builder.static_(address, pci_dev),
    user: builder.static_('user', dpc_user),
  };
}

/** The port at rest: powered, the link up, hotplug interrupts enabled. */
export function pokePort(
  builder: ImageBuilder,
  globals: DpcGlobals,
  slot: DpcGlobals,
  { hotplug, slowMs, bounces }: Setting['numbers'],
  restingOn: number,
): void {
  const { port, ctrl, pdev, bus } = globals;
  const hotplugIrq = builder.static_('hotplug_irq', irq_desc);
  const errorIrq = builder.static_('error_irq', irq_desc);
  const words: readonly (readonly [number, number])[] = [
    [port + link_port.ltssm, LINK_READY],
    [port + link_port.sltctl, hotplug === 0 ? 0 : ENABLES],
    [port + link_port.slow_ms, slowMs],
    [port + link_port.bounces, bounces],
    [port + link_port.sltsta, PCI_EXP_SLTSTA_PDS | globals.powerFault],
    [port + link_port.card, CARD],
    [port + link_port.hp_irq, hotplugIrq],
    [port + link_port.err_irq, errorIrq],
    [ctrl + controller.pdev, slot.pdev],
    [ctrl + controller.irq, hotplugIrq],
    [ctrl + controller.action, globals.hp_action],
    [ctrl + controller.state, restingOn],
    [globals.hp_action + irqaction.handler, 1],
    [globals.err_action + irqaction.handler, 1],
    [pdev + pci_dev.subordinate, bus],
    [pdev + pci_dev.error_state, pci_channel_io_normal],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
  if (slot !== globals) pokeSlotPort(builder, slot, hotplugIrq);
}

/** The slot's port below the one that fails, at rest too. */
function pokeSlotPort(builder: ImageBuilder, { port, pdev }: DpcGlobals, irq: number): void {
  const words: readonly (readonly [number, number])[] = [
    [port + link_port.ltssm, LINK_READY],
    [port + link_port.sltctl, ENABLES],
    [port + link_port.sltsta, PCI_EXP_SLTSTA_PDS],
    [port + link_port.card, CARD],
    [port + link_port.hp_irq, irq],
    [pdev + pci_dev.error_state, pci_channel_io_normal],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
}

/** An empty slot, off. */
export function pokeEmpty(builder: ImageBuilder, { port, ctrl, bus, pcp }: DpcGlobals): void {
  const words: readonly (readonly [number, number])[] = [
    [port + link_port.ltssm, LINK_DETECT],
    [port + link_port.sltctl, pcp === 0 ? ENABLES : ENABLES | PCI_EXP_SLTCTL_PCC],
    [port + link_port.sltsta, 0],
    [port + link_port.card, 0],
    [ctrl + controller.state, OFF_STATE],
    [bus + pci_bus.devices.next, bus + pci_bus.devices.at],
    [bus + pci_bus.devices.prev, bus + pci_bus.devices.at],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
}

/** The card in the slot: its functions are enumerated, their drivers bound. */
export function pokeCard(
  builder: ImageBuilder,
  { bus, ctrl }: DpcGlobals,
  functions: readonly string[],
): void {
  const head = bus + pci_bus.devices.at;
  const devs = functions.map((address) => builder.alloc(pci_dev, address));
  const entries = [head, ...devs.map((dev) => dev + pci_dev.bus_list.at), head];
  for (const [fn, dev] of devs.entries()) {
    const words: readonly (readonly [number, number])[] = [
      [dev + pci_dev.bus, bus],
      [dev + pci_dev.devfn, fn],
      [dev + pci_dev.id, CARD],
      [dev + pci_dev.kref.refcount, 1],
      [dev + pci_dev.driver, 1],
      [dev + pci_dev.priv_flags, PCI_DEV_ADDED],
      [dev + pci_dev.slot, ctrl],
      [dev + pci_dev.error_state, pci_channel_io_normal],
    ];
    for (const [addr, value] of words) builder.poke(addr, value);
  }
  entries.forEach((entry, at) => {
    const next = entries[at + 1];
    if (next === undefined) return;
    builder.poke(entry + list_head.next, next);
    builder.poke(next + list_head.prev, entry);
  });
}

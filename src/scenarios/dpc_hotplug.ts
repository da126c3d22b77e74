/**
 * dpc-hotplug: pciehp against DPC and AER on one hotplug port (pciehp.md 3.2, seed of 9 July 2018).
 * The machine gives the port, the bus behind it and the functions there; what the port can do is
 * the race's. What the documents leave open, and what is simpler here:
 *
 * - Slot Control commands complete at once, indicators do not exist (see pciehp-command for those).
 * - The kernel polls link and card every 10 or 20 ms; here the poller is woken by the change and
 *   its bound is the kernel's. Timers are exact, so 1000 + 100 + 1000 ms come out as 2100.
 * - A link trains in 20 ms and the card answers 100 ms later, unless the race says otherwise.
 * - "DPC late" (race a) is other work before DPC's: 3.5 s, less than hotplug waits since 5.14.
 * - A driver is one word; its error callbacks vote NEED_RESET, then RECOVERED.
 * - A pulled card loses its link first and its presence in a second step.
 * - The power file of 4.18 does its work itself; here it is one more item of the workqueue.
 * - A hotplug ISR that goes round 32 times is taken for endless (R10: a hard lockup).
 * - Of vfio, only closing a device counts. It takes the device locks by trylock in every kernel.
 * - Until 6.2 recovery waits for the card without looking at a device; since then it polls the
 *   first child, and does not wait when there is none (2.8).
 * - Power control has no part in the race of a slot that its button turns off during a reset, but
 *   without it the Link Up of that reset turns the slot on again (2.8: nothing left to wait for).
 * - The threads of 4.19 "at first" are those of 7b4ce26bcf69: no reset_lock (row 2), nothing
 *   forgotten after a bring-up (row 32). With power control they go round for ever.
 * - Presence by pin is not disabled by software: since 6.16 it is ignored with the link.
 * - A nested port (R13) has nothing behind it: of its removal only the lock is left.
 * - Lines of the log have no bus address, and read as in 5.x in every kernel.
 * - A kernel gives the oracles two numbers: its slot state at rest, and how many removals its own
 *   policy makes. Without an error no removal is allowed.
 */
import type { Dpc, DpcGlobals } from '../../actors/dpc/design.ts';
import {
  CARD_INSERTED,
  dpc_ghost,
  dpc_ist,
  dpc_reset_lock,
  dpc_workqueue,
  FAULT_NONE,
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
import { slot } from '../../machines/slot.ts';
import { slot_static } from '../../machines/slot_static.ts';
import type { Program, WatchedWord } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import {
  irq_desc,
  list_head,
  mutex,
  rw_semaphore,
  spinlock,
  wait_queue_head,
} from '../memory/kernel_structs.ts';
import { dpcActors } from './dpc_hotplug_actors.ts';
import { generationOf } from './dpc_hotplug_designs.ts';
import { type PortPlace, placesFor } from './dpc_hotplug_host.ts';
import { dpcInvariants, dpcMeasures } from './dpc_hotplug_invariants.ts';
import { dpcDesigns, dpcRaces } from './dpc_hotplug_record.ts';
import { type Setting, settingOf } from './dpc_hotplug_settings.ts';
import type { BuildRequest, System } from './system.ts';

/** Each function is removed and enumerated again a few times. */
const PCI_DEVS = 6;
const CARD = 0x1592_8086;
const OTHER_CARD = 0x1593_8086;
const ENABLES = PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_PDCE;

function build(request: BuildRequest): Program {
  const generation = generationOf(request.design);
  const setting = settingOf(request.race);
  const [place] = placesFor(request, setting.shape);
  if (place === undefined) throw new Error('[hotrace bug] dpc-hotplug: a race without a port');
  const builder = new ImageBuilder();
  const globals = layOut(builder, setting, place);
  pokePort(builder, globals, setting.numbers, generation.restingOn);
  builder.cache(pci_dev, PCI_DEVS * globals.functions, request.quarantine);
  if (setting.numbers.hand === CARD_INSERTED) pokeEmpty(builder, globals);
  else pokeCard(builder, globals, place.functions);
  const d: Dpc = Object.freeze({ ...globals, ...generation.procedures });
  const removals = setting.numbers.fault === FAULT_NONE ? 0 : generation.removals;
  const { restingOn } = generation;
  const at = {
    ...globals,
    restingOn,
    removals,
    enables: setting.numbers.hotplug === 0 ? 0 : ENABLES,
  };
  return {
    target: `dpc-hotplug/${request.race}`,
    design: request.design,
    ...builder.build(),
    actors: dpcActors(d, setting.rivals),
    invariants: dpcInvariants(at),
    measures: dpcMeasures(at),
    watched: [slotState(globals.ctrl, generation.restingOn)],
    timers: { kind: 'exact' },
    clockStartMs: 1000,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

function layOut(builder: ImageBuilder, setting: Setting, place: PortPlace): DpcGlobals {
  return {
    pci_lock: builder.static_('pci_lock', spinlock),
    port: builder.static_('port', link_port),
    ctrl: builder.static_('ctrl', controller),
    pdev: builder.static_(place.address, pci_dev),
    bus: builder.static_(`bus ${place.bus}`, pci_bus),
    hp_action: builder.static_('pciehp_action', irqaction),
    err_action: builder.static_('dpc_action', irqaction),
    pciehp_wq: builder.static_('pciehp_wq', dpc_workqueue),
    port_wq: builder.static_('port_wq', dpc_workqueue),
    dpc_completed: builder.static_('dpc_completed_waitqueue', wait_queue_head),
    pci_rescan_remove_lock: builder.static_('pci_rescan_remove_lock', mutex),
    pci_bus_sem: builder.static_('pci_bus_sem', rw_semaphore),
    pci_slot_mutex: builder.static_('pci_slot_mutex', mutex),
    ist: builder.static_('ist', dpc_ist),
    reset_lock: builder.static_('reset_lock', dpc_reset_lock),
    ghost: builder.static_('ghost', dpc_ghost),
    nested_action: setting.rivals.includes('nested') ? builder.static_('nested', irqaction) : 0,
    functions: place.functions.length,
    card: CARD,
    otherCard: setting.numbers.sameModel === 0 ? OTHER_CARD : CARD,
    ...setting.numbers,
  };
}

/** The port at rest: powered, the link up, hotplug interrupts enabled. */
function pokePort(
  builder: ImageBuilder,
  globals: DpcGlobals,
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
    [ctrl + controller.pdev, pdev],
    [ctrl + controller.irq, hotplugIrq],
    [ctrl + controller.action, globals.hp_action],
    [ctrl + controller.state, restingOn],
    [globals.hp_action + irqaction.handler, 1],
    [globals.err_action + irqaction.handler, 1],
    [pdev + pci_dev.subordinate, bus],
    [pdev + pci_dev.error_state, pci_channel_io_normal],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
}

/** An empty slot, off. */
function pokeEmpty(builder: ImageBuilder, { port, ctrl, bus, pcp }: DpcGlobals): void {
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
function pokeCard(
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

function slotState(ctrl: number, restingOn: number): WatchedWord {
  const addr = ctrl + controller.state;
  if (restingOn === 0) {
    return { machine: slot_static, addr, states: { 0: 'STATIC', 3: 'POWERON', 4: 'POWEROFF' } };
  }
  const states = {
    0: 'OFF',
    1: 'BLINKINGON',
    2: 'BLINKINGOFF',
    3: 'POWERON',
    4: 'POWEROFF',
    5: 'ON',
  };
  return { machine: slot, addr, states };
}

export const system: System = {
  id: 'dpc-hotplug',
  title: 'pciehp against DPC and AER: who removes, who resets, who waits',
  platformDefault: () => 'powernv',
  races: dpcRaces,
  designs: dpcDesigns,
  build,
};

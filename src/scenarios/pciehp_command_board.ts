/** The guest's memory before pciehp is probed: port, controller, bus, and what is plugged. */
import { PCI_EXP_LNKSTA_DLLLA } from '../../actors/hardware/pci_regs.ts';
import {
  IOH3420_LNKCAP,
  IOH3420_LNKSTA_2018,
  IXGBEVF_ID,
  qemu_port,
} from '../../actors/hardware/qemu_port_regs.ts';
import type { PciehpGlobals } from '../../actors/pciehp/design.ts';
import {
  controller,
  irqaction,
  NO_STATE,
  PCI_D0,
  PCI_DEV_ADDED,
  pci_bus,
  pci_channel_io_normal,
  pci_dev,
  pciehp_ghost,
} from '../../actors/pciehp/structs.ts';
import { slot } from '../../machines/slot.ts';
import type { WatchedWord } from '../actor/program.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { irq_desc, mutex, rw_semaphore, spinlock } from '../memory/kernel_structs.ts';
import { SLOT_STATES } from './pciehp_command_invariants.ts';
import type { SlotPlace } from './pciehp_command_slot.ts';

/** The mail's guest: HZ=250 on arm64. */
const HZ = 250;
/** Multiples of 8 jiffies at 15.844 ms + k * 32 ms (pciehp.md 3.1.4); of 64: the log is silent. */
const WHEEL_OFFSET_MS = 17;

/** The first synchronous command was issued at 311.84 ms; nothing before it takes time. */
export const guestClock = {
  timers: { kind: 'wheel', hz: HZ, offsetMs: WHEEL_OFFSET_MS },
  clockStartMs: 311,
  clockOffsetUs: 840,
} as const;

/** The link is down without a card since QEMU 7.2. */
export const LNKSTA_DOWN = IOH3420_LNKSTA_2018 & ~PCI_EXP_LNKSTA_DLLLA;
/** One function in the slot; a second one only if it were plugged again. */
const PCI_DEVS = 2;

/** Registers after reset, and what enumeration made of them. */
export interface Board {
  readonly lnksta: number;
  readonly sltcap: number;
  readonly sltctl: number;
  readonly sltsta: number;
  /** A card is plugged. */
  readonly plugged: boolean;
  /** Boot has found it: it is on the bus, its driver bound. */
  readonly enumerated: boolean;
  /** Vendor Intel, hot-plug capable, command completion supported: erratum CF118 is assumed. */
  readonly erratumAssumed: boolean;
}

export function layOutGlobals(
  builder: ImageBuilder,
  place: SlotPlace,
  request: number,
): PciehpGlobals {
  return {
    pci_lock: builder.static_('pci_lock', spinlock),
    bql: builder.static_('bql', spinlock),
    pci_rescan_remove_lock: builder.static_('pci_rescan_remove_lock', mutex),
    pci_bus_sem: builder.static_('pci_bus_sem', rw_semaphore),
    pci_slot_mutex: builder.static_('pci_slot_mutex', mutex),
    slot_ctrl_lock: builder.static_('slot_ctrl_lock', spinlock),
    port: builder.static_('ioh3420', qemu_port),
    ghost: builder.static_('ghost', pciehp_ghost),
    action: builder.static_('irqaction', irqaction),
    ...place,
    jiffyMs: 1000 / HZ,
    request,
    card: IXGBEVF_ID,
  };
}

/** The machine after reset and enumeration, before pciehp is probed. */
export function layOutController(
  builder: ImageBuilder,
  ctrl: number,
  globals: PciehpGlobals,
  board: Board,
  quarantine: number,
): void {
  const irq = builder.static_('irq_desc', irq_desc);
  const pdev = builder.static_('rp1', pci_dev);
  const bus = builder.static_('pci_bus', pci_bus);
  builder.cache(pci_dev, PCI_DEVS, quarantine);
  const { port, action } = globals;
  const words: readonly (readonly [number, number])[] = [
    [ctrl + controller.pdev, pdev],
    [ctrl + controller.irq, irq],
    [ctrl + controller.action, action],
    [ctrl + controller.state, NO_STATE],
    [pdev + pci_dev.subordinate, bus],
    [pdev + pci_dev.error_state, pci_channel_io_normal],
    [pdev + pci_dev.current_state, PCI_D0],
    [pdev + pci_dev.broken_cmd_compl, board.erratumAssumed ? 1 : 0],
    [bus + pci_bus.devices.next, bus + pci_bus.devices.at],
    [bus + pci_bus.devices.prev, bus + pci_bus.devices.at],
    [port + qemu_port.lnkcap, IOH3420_LNKCAP],
    [port + qemu_port.lnksta, board.lnksta],
    [port + qemu_port.sltcap, board.sltcap],
    [port + qemu_port.sltctl, board.sltctl],
    [port + qemu_port.sltsta, board.sltsta],
    [port + qemu_port.card, board.plugged ? globals.card : 0],
    [port + qemu_port.irq, irq],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
  if (board.enumerated) plugCold(builder, ctrl, bus, globals);
}

/** A device that was there at boot: enumerated, its driver bound. */
function plugCold(builder: ImageBuilder, ctrl: number, bus: number, globals: PciehpGlobals): void {
  const dev = builder.alloc(pci_dev, '0000:01:00.0');
  const entry = dev + pci_dev.bus_list.at;
  const words: readonly (readonly [number, number])[] = [
    [dev + pci_dev.bus, bus],
    [dev + pci_dev.id, globals.card],
    [dev + pci_dev.kref.refcount, 1],
    [dev + pci_dev.driver, 1],
    [dev + pci_dev.priv_flags, PCI_DEV_ADDED],
    [dev + pci_dev.slot, ctrl],
    [dev + pci_dev.error_state, pci_channel_io_normal],
    [dev + pci_dev.bus_list.next, bus + pci_bus.devices.at],
    [dev + pci_dev.bus_list.prev, bus + pci_bus.devices.at],
    [bus + pci_bus.devices.next, entry],
    [bus + pci_bus.devices.prev, entry],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
}

export function slotState(ctrl: number): WatchedWord {
  return {
    machine: slot,
    addr: ctrl + controller.state,
    states: { [NO_STATE]: 'NONE', ...SLOT_STATES },
  };
}

/**
 * pciehp-command: lost hotplug interrupts and command timeouts, Linux 4.20-rc1 in a QEMU guest of
 * 2018 (pciehp.md 3.1). The port is QEMU's ioh3420 whatever machine is given; the machine gives the
 * slot its address and number.
 *
 * Races beside the reported ones change the port, the way it signals, or the moment (settings).
 * Where the document leaves something open:
 * - A port that takes its time shares one completion among commands that overlap. `-async` has no
 *   latency of its own: the scheduler decides; `-slow` has one on the timer wheel.
 * - A declined INTx gives way to the others; after 100 in a row the kernel masks the line (in truth
 *   after 99,900 of 100,000). Storms on the writer's own CPU are not modelled.
 * - The poll thread ends after 18 looks; I3's times allow two intervals for it, and half a second
 *   where the system sleeps.
 * - Suspend masks hotplug interrupts for 100 ms and stops no task, so commands are polled for in
 *   between: these races have 92912b175178, or no design would come through.
 * - A port that does not resend counts an event as told when it is enabled.
 */
import { PCI_EXP_LNKSTA_DLLLA } from '../../actors/hardware/pci_regs.ts';
import {
  IOH3420_LNKCAP,
  IOH3420_LNKSTA_2018,
  IXGBEVF_ID,
  ioh3420SlotCapabilities,
  qemu_port,
  slotControlAtReset,
  slotStatusAtReset,
} from '../../actors/hardware/qemu_port_regs.ts';
import type { Pciehp, PciehpGlobals } from '../../actors/pciehp/design.ts';
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
  REQUESTED_DEL,
} from '../../actors/pciehp/structs.ts';
import { slot } from '../../machines/slot.ts';
import type { Program, WatchedWord } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { irq_desc, mutex, rw_semaphore, spinlock } from '../memory/kernel_structs.ts';
import { pciehpActors } from './pciehp_command_actors.ts';
import { designProcedures } from './pciehp_command_designs.ts';
import { pciehpInvariants, pciehpMeasures, SLOT_STATES } from './pciehp_command_invariants.ts';
import { pciehpDesigns, pciehpRaces } from './pciehp_command_record.ts';
import { type Setting, settingOf } from './pciehp_command_settings.ts';
import { type SlotPlace, slotOf } from './pciehp_command_slot.ts';
import type { BuildRequest, System } from './system.ts';

/** The mail's guest: HZ=250 on arm64. */
const HZ = 250;
/** Multiples of 8 jiffies at 15.844 ms + k * 32 ms (pciehp.md 3.1.4); of 64: the log is silent. */
const WHEEL_OFFSET_MS = 17;
/** The first synchronous command was issued at 311.84 ms; nothing before it takes time. */
const CLOCK_START_MS = 311;
const CLOCK_OFFSET_US = 840;
/** One function in the slot; a second one only if it were plugged again. */
const PCI_DEVS = 2;

/** The link is down without a card since QEMU 7.2. */
const LNKSTA_DOWN = IOH3420_LNKSTA_2018 & ~PCI_EXP_LNKSTA_DLLLA;

/** Only a card that is there can be removed. */
function isPopulated(setting: Setting): boolean {
  return setting.request === REQUESTED_DEL;
}

function build(request: BuildRequest): Program {
  const setting = settingOf(request.race);
  const populated = isPopulated(setting);
  const place = slotOf(request, populated);
  const builder = new ImageBuilder();
  const ctrl = builder.static_('ctrl', controller);
  const globals = layOutGlobals(builder, place, setting.request);
  layOutController(builder, ctrl, globals, setting, request.quarantine);
  const d: Pciehp = Object.freeze({
    ...globals,
    ...setting.port,
    ...setting.mode,
    ...designProcedures(request.design),
  });
  const { layout, image } = builder.build();
  const { port, ghost } = globals;
  const at = { port, ctrl, ghost, awayMs: setting.awayMs };
  return {
    target: `pciehp-command/${request.race}`,
    design: request.design,
    layout,
    image,
    actors: pciehpActors(ctrl, d, setting),
    invariants: pciehpInvariants(at),
    measures: pciehpMeasures(at),
    watched: [slotState(ctrl)],
    timers: { kind: 'wheel', hz: HZ, offsetMs: WHEEL_OFFSET_MS },
    clockStartMs: CLOCK_START_MS,
    clockOffsetUs: CLOCK_OFFSET_US,
    panicOnWarn: false,
    checkLeaks: true,
  };
}

function layOutGlobals(builder: ImageBuilder, place: SlotPlace, request: number): PciehpGlobals {
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
function layOutController(
  builder: ImageBuilder,
  ctrl: number,
  globals: PciehpGlobals,
  setting: Setting,
  quarantine: number,
): void {
  const populated = isPopulated(setting);
  const irq = builder.static_('irq_desc', irq_desc);
  const pdev = builder.static_('rp1', pci_dev);
  const bus = builder.static_('pci_bus', pci_bus);
  builder.cache(pci_dev, PCI_DEVS, quarantine);
  const { port, action } = globals;
  const linkUp = populated || setting.linkHardWired;
  const words: readonly (readonly [number, number])[] = [
    [ctrl + controller.pdev, pdev],
    [ctrl + controller.irq, irq],
    [ctrl + controller.action, action],
    [ctrl + controller.state, NO_STATE],
    [pdev + pci_dev.subordinate, bus],
    [pdev + pci_dev.error_state, pci_channel_io_normal],
    [pdev + pci_dev.current_state, PCI_D0],
    // Vendor Intel, hot-plug capable, command completion supported: erratum CF118 is assumed.
    [pdev + pci_dev.broken_cmd_compl, setting.erratumAssumed ? 1 : 0],
    [bus + pci_bus.devices.next, bus + pci_bus.devices.at],
    [bus + pci_bus.devices.prev, bus + pci_bus.devices.at],
    [port + qemu_port.lnkcap, IOH3420_LNKCAP],
    [port + qemu_port.lnksta, linkUp ? IOH3420_LNKSTA_2018 : LNKSTA_DOWN],
    [port + qemu_port.sltcap, ioh3420SlotCapabilities(globals.slot)],
    [port + qemu_port.sltctl, slotControlAtReset(populated)],
    [port + qemu_port.sltsta, slotStatusAtReset(populated)],
    [port + qemu_port.irq, irq],
  ];
  for (const [addr, value] of words) builder.poke(addr, value);
  if (populated) plugCold(builder, ctrl, bus, globals);
}

/** A device that was there at boot: enumerated, its driver bound. */
function plugCold(builder: ImageBuilder, ctrl: number, bus: number, globals: PciehpGlobals): void {
  const dev = builder.alloc(pci_dev, '0000:01:00.0');
  const entry = dev + pci_dev.bus_list.at;
  const words: readonly (readonly [number, number])[] = [
    [globals.port + qemu_port.card, globals.card],
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

function slotState(ctrl: number): WatchedWord {
  return {
    machine: slot,
    addr: ctrl + controller.state,
    states: { [NO_STATE]: 'NONE', ...SLOT_STATES },
  };
}

export const system: System = {
  id: 'pciehp-command',
  title: 'Lost hotplug interrupts and command timeouts of pciehp, Linux 4.20-rc1',
  // Slots with registers are what powernv shows; PEs play no part here.
  platformDefault: () => 'powernv',
  races: pciehpRaces,
  designs: pciehpDesigns,
  build,
};

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
import {
  IOH3420_LNKSTA_2018,
  ioh3420SlotCapabilities,
  slotControlAtReset,
  slotStatusAtReset,
} from '../../actors/hardware/qemu_port_regs.ts';
import type { Pciehp } from '../../actors/pciehp/design.ts';
import { controller, REQUESTED_DEL } from '../../actors/pciehp/structs.ts';
import type { Program } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { pciehpActors } from './pciehp_command_actors.ts';
import {
  type Board,
  guestClock,
  LNKSTA_DOWN,
  layOutController,
  layOutGlobals,
  slotState,
} from './pciehp_command_board.ts';
import { designProcedures } from './pciehp_command_designs.ts';
import { pciehpInvariants, pciehpMeasures } from './pciehp_command_invariants.ts';
import { pciehpDesigns, pciehpRaces } from './pciehp_command_record.ts';
import { type Setting, settingOf } from './pciehp_command_settings.ts';
import { slotOf } from './pciehp_command_slot.ts';
import type { BuildRequest, System } from './system.ts';

function build(request: BuildRequest): Program {
  const setting = settingOf(request.race);
  const place = slotOf(request, setting.request === REQUESTED_DEL);
  const builder = new ImageBuilder();
  const ctrl = builder.static_('ctrl', controller);
  const globals = layOutGlobals(builder, place, setting.request);
  layOutController(builder, ctrl, globals, boardOf(setting, place.slot), request.quarantine);
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
    ...guestClock,
    panicOnWarn: false,
    checkLeaks: true,
  };
}

function boardOf(setting: Setting, slot: number): Board {
  // Only a card that is there can be removed.
  const populated = setting.request === REQUESTED_DEL;
  return {
    lnksta: populated || setting.linkHardWired ? IOH3420_LNKSTA_2018 : LNKSTA_DOWN,
    sltcap: ioh3420SlotCapabilities(slot),
    sltctl: slotControlAtReset(populated),
    sltsta: slotStatusAtReset(populated),
    plugged: populated,
    enumerated: populated,
    erratumAssumed: setting.erratumAssumed,
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

/**
 * pciehp-history: rows of pciehp.md 4 that pciehp's command engine and its probe can show, with the
 * driver before the fix and after it. The rest is Linux 4.20 with the fix of seed 004 on QEMU's
 * port. Rows 1, 9 and 10 are races of pciehp-command (probe, A1 and A2) and of dpc-hotplug.
 * Where the document leaves something open:
 * - Row 34 names a NULL dereference, but not the pointer. Here probe publishes the slot before its
 *   interrupt is requested, and a program writes to the power file as soon as it is there.
 * - Row 35: boot has not enumerated behind the port, and there is no power control.
 * - Row 37: kexec turns notification off 65 s after it was turned on, the first command since.
 * - D3: the restore comes while the slot is being turned off, with what was saved while it was on;
 *   the reset before it is left out. The proposal restores the enables, as a command.
 */
import type { Pciehp } from '../../actors/pciehp/design.ts';
import type { RecordedPciehp } from '../../actors/pciehp/record_design.ts';
import {
  controller,
  hotplug_slot,
  pciehp_ghost,
  REQUESTED_ADD,
} from '../../actors/pciehp/structs.ts';
import type { Program } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { guestClock, layOutController, layOutGlobals, slotState } from './pciehp_command_board.ts';
import { pciehpInvariants, pciehpMeasures } from './pciehp_command_invariants.ts';
import { slotOf } from './pciehp_command_slot.ts';
import { recordActors } from './pciehp_history_actors.ts';
import { powerFollowsState } from './pciehp_history_invariants.ts';
import { recordDesigns, recordRaces } from './pciehp_history_known.ts';
import { proceduresOf, rowOf } from './pciehp_history_rows.ts';
import type { BuildRequest, System } from './system.ts';

/** Two intervals of the poll thread. */
const POLL_AWAY_MS = 2 * 2048;

function build(request: BuildRequest): Program {
  const row = rowOf(request.race);
  const board = row.board(0);
  const place = slotOf(request, board.enumerated);
  const builder = new ImageBuilder();
  const ctrl = builder.static_('ctrl', controller);
  const globals = layOutGlobals(builder, place, row.request);
  layOutController(builder, ctrl, globals, row.board(place.slot), request.quarantine);
  const published = builder.static_('hotplug_slot', hotplug_slot);
  const { port, ghost } = globals;
  if (row.wanted) {
    builder.poke(ghost + pciehp_ghost.requested, REQUESTED_ADD);
    builder.poke(ghost + pciehp_ghost.requested_at, guestClock.clockStartMs);
  }
  const driver: Pciehp & RecordedPciehp = {
    ...globals,
    ...row.port,
    ...proceduresOf(row, request.design),
    pciehp_poll_mode: row.pollMode ? 1 : 0,
    hotplug_slot: published,
  };
  const { layout, image } = builder.build();
  const at = { port, ctrl, ghost, awayMs: row.pollMode ? POLL_AWAY_MS : 0 };
  return {
    target: `pciehp-history/${request.race}`,
    design: request.design,
    layout,
    image,
    actors: recordActors(ctrl, driver, row.visitor),
    invariants: [...pciehpInvariants(at), powerFollowsState(at)],
    measures: pciehpMeasures(at),
    watched: [slotState(ctrl)],
    ...guestClock,
    panicOnWarn: false,
    checkLeaks: true,
  };
}

export const system: System = {
  id: 'pciehp-history',
  title: "Fixed bugs of pciehp's probe and command engine, before and after",
  platformDefault: () => 'powernv',
  races: recordRaces,
  designs: recordDesigns,
  build,
};

/**
 * eeh-history: races and lifetime bugs around EEH that were fixed one by one (eeh.md 3), each on
 * the smallest board that shows it and with the few steps of the table. Rows #1, #9, #10, #17 and
 * #18 are races of eeh-pe, phb-irq-map and vmap-alias (record/eeh.ts).
 *
 * Chosen where the documents leave it open:
 * - Rows about EEH lie on the kernel of 5.8 (V2) whatever their date, so that each shows its own
 *   bug and none that was fixed by then; where a row's fix made another one necessary (#16 and
 *   #15), its later kernel has both. #24, #25 and #4 need no more of their day than one report.
 * - eehd does the one step of a recovery in which the bug was (eehd_steps.ts); RECOVERING is set
 *   where the event would have set it.
 * - #3, #32: PHB PEs stand for hose_list. #32 after its fix is #3's fix: no source says that the
 *   second PHB's drivers hear of it.
 * - #7 is two races; in both drivers are told before the channel is given up (#31): otherwise they
 *   would not be told on either side of the fix.
 * - #11: a freeze of the slot's PE freezes the bridge's as well; the operator plugs the card in
 *   again when the removal was noticed.
 * - #12, #14: a slot holds its bridge by a reference in #14 and by none in #12, as the symptoms
 *   have it. #12's walk against a removal is derived.
 * - #19: the driver has #21's bug, which makes the two resets visible.
 * - #22: the fix is that the ioctl leaves the reset to EEH.
 * - #23: whether a node still has a pci_dev is decided while its device is there.
 * - Three derived races have a repair of this laboratory as their `after`: dead-phbs-one-told of
 *   #32, nested-slot-walk of #12 and numvfs-vs-pf-removal of #28.
 * - #26 has no fix: both designs are the same kernel.
 * - #28: the VF is on the PF's bus.
 * - #29: the change makes a silent misuse heard, so that the later kernel is the one that fails.
 */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import type { Program } from '../actor/program.ts';
import { bindingRows } from './eeh_history_binding.ts';
import { driverRows } from './eeh_history_drivers.ts';
import { iovRows } from './eeh_history_iov.ts';
import { lifetimeRows } from './eeh_history_lifetime.ts';
import { reportRows } from './eeh_history_report.ts';
import type { HistoryRow } from './eeh_history_row.ts';
import { slotRows } from './eeh_history_slots.ts';
import { Board } from './eeh_pe_board.ts';
import { designProcedures } from './eeh_pe_designs.ts';
import { placesFor } from './eeh_pe_host.ts';
import { platforms } from './eeh_pe_platforms.ts';
import type { BuildRequest, Design, Race, System } from './system.ts';

/** Any time after boot: 0 would read as "never" where a time stamp is kept. */
const CLOCK_START_MS = 1000;
/** The kernel that a row is set in where it says nothing else: V2 of eeh.md 0. */
const ERA = 'keep-flag';

const ROWS: Readonly<Record<string, HistoryRow>> = {
  ...reportRows,
  ...bindingRows,
  ...lifetimeRows,
  ...iovRows,
  ...slotRows,
  ...driverRows,
};

function build(request: BuildRequest): Program {
  const { race, design, machine, machineName, quarantine } = request;
  const row = ROWS[race];
  const changes = row?.designs[design];
  if (row === undefined || changes === undefined) {
    throw new Error(`[hotrace bug] no cell ${race} --design ${design} in eeh-history`);
  }
  const places = placesFor(race, machine, machineName, row.need);
  const board = new Board(machine.platform, row.spare, quarantine);
  const k: Kernel = Object.freeze({
    ...board.globals,
    ...platforms[machine.platform],
    ...designProcedures(ERA),
    orphan_tracker: 0,
    ...changes,
  });
  const { players, invariants } = row.stage({ board, k, places, quarantine });
  const { layout, image } = board.builder.build();
  return {
    target: `eeh-history/${race}`,
    design,
    layout,
    image,
    actors: players.map((player, cpu) => ({ ...player, cpu })),
    invariants,
    measures: [],
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: CLOCK_START_MS,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

const designs: readonly Design[] = [
  { id: 'before', title: 'the kernel before the row’s fix', source: 'eeh.md 3' },
  {
    id: 'after',
    title: 'the same with the row’s fix, or a repair that is marked lab',
    source: 'eeh.md 3',
  },
];

const races: readonly Race[] = Object.entries(ROWS).map(([id, row]) => {
  const { title, before, after, needs } = row;
  return { id, title, section: `eeh.md 3 ${row.row}`, needs, expected: { before, after } };
});

export const system: System = {
  id: 'eeh-history',
  title: 'Bugs around EEH and PHB hotplug that were fixed one by one (powerpc)',
  platformDefault: (race) => ROWS[race]?.platform ?? 'powernv',
  races,
  designs,
  build,
};

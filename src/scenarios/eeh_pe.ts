/**
 * eeh-pe: the tree of EEH's PEs against PCI hotplug on powerpc (eeh.md 1.3, 2.3, 2.4).
 *
 * Left out: VFs (but for the lock order of sriov_numvfs), passed-through PEs (pass_dev_cnt is read,
 * it is always 0), special events about PHBs, resources but for one base address, config space but
 * for two words, sysfs and proc files but for `remove`, module references of drivers,
 * vm_unmap_aliases. The address cache is a list, a semaphore is a completion. Bridges that take no
 * part are not built.
 *
 * Chosen where the documents leave it open:
 * - `keep-flag` is V2 (5.8), `rescan-lock` V4 with all of V3, `refcount` lies on V1 (5.4).
 * - `snapshot` lies on `refcount`, `global-mutex` on `none`, `two-lock` on `keep-flag`, `deferral`
 *   on `rescan-lock-nolock`, `per-phb-thread` on `two-lock`; what their texts leave open is said in
 *   their files in actors/eeh.
 * - B6 and B31 are entries 6 and 31 of eeh.md 3; N2, N2h and N3 are for their measures (7 #6).
 * - T1, T10, T11b, T14 and B6 are guests (pseries): on bare metal T1 of V2 runs into T9b, which is
 *   race T9.
 * - In T1 and T9 eehd's other event is reduced to its lock and its time (eehd_start.ts). T2 to T6
 *   start hotplug when the detector has returned (T4: at once; T5: before it sends the event).
 * - Config cycles pass through a frozen PE, loads answer all ones; only the latter are detected.
 * - A writer of sysfs `remove` keeps no reference while it waits for the rescan lock.
 * - Until 5.7 a stale binding is undone before the edev is put into its PE again (eeh_dev.ts).
 * - T11d: a thread that crashes in a callback stands still where it is, with what it has locked.
 * - RFC-A: edev->pe counts as a stored pointer; what is unlinked already is not unlinked again; its
 *   orphan tracker's own use after free is reproduced in T12 only (refcount.ts).
 * - RFC-B: waits of 300 s with the mutex held (2.4) are not reproduced: it is dropped in them.
 * - T22: an event may be overtaken once by each other PE; more is starvation.
 * - P: special events go to the thread of the first PHB (per_phb.ts).
 * - T12 and B6 have eehd at one step only; in N2, N2h and N3 the cards are stopped already.
 */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import type { Program } from '../actor/program.ts';
import { Board } from './eeh_pe_board.ts';
import { designs } from './eeh_pe_design_list.ts';
import { designProcedures } from './eeh_pe_designs.ts';
import { placesFor } from './eeh_pe_host.ts';
import { eehInvariants } from './eeh_pe_invariants.ts';
import { eehMeasures } from './eeh_pe_measures.ts';
import { platforms } from './eeh_pe_platforms.ts';
import { INVARIANTS, races } from './eeh_pe_races.ts';
import { SCRIPTS } from './eeh_pe_scripts.ts';
import { withThreads } from './eeh_pe_threads.ts';
import type { BuildRequest, System } from './system.ts';

/**
 * Races whose facts are those of a guest (eeh.md 2.3 T10, T11b, T14, 1.3.5 P1, 3 #6);
 * the others are bare metal's.
 */
const PSERIES = new Set(['T1', 'T10', 'T11b', 'T14', 'B6']);
/** Any time after boot: 0 would read as "never" where a time stamp is kept. */
const CLOCK_START_MS = 1000;

function build(request: BuildRequest): Program {
  const script = SCRIPTS[request.race];
  if (script === undefined) throw new Error(`[hotrace bug] no eeh-pe race ${request.race}`);
  const { machine, machineName, race } = request;
  const places = placesFor(race, machine, machineName);
  const board = new Board(machine.platform, script.sizes, request.quarantine);
  const k: Kernel = Object.freeze({
    ...board.globals,
    ...platforms[machine.platform],
    ...designProcedures(request.design),
    orphan_tracker: script.orphanTracker ?? 0,
  });
  const players = withThreads(script.stage(board, k, places), board, k);
  const { layout, image } = board.builder.build();
  return {
    target: `eeh-pe/${race}`,
    design: request.design,
    layout,
    image,
    actors: players.map((player, cpu) => ({ ...player, cpu })),
    invariants: eehInvariants(INVARIANTS[race] ?? [], board.globals),
    measures: eehMeasures(board.globals),
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: CLOCK_START_MS,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

export const system: System = {
  id: 'eeh-pe',
  title: 'EEH PE tree against PCI hotplug (powerpc)',
  platformDefault: (race) => (PSERIES.has(race) ? 'pseries' : 'powernv'),
  races,
  designs,
  build,
};

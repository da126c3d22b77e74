/**
 * Traversal completeness (eeh.md 2.5 #10): of the devices that are in a subtree from the first to
 * the last moment of a report, how many were visited exactly once. Bookkeeping only: these walks
 * are one instant, invisible to everybody, and bounded, because the tree may be in ruins.
 */
import { ghost_add, ghost_read, ghost_write, type Proc, type Ptr } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_ledger, eeh_pe } from './structs.ts';

/** Entries that a walk looks at before it gives up. */
const WALK_MAX = 64;

function* next_pe(pe: Ptr, root: Ptr): Proc<Ptr> {
  const first = yield ghost_read(pe + eeh_pe.child_list.next);
  if (first !== pe + eeh_pe.child_list.at) return first - eeh_pe.child.at;
  let at = pe;
  for (let i = 0; at !== root && i < WALK_MAX; i++) {
    const next = yield ghost_read(at + eeh_pe.child.next);
    const parent = yield ghost_read(at + eeh_pe.parent);
    if (next !== parent + eeh_pe.child_list.at) return next - eeh_pe.child.at;
    at = parent;
  }
  return 0;
}

/** At the start of a report: these are to be visited. */
export function* note_edevs(root: Ptr, report: number): Proc<void> {
  let left = WALK_MAX;
  for (let pe = root; pe > 0 && left > 0; pe = yield* next_pe(pe, root)) {
    let entry = yield ghost_read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at && left > 0) {
      const edev = entry - eeh_dev.entry.at;
      yield ghost_write(edev + eeh_dev.seen_in, report);
      yield ghost_write(edev + eeh_dev.visits, 0);
      entry = yield ghost_read(entry + list_head.next);
      left--;
    }
    left--;
  }
}

/** At its end: of those still there, who was visited once. */
export function* count_visited(k: Kernel, root: Ptr, report: number): Proc<void> {
  let left = WALK_MAX;
  for (let pe = root; pe > 0 && left > 0; pe = yield* next_pe(pe, root)) {
    let entry = yield ghost_read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at && left > 0) {
      const edev = entry - eeh_dev.entry.at;
      if ((yield ghost_read(edev + eeh_dev.seen_in)) === report) {
        yield ghost_add(k.ledger + eeh_ledger.edevs_existing, 1);
        const visits = yield ghost_read(edev + eeh_dev.visits);
        if (visits === 1) yield ghost_add(k.ledger + eeh_ledger.edevs_visited, 1);
      }
      entry = yield ghost_read(entry + list_head.next);
      left--;
    }
    left--;
  }
}

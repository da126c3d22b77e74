/**
 * Snapshot list (eeh.md 2.4 S), on the reference counts of RFC-A: eehd's walks collect the PEs of a
 * subtree, referenced, under eeh_pe_lock, and work through the list without it. PEs that come later
 * are missed; those that were unlinked meanwhile are passed over.
 *
 * The list is the walking thread's own memory, so that two threads may walk at a time. The short
 * walks of detectors and of single state bits keep the sliding reference.
 */
import {
  current,
  type Proc,
  type Ptr,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  write,
} from '#ops';
import { eeh_pe_next } from './eeh_pe.ts';
import type { Kernel } from './kernel.ts';
import { eeh_get_pe, eeh_pe_next_counted, eeh_put_pe } from './refcount.ts';
import { eeh_pe, eeh_snapshots, SNAPSHOT_MAX } from './structs.ts';

/** Takes the list of this thread. */
export function* eeh_walk_begin_snapshot(k: Kernel, root: Ptr): Proc<Ptr> {
  const me = (yield current()) - 1;
  const list = k.eeh_snapshots + eeh_snapshots.first.at + me * SNAPSHOT_MAX;
  let count = 0;
  yield raw_spin_lock_irqsave(k.eeh_pe_lock);
  let pe = root;
  while (pe !== 0 && count < SNAPSHOT_MAX) {
    yield* eeh_get_pe(k, pe);
    yield write(list + count, pe);
    count++;
    pe = yield* eeh_pe_next(k, pe, root);
  }
  yield raw_spin_unlock_irqrestore(k.eeh_pe_lock);
  yield write(k.eeh_snapshots + eeh_snapshots.at.at + me, 0);
  yield write(k.eeh_snapshots + eeh_snapshots.count.at + me, count);
  return root;
}

/** The next PE on the list that is still in the tree; without a list, the sliding reference. */
export function* eeh_pe_next_snapshot(k: Kernel, pe: Ptr, root: Ptr): Proc<Ptr> {
  const me = (yield current()) - 1;
  const count = yield read(k.eeh_snapshots + eeh_snapshots.count.at + me);
  if (count === 0) return yield* eeh_pe_next_counted(k, pe, root);
  const list = k.eeh_snapshots + eeh_snapshots.first.at + me * SNAPSHOT_MAX;
  yield* eeh_put_pe(k, pe);
  let at = (yield read(k.eeh_snapshots + eeh_snapshots.at.at + me)) + 1;
  for (; at < count; at++) {
    const next = yield read(list + at);
    if ((yield read(next + eeh_pe.parent)) !== 0) {
      yield write(k.eeh_snapshots + eeh_snapshots.at.at + me, at);
      return next;
    }
    yield* eeh_put_pe(k, next);
  }
  yield write(k.eeh_snapshots + eeh_snapshots.count.at + me, 0);
  return 0;
}

/** The canonical walk: actors walk a list under a spinlock. Speed is measured on it. */
import { type Proc, type Ptr, read, spin_lock, spin_unlock, write } from '#ops';
import { eventCodes } from '../ops/events.ts';
import { walk_node, walk_root } from './canonical_walk_structs.ts';

const ev = eventCodes('WALKED');

export function* walk(at: Ptr): Proc<number> {
  yield spin_lock(at + walk_root.lock.at);
  let entry = yield read(at + walk_root.list.next);
  while (entry !== at + walk_root.list.at) {
    const value = yield read(entry - walk_node.list.at + walk_node.value);
    yield write(entry - walk_node.list.at + walk_node.value, value + 1);
    entry = yield read(entry);
  }
  yield spin_unlock(at + walk_root.lock.at);
  return ev.WALKED;
}

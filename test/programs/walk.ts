/** The canonical walk: actors walk a list under a spinlock. Speed is measured on it. */
import { read, spin_lock, spin_unlock, type Proc, type Ptr, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { node, root } from './walk_structs.ts';

const ev = eventCodes('WALKED');

export function* walk(at: Ptr): Proc<number> {
  yield spin_lock(at + root.lock.at);
  let entry = yield read(at + root.list.next);
  while (entry !== at + root.list.at) {
    const value = yield read(entry - node.list.at + node.value);
    yield write(entry - node.list.at + node.value, value + 1);
    entry = yield read(entry);
  }
  yield spin_unlock(at + root.lock.at);
  return ev.WALKED;
}

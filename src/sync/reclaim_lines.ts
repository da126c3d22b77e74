/** What reclamation keeps for each thread: a line that others read, and one of its own. */
import { BUG_ON, kfree, type Proc, type Ptr, READ_ONCE, read, smp_mb, write } from '#ops';
import { LINE, lock_self } from './self.ts';

/** Threads of a domain at most. */
const DOMAIN_THREADS = 8;
export const DOMAIN_WORDS = DOMAIN_THREADS * LINE;

/** The line of a thread, of lines that lie one after the other. */
export function* line_of(lines: Ptr, self: Ptr): Proc<Ptr> {
  const id = yield read(self + lock_self.id);
  yield BUG_ON(id > DOMAIN_THREADS ? 1 : 0);
  return lines + (id - 1) * LINE;
}

/** Puts an object on a list that only this thread sees. */
export function* push_retired(list: Ptr, object: Ptr): Proc<void> {
  yield write(object, yield read(list));
  yield write(list, object);
}

export function* free_retired(list: Ptr): Proc<void> {
  let object = yield read(list);
  yield write(list, 0);
  while (object !== 0) {
    const next = yield read(object);
    yield kfree(object);
    object = next;
  }
}

/** A step of the contract for which an algorithm has nothing to do. */
export function* nothing_to_say(_domain: Ptr, _self: Ptr): Proc<void> {
  yield smp_mb();
}

/** Where a reader is known to be inside, reading is all there is to it. */
export function* read_pointer(_domain: Ptr, _self: Ptr, from: Ptr, _slot: number): Proc<Ptr> {
  return yield READ_ONCE(from);
}

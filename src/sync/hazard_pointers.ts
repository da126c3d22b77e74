/**
 * Hazard pointers (Michael, IEEE TPDS 2004): a reader writes down the pointer that it is about to
 * follow and looks whether it is still there; a remover frees what nobody has written down. Garbage
 * is bounded, whatever a reader does; each hop costs a store and a second look.
 *
 * Links of objects that are off the list must be marked (0 or below): otherwise the second look
 * finds, in an object that is gone, a pointer to one that is gone as well. How often the lists are
 * scanned is the caller's business (quiescent), where Michael counts retired objects.
 */

import { kfree, type Proc, type Ptr, READ_ONCE, read, WRITE_ONCE, write } from '#ops';
import { struct, words } from '../memory/layout.ts';
import type { Reclamation } from './algorithm.ts';
import { DOMAIN_WORDS, line_of, nothing_to_say, push_retired } from './reclaim_lines.ts';
import { LINE, lock_self } from './self.ts';

const hazard_domain_t = struct('hazard_domain', {
  hazards: words(DOMAIN_WORDS, 'a line for each thread: the two pointers it follows'),
  retired: words(DOMAIN_WORDS, 'a line for each thread: its retired objects'),
});

function* hazard_protect(domain: Ptr, self: Ptr, from: Ptr, slot: number): Proc<Ptr> {
  const hazard = (yield* line_of(domain + hazard_domain_t.hazards.at, self)) + slot;
  let pointer = yield READ_ONCE(from);
  while (pointer > 0) {
    yield WRITE_ONCE(hazard, pointer);
    // Still reachable, so it was retired after we wrote it down if it ever is.
    const again = yield READ_ONCE(from);
    if (again === pointer) return pointer;
    pointer = again;
  }
  return pointer;
}

function* hazard_leave(domain: Ptr, self: Ptr): Proc<void> {
  const hazards = yield* line_of(domain + hazard_domain_t.hazards.at, self);
  yield WRITE_ONCE(hazards, 0);
  yield WRITE_ONCE(hazards + 1, 0);
}

function* hazard_retire(domain: Ptr, self: Ptr, object: Ptr): Proc<void> {
  yield* push_retired(yield* line_of(domain + hazard_domain_t.retired.at, self), object);
}

/** 1 if a thread has written the object down. */
function* is_hazard(domain: Ptr, threads: number, object: Ptr): Proc<number> {
  let hazards = domain + hazard_domain_t.hazards.at;
  for (let i = 0; i < threads; i++) {
    if ((yield READ_ONCE(hazards)) === object) return 1;
    if ((yield READ_ONCE(hazards + 1)) === object) return 1;
    hazards += LINE;
  }
  return 0;
}

function* hazard_scan(domain: Ptr, self: Ptr): Proc<void> {
  const threads = yield read(self + lock_self.threads);
  const list = yield* line_of(domain + hazard_domain_t.retired.at, self);
  let object = yield read(list);
  yield write(list, 0);
  while (object !== 0) {
    const next = yield read(object);
    if ((yield* is_hazard(domain, threads, object)) !== 0) yield* push_retired(list, object);
    else yield kfree(object);
    object = next;
  }
}

export const hazardPointers: Reclamation = Object.freeze({
  id: 'hazard-pointers',
  title: 'hazard pointers',
  kind: 'reclamation',
  source: 'Michael, IEEE TPDS 2004',
  memory: hazard_domain_t,
  // One hop: two looks and a store; two stores to leave.
  atomics: 5,
  procedures: Object.freeze({
    enter: nothing_to_say,
    protect: hazard_protect,
    leave: hazard_leave,
    retire: hazard_retire,
    quiescent: hazard_scan,
    offline: nothing_to_say,
  }),
});

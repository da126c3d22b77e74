/**
 * Epoch-based reclamation (Fraser 2004, §5.2.3): a reader says in which epoch it came in; the epoch
 * moves on when every reader inside says the current one; what was retired two epochs ago is freed,
 * as every reader that could have seen it has left. One reader that stays inside stops all freeing.
 *
 * A retired object is tagged with the epoch read after it was taken off the list. Readers inside
 * then say that epoch or an earlier one, so the epoch moves on once with them inside, not twice.
 * Not for more than 2^30 epochs.
 */

import { cmpxchg, type Proc, type Ptr, READ_ONCE, read, WRITE_ONCE, write } from '#ops';
import { struct, word, words } from '../memory/layout.ts';
import type { Reclamation } from './algorithm.ts';
import {
  DOMAIN_WORDS,
  free_retired,
  line_of,
  nothing_to_say,
  push_retired,
  read_pointer,
} from './reclaim_lines.ts';
import { LINE, lock_self } from './self.ts';

const epochs_domain_t = struct('epochs_domain', {
  epoch: word('the current one'),
  line: words(LINE - 1, 'unused'),
  inside: words(DOMAIN_WORDS, 'a line for each thread: 0 outside, epoch * 2 + 1 inside'),
  retired: words(DOMAIN_WORDS, 'a line for each thread: three lists, then the epochs of each'),
});

/** Lists of one thread: of this epoch, and of the two before. */
const LISTS = 3;

function* epochs_enter(domain: Ptr, self: Ptr): Proc<void> {
  const mine = yield* line_of(domain + epochs_domain_t.inside.at, self);
  const epoch = yield READ_ONCE(domain + epochs_domain_t.epoch);
  yield WRITE_ONCE(mine, epoch * 2 + 1);
}

function* epochs_leave(domain: Ptr, self: Ptr): Proc<void> {
  yield WRITE_ONCE(yield* line_of(domain + epochs_domain_t.inside.at, self), 0);
}

function* epochs_retire(domain: Ptr, self: Ptr, object: Ptr): Proc<void> {
  const epoch = yield READ_ONCE(domain + epochs_domain_t.epoch);
  const list = (yield* line_of(domain + epochs_domain_t.retired.at, self)) + (epoch % LISTS);
  if ((yield read(list + LISTS)) !== epoch) {
    // Three epochs old, or older.
    yield* free_retired(list);
    yield write(list + LISTS, epoch);
  }
  yield* push_retired(list, object);
}

/** Moves the epoch on if nobody inside came in an earlier one. */
export function* epochs_advance(domain: Ptr, self: Ptr): Proc<void> {
  const threads = yield read(self + lock_self.threads);
  const epoch = yield READ_ONCE(domain + epochs_domain_t.epoch);
  let inside = domain + epochs_domain_t.inside.at;
  for (let i = 0; i < threads; i++) {
    const its = yield READ_ONCE(inside);
    if (its !== 0 && its !== epoch * 2 + 1) return;
    inside += LINE;
  }
  // e -> e+1, unless another has
  yield cmpxchg(domain + epochs_domain_t.epoch, epoch, epoch + 1);
}

/** Frees this thread's lists that are so many epochs old. */
export function* epochs_free(domain: Ptr, self: Ptr, age: number): Proc<void> {
  const epoch = yield READ_ONCE(domain + epochs_domain_t.epoch);
  const lists = yield* line_of(domain + epochs_domain_t.retired.at, self);
  for (let i = 0; i < LISTS; i++) {
    if ((yield read(lists + i)) !== 0 && epoch - (yield read(lists + i + LISTS)) >= age) {
      yield* free_retired(lists + i);
    }
  }
}

function* epochs_quiescent(domain: Ptr, self: Ptr): Proc<void> {
  yield* epochs_advance(domain, self);
  yield* epochs_free(domain, self, 2);
}

export const epochs: Reclamation = Object.freeze({
  id: 'epochs',
  title: 'epoch-based reclamation',
  kind: 'reclamation',
  source: 'Fraser, Practical lock-freedom, 2004, 5.2.3',
  memory: epochs_domain_t,
  // A look at the epoch, a store to come in, the hop, a store to leave.
  atomics: 4,
  procedures: Object.freeze({
    enter: epochs_enter,
    protect: read_pointer,
    leave: epochs_leave,
    retire: epochs_retire,
    quiescent: epochs_quiescent,
    offline: nothing_to_say,
  }),
});

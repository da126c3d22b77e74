/**
 * Quiescent-state-based reclamation (McKenney & Slingwine 1998; as liburcu-qsbr): threads say from
 * time to time that they hold no pointer; readers say nothing else. What was retired before each of
 * the others has said so once, or is offline, is freed. A reader that never says so stops all
 * freeing.
 */

import { type Proc, type Ptr, READ_ONCE, read, WRITE_ONCE, write } from '#ops';
import { struct, words } from '../memory/layout.ts';
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

const qsbr_domain_t = struct('qsbr_domain', {
  counters: words(DOMAIN_WORDS, 'a line for each thread: even offline, odd online; changes'),
  retired: words(DOMAIN_WORDS, 'a line for each thread: PENDING, WAITING, SEEN'),
});

/** In a thread's own line: retired since; retired before SEEN; every counter as it was then. */
const PENDING = 0;
const WAITING = 1;
const SEEN = 2;

/** Comes online, the first time: from here on others wait for us. */
function* qsbr_enter(domain: Ptr, self: Ptr): Proc<void> {
  const mine = yield* line_of(domain + qsbr_domain_t.counters.at, self);
  const counter = yield READ_ONCE(mine);
  // even -> odd
  if ((counter & 1) === 0) yield WRITE_ONCE(mine, (counter + 1) | 0);
}

function* qsbr_offline(domain: Ptr, self: Ptr): Proc<void> {
  const mine = yield* line_of(domain + qsbr_domain_t.counters.at, self);
  const counter = yield READ_ONCE(mine);
  // odd -> even
  if ((counter & 1) !== 0) yield WRITE_ONCE(mine, (counter + 1) | 0);
}

function* qsbr_retire(domain: Ptr, self: Ptr, object: Ptr): Proc<void> {
  const own = yield* line_of(domain + qsbr_domain_t.retired.at, self);
  yield* push_retired(own + PENDING, object);
}

/** 1 if each other thread was offline at SEEN, or has said something since. */
function* all_have_passed(domain: Ptr, self: Ptr, own: Ptr): Proc<number> {
  const threads = yield read(self + lock_self.threads);
  const me = (yield read(self + lock_self.id)) - 1;
  for (let i = 0; i < threads; i++) {
    const seen = yield read(own + SEEN + i);
    if (i === me || (seen & 1) === 0) continue;
    if ((yield READ_ONCE(domain + qsbr_domain_t.counters.at + i * LINE)) === seen) return 0;
  }
  return 1;
}

function* qsbr_quiescent(domain: Ptr, self: Ptr): Proc<void> {
  const mine = yield* line_of(domain + qsbr_domain_t.counters.at, self);
  const counter = yield READ_ONCE(mine);
  // n -> n+2: nothing held, still online
  if ((counter & 1) !== 0) yield WRITE_ONCE(mine, (counter + 2) | 0);
  const own = yield* line_of(domain + qsbr_domain_t.retired.at, self);
  if ((yield read(own + WAITING)) !== 0) {
    if ((yield* all_have_passed(domain, self, own)) === 0) return;
    yield* free_retired(own + WAITING);
  }
  const pending = yield read(own + PENDING);
  if (pending === 0) return;
  yield write(own + WAITING, pending);
  yield write(own + PENDING, 0);
  const threads = yield read(self + lock_self.threads);
  for (let i = 0; i < threads; i++) {
    const seen = yield READ_ONCE(domain + qsbr_domain_t.counters.at + i * LINE);
    yield write(own + SEEN + i, seen);
  }
}

export const qsbr: Reclamation = Object.freeze({
  id: 'qsbr',
  title: 'quiescent-state-based reclamation',
  kind: 'reclamation',
  source: 'McKenney & Slingwine 1998; liburcu-qsbr',
  memory: qsbr_domain_t,
  // A look at its own counter, the hop.
  atomics: 2,
  procedures: Object.freeze({
    enter: qsbr_enter,
    protect: read_pointer,
    leave: nothing_to_say,
    retire: qsbr_retire,
    quiescent: qsbr_quiescent,
    offline: qsbr_offline,
  }),
});

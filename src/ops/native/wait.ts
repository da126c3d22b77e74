/** Wait queues, completions, futex words and time on real threads: all are parking on a word. */
import { completion } from '../../memory/kernel_structs.ts';
import { ACTOR, actorAt, NEVER_MS } from './control.ts';
import { controlKey, PARK, park, unpark } from './park.ts';
import { block, cast, ctl, expiryFromNow, me, mem, moved, nowMs, self } from './runtime.ts';

export function prepareToWait(queue: number): void {
  self.queue = queue;
  // Sleeping first, queued second: whoever finds this actor queued finds it sleeping.
  Atomics.store(ctl, block + ACTOR.sleeping, 1);
  Atomics.or(mem, queue, 1 << me);
  moved();
}

export function finishWait(queue: number): void {
  self.queue = 0;
  Atomics.and(mem, queue, ~(1 << me));
  Atomics.store(ctl, block + ACTOR.sleeping, 0);
  moved();
}

/** Wakes everybody queued. */
export function wakeQueue(queue: number): number {
  const waiters = Atomics.load(mem, queue);
  let woken = 0;
  for (let a = 0; a < cast.length; a++) {
    if ((waiters & (1 << a)) === 0) continue;
    const sleeping = actorAt(a) + ACTOR.sleeping;
    if (Atomics.compareExchange(ctl, sleeping, 1, 0) !== 1) continue;
    moved();
    unpark(controlKey(sleeping), 1);
    woken++;
  }
  return woken;
}

/** schedule(): until somebody cleared the flag that prepare_to_wait set. */
export function sleepUntilWoken(): void {
  const sleeping = block + ACTOR.sleeping;
  while (Atomics.load(ctl, sleeping) === 1) park(controlKey(sleeping), ctl, sleeping, 1, NEVER_MS);
}

/** schedule_timeout(): the ms that were left, 0 when the time ran out. */
export function sleepAtMost(ms: number): number {
  const sleeping = block + ACTOR.sleeping;
  const expiry = expiryFromNow(ms, 'timeout');
  while (Atomics.load(ctl, sleeping) === 1) {
    if (park(controlKey(sleeping), ctl, sleeping, 1, expiry) !== PARK.expired) continue;
    if (Atomics.compareExchange(ctl, sleeping, 1, 0) === 1) return 0;
  }
  return Math.max(1, expiry - nowMs());
}

export function sleepFor(ms: number): void {
  const expiry = expiryFromNow(ms, 'msleep');
  // A word of its own that nobody changes, under a key that nobody wakes.
  const index = block + ACTOR.expiryMs;
  if (expiry <= nowMs()) return;
  let how: number = PARK.woken;
  while (how !== PARK.expired) how = park(controlKey(index), ctl, index, expiry, expiry);
}

export function completeOne(at: number): void {
  Atomics.add(mem, at + completion.done, 1);
  moved();
  unpark(at, 1);
}

export function waitForCompletion(at: number): void {
  for (;;) {
    const done = Atomics.load(mem, at);
    if (done > 0 && Atomics.compareExchange(mem, at, done, done - 1) === done) break;
    if (done <= 0) park(at, mem, at, done, NEVER_MS);
  }
  moved();
}

/** 0 when woken, 1 when the value differed. */
export function futexWait(addr: number, expected: number): number {
  return park(addr, mem, addr, expected, NEVER_MS) === PARK.differed ? 1 : 0;
}

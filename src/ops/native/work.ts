/** Work items on real threads. `pending` is claimed (2) while its due time is being written. */
import { work_struct } from '../../memory/kernel_structs.ts';
import { NEVER_MS } from './control.ts';
import { park, unpark } from './park.ts';
import { cast, expiryFromNow, me, mem, moved, nowMs } from './runtime.ts';

const QUEUED = 1;
const CLAIMED = 2;

/** 1 if it was not pending already. */
export function queueWork(work: number, dueMs: number): number {
  const pending = work + work_struct.pending;
  if (Atomics.compareExchange(mem, pending, 0, CLAIMED) !== 0) return 0;
  Atomics.store(mem, work + work_struct.expires, dueMs);
  Atomics.store(mem, pending, QUEUED);
  moved();
  unpark(pending, cast.length);
  return 1;
}

export function queueWorkAfter(work: number, ms: number): number {
  return queueWork(work, expiryFromNow(ms, 'timeout'));
}

/** Waits until the item is pending, due, and not running elsewhere; takes it. */
export function takeWork(work: number): void {
  const pending = work + work_struct.pending;
  const running = work + work_struct.running;
  for (;;) {
    const runner = Atomics.load(mem, running);
    const queued = Atomics.load(mem, pending);
    const dueMs = Atomics.load(mem, work + work_struct.expires);
    if (runner !== 0) park(running, mem, running, runner, NEVER_MS);
    else if (queued !== QUEUED) park(pending, mem, pending, queued, NEVER_MS);
    else if (dueMs > nowMs()) park(pending, mem, pending, QUEUED, dueMs);
    else if (Atomics.compareExchange(mem, pending, QUEUED, 0) === QUEUED) break;
  }
  Atomics.store(mem, running, me + 1);
  moved();
}

export function workDone(work: number): void {
  Atomics.store(mem, work + work_struct.running, 0);
  moved();
  unpark(work + work_struct.running, cast.length);
}

/** Unqueues; 1 if it was pending. */
export function cancelWork(work: number): number {
  const pending = work + work_struct.pending;
  for (;;) {
    const was = Atomics.compareExchange(mem, pending, QUEUED, 0);
    // CLAIMED lasts for two stores of another thread.
    if (was === CLAIMED) continue;
    if (was === QUEUED) {
      moved();
      // Its worker waits for the due time: let it look again.
      unpark(pending, cast.length);
    }
    return was;
  }
}

/** Unqueues and waits while it runs. Its own worker may call it: that waits for nobody. */
export function cancelWorkSync(work: number): number {
  const running = work + work_struct.running;
  let was = 0;
  for (;;) {
    const runner = Atomics.load(mem, running);
    if (runner !== 0 && runner !== me + 1) {
      park(running, mem, running, runner, NEVER_MS);
      continue;
    }
    was |= cancelWork(work);
    const now = Atomics.load(mem, running);
    if (now === 0 || now === me + 1) return was;
  }
}

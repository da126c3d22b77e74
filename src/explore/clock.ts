/** Virtual time: it moves only when nothing else can. */

import { work_struct } from '../memory/kernel_structs.ts';
import { ACB } from '../ops/flat.ts';
import { wheelExpiryMs } from '../ops/timer_wheel.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Engine } from './engine.ts';
import { ACTOR, PENDING } from './world.ts';

/** When a timeout of `ms` that starts now ends, in virtual ms. */
export function timeoutExpiry(engine: Engine, ms: number, what: 'msleep' | 'timeout'): number {
  const now = engine.W[engine.world.clock] ?? 0;
  const { timers } = engine.program;
  if (timers.kind === 'exact') return now + Math.max(0, ms);
  return wheelExpiryMs(now, ms, timers.hz, timers.offsetMs, what);
}

/** True once the time of a sleeping actor has come. */
export function timeReached(engine: Engine, acb: number): boolean {
  return (engine.W[engine.world.clock] ?? 0) >= (engine.W[acb + ACTOR.wakeAt] ?? 0);
}

/**
 * Moves the clock to the next moment at which something happens by itself; false when there is
 * none. Marks since when blocked actors wait: exact, because time stood still until now.
 */
export function advanceClock(engine: Engine): boolean {
  const { W, world } = engine;
  const now = W[world.clock] ?? 0;
  let next = Number.MAX_SAFE_INTEGER;
  for (let i = 0; i < engine.actorCount; i++) {
    const acb = world.acbs[i] ?? 0;
    const kind = W[acb] ?? 0;
    if (kind === PENDING.SLEEPING || kind === PENDING.TIMED) {
      const at = W[acb + ACTOR.wakeAt] ?? 0;
      if (at > now && at < next) next = at;
    } else if (kind === OPS.work_wait.kind) {
      const work = W[acb + ACB.operands] ?? 0;
      const at = W[work + work_struct.expires] ?? 0;
      if (W[work + work_struct.pending] === 1 && at > now && at < next) next = at;
    }
  }
  if (next === Number.MAX_SAFE_INTEGER) return false;
  for (let i = 0; i < engine.actorCount; i++) {
    const acb = world.acbs[i] ?? 0;
    if (W[acb + ACTOR.done] === 0 && W[acb + ACTOR.blockedSince] === -1) {
      W[acb + ACTOR.blockedSince] = now;
    }
  }
  W[world.clock] = next;
  return true;
}

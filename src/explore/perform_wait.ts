/** Wait queues, completions, futex words and time. */
import { completion, wait_queue_head } from '../memory/kernel_structs.ts';
import { ACB, stackTop } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import { badAccess, isAccessible } from '../oracles/kasan.ts';
import type { Engine } from './engine.ts';
import { ACTOR, PENDING } from './world.ts';

export function performWait(engine: Engine, actor: number, acb: number, kind: number): number {
  const { W, world } = engine;
  const operand = W[acb + ACB.operands] ?? 0;
  switch (kind) {
    case OPS.prepare_to_wait.kind:
      if (!usable(engine, operand)) return 0;
      W[operand] = (W[operand] ?? 0) | (1 << actor);
      W[acb + ACTOR.sleeping] = 1;
      W[acb + ACTOR.sleepingOn] = operand;
      engine.changed = true;
      return 0;
    case OPS.finish_wait.kind:
      if (!usable(engine, operand)) return 0;
      engine.changed = true;
      W[operand] = (W[operand] ?? 0) & ~(1 << actor);
      W[acb + ACTOR.sleeping] = 0;
      W[acb + ACTOR.sleepingOn] = 0;
      return 0;
    case OPS.schedule.kind:
      return 0;
    case OPS.wake_up.kind:
    case OPS.wake_up_all.kind:
      return wakeUp(engine, operand);
    case OPS.complete.kind:
      if (!usable(engine, operand)) return 0;
      engine.changed = true;
      W[operand + completion.done] = (W[operand + completion.done] ?? 0) + 1;
      return 0;
    case OPS.wait_for_completion.kind:
      if (!usable(engine, operand)) return 0;
      engine.changed = true;
      W[operand + completion.done] = (W[operand + completion.done] ?? 0) - 1;
      return 0;
    case OPS.futex_wait.kind:
      if (!usable(engine, operand)) return 0;
      if (W[operand] !== W[acb + ACB.operands + 1]) return 1;
      W[acb] = PENDING.PARKED;
      W[acb + ACTOR.sleeping] = 2;
      W[acb + ACTOR.sleepingOn] = operand;
      return 0;
    case OPS.futex_wake.kind:
      return futexWake(engine, operand, W[acb + ACB.operands + 1] ?? 0);
    case OPS.cpu_relax.kind:
      relax(engine, actor, acb);
      return 0;
    case OPS.ktime_ms.kind:
      return W[world.clock] ?? 0;
    default:
      return secondHalf(engine, acb, kind);
  }
}

/**
 * The actor gives way. Had it done so before, nothing has changed since, and do its locals stand as
 * they stood then, it has looked in vain: a loop that counts its rounds is not taken for endless.
 */
function relax(engine: Engine, actor: number, acb: number): void {
  const { W, world } = engine;
  const stack = world.stacks[actor] ?? 0;
  const end = stackTop(W, acb, stack);
  let mark = 1;
  for (let i = acb + ACB.ctx; i < acb + ACB.size; i++) mark = Math.imul(mark, 31) + (W[i] ?? 0);
  for (let i = stack; i < end; i++) mark = Math.imul(mark, 0x01000193) + (W[i] ?? 0);
  const same = W[acb + ACTOR.relaxed] !== 0 && W[acb + ACTOR.spinMark] === (mark | 0);
  W[acb + ACTOR.relaxed] = same ? 2 : 1;
  W[acb + ACTOR.spinMark] = mark;
}

/** An operation that waited: its wait is over. */
function secondHalf(engine: Engine, acb: number, kind: number): number {
  const { W, world } = engine;
  if (kind === PENDING.SLEEPING || kind === PENDING.PARKED) {
    W[acb] = OPS.msleep.kind;
    W[acb + ACTOR.sleepingOn] = 0;
    return 0;
  }
  if (kind === PENDING.TIMED) {
    W[acb] = OPS.schedule_timeout.kind;
    const woken = W[acb + ACTOR.sleeping] === 0;
    W[acb + ACTOR.sleeping] = 0;
    const left = (W[acb + ACTOR.wakeAt] ?? 0) - (W[world.clock] ?? 0);
    return woken ? Math.max(1, left) : 0;
  }
  throw new Error(`[hotrace bug] no meaning for operation kind ${kind}`);
}

function usable(engine: Engine, addr: number): boolean {
  if (isAccessible(engine.world.layout, engine.W, addr)) return true;
  engine.finding = badAccess(engine.world.layout, engine.W, addr, 'Write');
  return false;
}

function wakeUp(engine: Engine, queue: number): number {
  if (!usable(engine, queue)) return 0;
  const { W, world } = engine;
  const waiters = W[queue + wait_queue_head.waiters] ?? 0;
  let woken = 0;
  for (let i = 0; i < engine.actorCount; i++) {
    const acb = world.acbs[i] ?? 0;
    if ((waiters & (1 << i)) === 0 || W[acb + ACTOR.sleeping] !== 1) continue;
    W[acb + ACTOR.sleeping] = 0;
    engine.changed = true;
    woken++;
  }
  return woken;
}

function futexWake(engine: Engine, addr: number, count: number): number {
  const { W, world } = engine;
  let woken = 0;
  for (let i = 0; i < engine.actorCount && woken < count; i++) {
    const acb = world.acbs[i] ?? 0;
    if (W[acb + ACTOR.sleeping] !== 2 || W[acb + ACTOR.sleepingOn] !== addr) continue;
    W[acb + ACTOR.sleeping] = 0;
    engine.changed = true;
    woken++;
  }
  return woken;
}

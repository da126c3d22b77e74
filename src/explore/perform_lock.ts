/** Lock operations and interrupt masking. */
import { ACB } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Engine } from './engine.ts';
import {
  acquire,
  downRead,
  downWrite,
  holds,
  lockUsable,
  nameOf,
  release,
  report,
  tryAcquire,
  upRead,
  upWrite,
} from './lock_rules.ts';
import { ACTOR } from './world.ts';

export function performLock(engine: Engine, actor: number, acb: number, kind: number): number {
  const { W } = engine;
  const lock = W[acb + ACB.operands] ?? 0;
  engine.changed = true;
  switch (kind) {
    case OPS.spin_lock.kind:
      acquire(engine, actor, acb, lock);
      bump(W, acb + ACTOR.preempt, 1);
      return 0;
    case OPS.spin_lock_irqsave.kind:
      // Interrupts go off before the lock is taken, so lockdep sees them off.
      bump(W, acb + ACTOR.irqsOff, 1);
      acquire(engine, actor, acb, lock);
      bump(W, acb + ACTOR.preempt, 1);
      return 0;
    case OPS.spin_unlock.kind:
      release(engine, actor, acb, lock);
      bump(W, acb + ACTOR.preempt, -1);
      return 0;
    case OPS.spin_unlock_irqrestore.kind:
      release(engine, actor, acb, lock);
      bump(W, acb + ACTOR.preempt, -1);
      bump(W, acb + ACTOR.irqsOff, -1);
      return 0;
    case OPS.spin_trylock.kind: {
      const taken = tryAcquire(engine, actor, acb, lock);
      engine.changed = taken === 1;
      bump(W, acb + ACTOR.preempt, taken);
      return taken;
    }
    case OPS.mutex_lock.kind:
      acquire(engine, actor, acb, lock);
      return 0;
    case OPS.mutex_unlock.kind:
      release(engine, actor, acb, lock);
      return 0;
    case OPS.mutex_trylock.kind: {
      const taken = tryAcquire(engine, actor, acb, lock);
      engine.changed = taken === 1;
      return taken;
    }
    default:
      return rwsemOrMask(engine, actor, acb, kind, lock);
  }
}

function rwsemOrMask(
  engine: Engine,
  actor: number,
  acb: number,
  kind: number,
  lock: number,
): number {
  const { W } = engine;
  switch (kind) {
    case OPS.down_read.kind:
      downRead(engine, actor, acb, lock);
      return 0;
    case OPS.up_read.kind:
      upRead(engine, actor, acb, lock);
      return 0;
    case OPS.down_write.kind:
      downWrite(engine, actor, acb, lock);
      return 0;
    case OPS.up_write.kind:
      upWrite(engine, actor, acb, lock);
      return 0;
    case OPS.lockdep_assert_held.kind:
      if (lockUsable(engine, lock) && !holds(engine, acb, lock)) {
        const text = `lockdep_assert_held: ${nameOf(engine, lock)} is not held`;
        report(engine, 'assertion', 'lockdep', text, lock);
      }
      return 0;
    case OPS.might_sleep.kind:
      return 0;
    case OPS.local_irq_disable.kind:
      bump(W, acb + ACTOR.irqsOff, 1);
      return 0;
    case OPS.local_irq_enable.kind:
      bump(W, acb + ACTOR.irqsOff, -1);
      return 0;
    case OPS.local_bh_disable.kind:
      bump(W, acb + ACTOR.bhOff, 1);
      return 0;
    case OPS.local_bh_enable.kind:
      bump(W, acb + ACTOR.bhOff, -1);
      return 0;
    default:
      throw new Error(`[hotrace bug] no meaning for operation kind ${kind}`);
  }
}

function bump(W: Int32Array, at: number, by: number): void {
  W[at] = (W[at] ?? 0) + by;
}

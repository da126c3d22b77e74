/** What each operation does to the words (sequentially consistent memory). */
import { STATUS } from '../memory/image.ts';
import { ACB } from '../ops/flat.ts';
import { registerText, textOf } from '../ops/sites.ts';
import { OPS } from '../ops/vocabulary.ts';
import { badAccess, isAccessible } from '../oracles/kasan.ts';
import type { Engine } from './engine.ts';
import { report } from './lock_rules.ts';
import { performIrq } from './perform_irq.ts';
import { performLock } from './perform_lock.ts';
import { performWait } from './perform_wait.ts';
import { kfree, kzalloc } from './slab.ts';

/** How a kernel warning stands in the log. */
const WARNING = registerText('WARNING: %s');

/** Performs the pending operation of an actor; its result goes to the control block. */
export function perform(engine: Engine, actor: number, acb: number): void {
  const { W } = engine;
  const kind = W[acb] ?? 0;
  if (kind <= OPS.atomic_fetch_and.kind) {
    W[acb + ACB.result] = access(engine, acb, kind);
  } else if (kind < OPS.spin_lock.kind) {
    W[acb + ACB.result] = allocOrCount(engine, acb, kind);
  } else if (kind <= OPS.local_bh_enable.kind) {
    W[acb + ACB.result] = performLock(engine, actor, acb, kind);
  } else if (kind < OPS.raise_irq.kind || kind >= 200) {
    W[acb + ACB.result] = performWait(engine, actor, acb, kind);
  } else if (kind < OPS.readl.kind) {
    W[acb + ACB.result] = performIrq(engine, actor, acb, kind);
  } else {
    W[acb + ACB.result] = other(engine, actor, acb, kind);
  }
}

/** KASAN's test; the word's value stays untouched when it fails. */
function accessible(engine: Engine, addr: number, access: 'Read' | 'Write'): boolean {
  const { layout } = engine.world;
  const object = layout.objectOf[addr] ?? 0;
  if (object !== 0 && engine.W[layout.words + 2 * (object - 1)] === STATUS.LIVE) return true;
  engine.finding = badAccess(layout, engine.W, addr, access);
  return false;
}

function access(engine: Engine, acb: number, kind: number): number {
  const { W } = engine;
  const addr = W[acb + ACB.operands] ?? 0;
  const isRead = kind === 1 || kind === 3 || kind === 5;
  if (!accessible(engine, addr, isRead ? 'Read' : 'Write')) return 0;
  const old = W[addr] ?? 0;
  if (isRead) return old;
  const value = W[acb + ACB.operands + 1] ?? 0;
  let next = value;
  switch (kind) {
    case OPS.cmpxchg.kind:
      next = old === value ? (W[acb + ACB.operands + 2] ?? 0) : old;
      break;
    case OPS.atomic_fetch_add.kind:
      next = (old + value) | 0;
      break;
    case OPS.atomic_fetch_or.kind:
      next = old | value;
      break;
    case OPS.atomic_fetch_and.kind:
      next = old & value;
      break;
    default:
      break;
  }
  if (next !== old) engine.changed = true;
  W[addr] = next;
  return old;
}

function allocOrCount(engine: Engine, acb: number, kind: number): number {
  const { W } = engine;
  const operand = W[acb + ACB.operands] ?? 0;
  switch (kind) {
    case OPS.smp_mb.kind:
    case OPS.smp_rmb.kind:
    case OPS.smp_wmb.kind:
      return 0;
    case OPS.kzalloc.kind:
      engine.changed = true;
      return kzalloc(engine, operand);
    case OPS.kfree.kind:
      engine.changed = true;
      kfree(engine, operand);
      return 0;
    default:
      return refcount(engine, operand, kind, W[acb + ACB.operands + 1] ?? 0);
  }
}

function refcount(engine: Engine, addr: number, kind: number, value: number): number {
  const { W } = engine;
  const isRead = kind === OPS.refcount_read.kind;
  if (!accessible(engine, addr, isRead ? 'Read' : 'Write')) return 0;
  const old = W[addr] ?? 0;
  if (isRead) return old;
  engine.changed = true;
  switch (kind) {
    case OPS.refcount_set.kind:
      W[addr] = value;
      return 0;
    case OPS.refcount_inc.kind:
      if (old <= 0) {
        report(engine, 'refcount', 'refcount', 'refcount_t: addition on 0; use-after-free.', addr);
      }
      W[addr] = old + 1;
      return 0;
    case OPS.refcount_inc_not_zero.kind:
      if (old === 0) return 0;
      W[addr] = old + 1;
      return 1;
    case OPS.refcount_dec_and_test.kind:
      if (old <= 0) {
        report(engine, 'refcount', 'refcount', 'refcount_t: underflow; use-after-free.', addr);
      }
      W[addr] = old - 1;
      return old === 1 ? 1 : 0;
    default:
      throw new Error(`[hotrace bug] no meaning for operation kind ${kind}`);
  }
}

function other(engine: Engine, actor: number, acb: number, kind: number): number {
  const { W } = engine;
  const a = W[acb + ACB.operands] ?? 0;
  const b = W[acb + ACB.operands + 1] ?? 0;
  switch (kind) {
    case OPS.readl.kind:
      return accessible(engine, a, 'Read') ? (W[a] ?? 0) : 0;
    case OPS.writel.kind:
      if (!accessible(engine, a, 'Write')) return 0;
      engine.changed = true;
      W[a] = b;
      return 0;
    case OPS.choose.kind:
      return a > 0 ? engine.choice % a : 0;
    case OPS.BUG_ON.kind:
      if (a !== 0) report(engine, 'assertion', 'bug-on', 'kernel BUG: BUG_ON() hit', 0);
      return a;
    case OPS.WARN_ON.kind:
      if (a !== 0) engine.recorder?.log(actor, Int32Array.of(WARNING, b));
      if (a !== 0 && engine.program.panicOnWarn) {
        report(engine, 'assertion', 'warn-on', `WARNING: ${textOf(b) ?? 'WARN_ON() hit'}`, 0);
      }
      return a;
    case OPS.printk.kind:
      engine.recorder?.log(actor, W.subarray(acb + ACB.operands, acb + ACB.result));
      return 0;
    case OPS.ghost_read.kind:
    case OPS.ghost_write.kind:
    case OPS.ghost_add.kind:
      return ghost(engine, kind, a, b);
    case OPS.current.kind:
      return actor + 1;
    case OPS.delay.kind:
      return 0;
    default:
      throw new Error(`[hotrace bug] no meaning for operation kind ${kind}`);
  }
}

/** Bookkeeping beside an object that is gone (or was none) is lost: it is no access to report. */
function ghost(engine: Engine, kind: number, addr: number, value: number): number {
  const { W, world } = engine;
  if (!isAccessible(world.layout, W, addr)) return 0;
  if (kind === OPS.ghost_read.kind) return W[addr] ?? 0;
  W[addr] = kind === OPS.ghost_write.kind ? value : (W[addr] ?? 0) + value;
  return W[addr] ?? 0;
}

/**
 * Lock algorithms under exploration. A lock operation first runs the algorithm's procedure, down to
 * its last atomic access, on the lock that stands behind; then it takes effect as it does with
 * abstract locks. That second half never waits if the algorithm is right: it checks that it is.
 */
import type { LockBacking } from '../actor/lock_choice.ts';
import type { Program } from '../actor/program.ts';
import { rw_semaphore, spinlock } from '../memory/kernel_structs.ts';
import { ACB, type FlatProcedure, flatProcedure, stackTop, toWord } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import { isAccessible } from '../oracles/kasan.ts';
import type { Engine } from './engine.ts';
import { nameOf, report } from './lock_rules.ts';
import { ACTOR } from './world.ts';

/** Operations before which, and after which, an algorithm runs. */
interface Calls {
  readonly before: ReadonlyMap<number, FlatProcedure>;
  readonly after: ReadonlyMap<number, FlatProcedure>;
}

const TRYLOCKS: ReadonlySet<number> = new Set<number>([
  OPS.spin_trylock.kind,
  OPS.mutex_trylock.kind,
]);

export class LockCalls {
  readonly #backing: LockBacking;
  readonly #calls: Calls;

  /** Undefined where locks are abstract. */
  static of(program: Program): LockCalls | undefined {
    return program.locks === undefined ? undefined : new LockCalls(program.locks);
  }

  private constructor(backing: LockBacking) {
    this.#backing = backing;
    this.#calls = callsOf(backing);
  }

  /** An operation is pending: true if an algorithm runs first. */
  begin(engine: Engine, actor: number, acb: number): boolean {
    const { W } = engine;
    const kind = W[acb] ?? 0;
    const procedure = this.#calls.before.get(kind);
    if (procedure === undefined) return false;
    const lock = W[acb + ACB.operands] ?? 0;
    if (this.#behind(lock) === 0 || !isAccessible(engine.world.layout, W, lock)) return false;
    // Taking what one holds oneself is reported by the operation itself.
    if (ownsAlready(W, kind, lock, actor)) return false;
    // Interrupts go off before the lock is taken; the operation will count them itself.
    if (kind === OPS.spin_lock_irqsave.kind) bump(W, acb + ACTOR.irqsOff, 1);
    this.#call(W, actor, acb, kind, lock, procedure);
    return true;
  }

  /** An operation was performed: true if an algorithm runs next. */
  finish(engine: Engine, actor: number, acb: number, kind: number, lock: number): boolean {
    const procedure = this.#calls.after.get(kind);
    if (procedure === undefined || this.#behind(lock) === 0) return false;
    // They come on when the algorithm has let go.
    if (kind === OPS.spin_unlock_irqrestore.kind) bump(engine.W, acb + ACTOR.irqsOff, 1);
    this.#call(engine.W, actor, acb, kind, lock, procedure);
    return true;
  }

  /** The algorithm returned: true if the operation is now pending, false if its caller goes on. */
  returned(engine: Engine, acb: number): boolean {
    const { W } = engine;
    const kind = W[acb + ACTOR.call] ?? 0;
    const lock = W[acb + ACTOR.callLock] ?? 0;
    W[acb + ACTOR.call] = 0;
    W[acb + ACTOR.callLock] = 0;
    W[acb + ACTOR.callFrame] = 0;
    if (this.#calls.after.has(kind)) {
      if (kind === OPS.spin_unlock_irqrestore.kind) bump(W, acb + ACTOR.irqsOff, -1);
      W[acb + ACB.result] = 0;
      return false;
    }
    if (TRYLOCKS.has(kind) && W[acb + ACB.result] === 0) return false;
    if (kind === OPS.spin_lock_irqsave.kind) bump(W, acb + ACTOR.irqsOff, -1);
    const free = kind === OPS.down_read.kind ? W[lock] !== -1 : W[lock] === 0;
    if (!free) {
      const text = `the algorithm let two in: ${nameOf(engine, lock)} is held already`;
      report(engine, 'assertion', 'mutual-exclusion', text, lock);
    }
    W[acb] = kind;
    W[acb + ACB.operands] = lock;
    return true;
  }

  #behind(lock: number): number {
    return this.#backing.behind[lock] ?? 0;
  }

  #call(
    W: Int32Array,
    actor: number,
    acb: number,
    kind: number,
    lock: number,
    procedure: FlatProcedure,
  ): void {
    const frame = W[acb + ACB.frame] ?? 0;
    const callee = stackTop(W, acb, frame);
    W[callee] = 0;
    W[callee + 1] = procedure.id;
    W[callee + 2] = frame;
    W[callee + 3] = this.#behind(lock);
    W[callee + 4] = toWord(this.#backing.selves[actor] ?? 0);
    W[acb + ACB.frame] = callee;
    W[acb + ACTOR.call] = kind;
    W[acb + ACTOR.callLock] = lock;
    W[acb + ACTOR.callFrame] = frame;
  }
}

function callsOf(backing: LockBacking): Calls {
  const before = new Map<number, FlatProcedure>();
  const after = new Map<number, FlatProcedure>();
  const add = (to: Map<number, FlatProcedure>, kinds: readonly number[], what: unknown): void => {
    for (const kind of kinds) to.set(kind, flatProcedure(what));
  };
  const { spinlock: spin, mutex: sleeping, rwsem } = backing;
  if (spin !== undefined) {
    const { lock, unlock } = spin.procedures;
    add(before, [OPS.spin_lock.kind, OPS.spin_lock_irqsave.kind], lock);
    add(after, [OPS.spin_unlock.kind, OPS.spin_unlock_irqrestore.kind], unlock);
    if ('trylock' in spin.procedures) {
      add(before, [OPS.spin_trylock.kind], spin.procedures.trylock);
    }
  }
  if (sleeping !== undefined) {
    add(before, [OPS.mutex_lock.kind], sleeping.procedures.lock);
    add(after, [OPS.mutex_unlock.kind], sleeping.procedures.unlock);
    if ('trylock' in sleeping.procedures) {
      add(before, [OPS.mutex_trylock.kind], sleeping.procedures.trylock);
    }
  }
  if (rwsem !== undefined) {
    add(before, [OPS.down_read.kind], rwsem.procedures.down_read);
    add(before, [OPS.down_write.kind], rwsem.procedures.down_write);
    add(after, [OPS.up_read.kind], rwsem.procedures.up_read);
    add(after, [OPS.up_write.kind], rwsem.procedures.up_write);
  }
  return { before, after };
}

function ownsAlready(W: Int32Array, kind: number, lock: number, actor: number): boolean {
  if (TRYLOCKS.has(kind)) return false;
  if (kind !== OPS.down_read.kind && kind !== OPS.down_write.kind) {
    return W[lock + spinlock.owner] === actor + 1;
  }
  if (W[lock + rw_semaphore.owner] === actor + 1) return true;
  const reads = ((W[lock + rw_semaphore.readers] ?? 0) & (1 << actor)) !== 0;
  return reads && kind === OPS.down_write.kind;
}

function bump(W: Int32Array, at: number, by: number): void {
  W[at] = (W[at] ?? 0) + by;
}

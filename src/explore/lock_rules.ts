/** Locks as exploration has them (blocked until free), with what lockdep would say of each step. */
import { nameOfAddress } from '../memory/image.ts';
import { rw_semaphore } from '../memory/kernel_structs.ts';
import { badAccess, isAccessible } from '../oracles/kasan.ts';
import type { Verdict } from '../oracles/verdict.ts';
import type { Engine } from './engine.ts';
import { ACTOR, HELD_MAX } from './world.ts';

/** Bits of a class's usage word. */
const USAGE = { IN_HARDIRQ: 1, HARDIRQS_ON: 2, IN_SOFTIRQ: 4, SOFTIRQS_ON: 8 } as const;

export function report(
  engine: Engine,
  verdict: Verdict,
  oracle: string,
  text: string,
  addr: number,
) {
  engine.finding ??= { verdict, oracle, message: text, addr };
}

function reportRecursive(engine: Engine, lock: number): void {
  const text = `recursive locking of ${nameOf(engine, lock)}`;
  report(engine, 'recursive-lock', 'lockdep', text, lock);
}

/** A lock, completion, wait queue or work item by its own name, not by its first word's. */
export function nameOf(engine: Engine, lock: number): string {
  return nameOfAddress(engine.world.layout, lock).replace(/\.(val|done|waiters|pending)$/, '');
}

export function lockUsable(engine: Engine, lock: number): boolean {
  if (isAccessible(engine.world.layout, engine.W, lock)) return true;
  engine.finding = badAccess(engine.world.layout, engine.W, lock, 'Lock');
  return false;
}

/** Takes a spinlock or mutex that isEnabled() found free (or held by this very actor). */
export function acquire(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  if (engine.W[lock] !== 0) {
    reportRecursive(engine, lock);
    return;
  }
  engine.W[lock] = 1;
  engine.W[lock + 1] = actor + 1;
  noteAcquired(engine, actor, acb, lock);
}

/** 1 and taken, or 0. Trylocks make no lock order. */
export function tryAcquire(engine: Engine, actor: number, acb: number, lock: number): number {
  if (!lockUsable(engine, lock) || engine.W[lock] !== 0) return 0;
  engine.W[lock] = 1;
  engine.W[lock + 1] = actor + 1;
  pushHeld(engine, acb, lock);
  return 1;
}

export function release(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  if (engine.W[lock] === 0 || engine.W[lock + 1] !== actor + 1) {
    const holder = engine.program.actors[(engine.W[lock + 1] ?? 0) - 1]?.name;
    const held = holder === undefined ? 'it is not held' : `${holder} holds it`;
    report(engine, 'bad-unlock', 'lockdep', `unlock of ${nameOf(engine, lock)}: ${held}`, lock);
    return;
  }
  engine.W[lock] = 0;
  engine.W[lock + 1] = 0;
  popHeld(engine, acb, lock);
}

export function downRead(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  const { W } = engine;
  if (W[lock] === -1) {
    reportRecursive(engine, lock);
    return;
  }
  W[lock] = (W[lock] ?? 0) + 1;
  W[lock + rw_semaphore.readers] = (W[lock + rw_semaphore.readers] ?? 0) | (1 << actor);
  noteAcquired(engine, actor, acb, lock);
}

export function upRead(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  const { W } = engine;
  const mask = W[lock + rw_semaphore.readers] ?? 0;
  if ((mask & (1 << actor)) === 0) {
    report(engine, 'bad-unlock', 'lockdep', `up_read of ${nameOf(engine, lock)}: not held`, lock);
    return;
  }
  W[lock] = (W[lock] ?? 0) - 1;
  W[lock + rw_semaphore.readers] = mask & ~(1 << actor);
  popHeld(engine, acb, lock);
}

export function downWrite(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  const { W } = engine;
  if (W[lock] !== 0) {
    reportRecursive(engine, lock);
    return;
  }
  W[lock] = -1;
  W[lock + rw_semaphore.owner] = actor + 1;
  const waiting = lock + rw_semaphore.waiting;
  W[waiting] = (W[waiting] ?? 0) & ~(1 << actor);
  noteAcquired(engine, actor, acb, lock);
}

export function upWrite(engine: Engine, actor: number, acb: number, lock: number): void {
  if (!lockUsable(engine, lock)) return;
  const { W } = engine;
  if (W[lock + rw_semaphore.owner] !== actor + 1) {
    report(engine, 'bad-unlock', 'lockdep', `up_write of ${nameOf(engine, lock)}: not owner`, lock);
    return;
  }
  W[lock] = 0;
  W[lock + rw_semaphore.owner] = 0;
  popHeld(engine, acb, lock);
}

export function holds(engine: Engine, acb: number, lock: number): boolean {
  const count = engine.W[acb + ACTOR.heldCount] ?? 0;
  for (let i = 0; i < count; i++) if (engine.W[acb + ACTOR.held + i] === lock) return true;
  return false;
}

function pushHeld(engine: Engine, acb: number, lock: number): void {
  const count = engine.W[acb + ACTOR.heldCount] ?? 0;
  if (count >= HELD_MAX) throw new Error(`[hotrace bug] an actor holds over ${HELD_MAX} locks`);
  engine.W[acb + ACTOR.held + count] = lock;
  engine.W[acb + ACTOR.heldCount] = count + 1;
}

function popHeld(engine: Engine, acb: number, lock: number): void {
  const { W } = engine;
  const count = W[acb + ACTOR.heldCount] ?? 0;
  for (let i = count - 1; i >= 0; i--) {
    if (W[acb + ACTOR.held + i] !== lock) continue;
    for (let j = i; j < count - 1; j++) W[acb + ACTOR.held + j] = W[acb + ACTOR.held + j + 1] ?? 0;
    W[acb + ACTOR.held + count - 1] = 0;
    W[acb + ACTOR.heldCount] = count - 1;
    return;
  }
}

function noteAcquired(engine: Engine, actor: number, acb: number, lock: number): void {
  if (engine.oracles) checkOrder(engine, actor, acb, lock);
  pushHeld(engine, acb, lock);
}

/** Adds held -> lock to this execution's lock graph; a path back is an inversion. */
function checkOrder(engine: Engine, actor: number, acb: number, lock: number): void {
  const { W, world } = engine;
  const cls = world.lockClasses.of[lock] ?? -2;
  if (cls < 0) return;
  checkUsage(engine, actor, acb, lock, cls);
  const count = W[acb + ACTOR.heldCount] ?? 0;
  for (let i = 0; i < count; i++) {
    const held = W[acb + ACTOR.held + i] ?? 0;
    const from = world.lockClasses.of[held] ?? -2;
    if (from < 0) continue;
    if (from === cls) {
      const names = `${nameOf(engine, lock)} (${nameOf(engine, held)} held)`;
      report(engine, 'recursive-lock', 'lockdep', `recursive locking of class ${names}`, lock);
      return;
    }
    W[world.classes + 2 * from] = (W[world.classes + 2 * from] ?? 0) | (1 << cls);
    if ((reach(engine, cls) & (1 << from)) === 0) continue;
    const names = `${world.lockClasses.names[from]} -> ${world.lockClasses.names[cls]}`;
    const text = `circular locking dependency: ${names}, the other order was seen before`;
    report(engine, 'lock-inversion', 'lockdep', text, lock);
    return;
  }
}

/** All classes taken, directly or not, while `cls` was held. */
function reach(engine: Engine, cls: number): number {
  let mask = 0;
  let next = 1 << cls;
  while (next !== 0) {
    let found = 0;
    for (let i = 0; i < engine.world.lockClasses.names.length; i++) {
      if ((next & (1 << i)) !== 0) found |= engine.W[engine.world.classes + 2 * i] ?? 0;
    }
    next = found & ~mask;
    mask |= found;
  }
  return mask;
}

function checkUsage(engine: Engine, actor: number, acb: number, lock: number, cls: number): void {
  const { W, world, program } = engine;
  const context = program.actors[actor]?.context ?? 'process';
  const irqsOn = W[acb + ACTOR.irqsOff] === 0;
  const bhOn = irqsOn && W[acb + ACTOR.bhOff] === 0;
  let bits = 0;
  if (context === 'hardirq') bits |= USAGE.IN_HARDIRQ;
  else if (irqsOn) bits |= USAGE.HARDIRQS_ON;
  if (context === 'softirq') bits |= USAGE.IN_SOFTIRQ;
  else if (context === 'process' && bhOn) bits |= USAGE.SOFTIRQS_ON;
  const at = world.classes + 2 * cls + 1;
  const usage = (W[at] ?? 0) | bits;
  W[at] = usage;
  const hard = (usage & USAGE.IN_HARDIRQ) !== 0 && (usage & USAGE.HARDIRQS_ON) !== 0;
  const soft = (usage & USAGE.IN_SOFTIRQ) !== 0 && (usage & USAGE.SOFTIRQS_ON) !== 0;
  if (!hard && !soft) return;
  const pair = hard ? '{HARDIRQ-ON-W} -> {IN-HARDIRQ-W}' : '{SOFTIRQ-ON-W} -> {IN-SOFTIRQ-W}';
  const text = `inconsistent lock state: ${world.lockClasses.names[cls]} ${pair}`;
  report(engine, 'irq-unsafe-lock', 'lockdep', text, lock);
}

/** Sleeping in atomic context: interrupt context, a spinlock held, interrupts or softirqs off. */
export function checkMaySleep(engine: Engine, actor: number, acb: number): void {
  const { W, program } = engine;
  const context = program.actors[actor]?.context ?? 'process';
  const why =
    context !== 'process'
      ? `in ${context} context`
      : (W[acb + ACTOR.preempt] ?? 0) > 0
        ? `with ${nameOf(engine, lastHeld(engine, acb))} held`
        : (W[acb + ACTOR.irqsOff] ?? 0) > 0
          ? 'with interrupts off'
          : (W[acb + ACTOR.bhOff] ?? 0) > 0
            ? 'with softirqs off'
            : '';
  if (why === '') return;
  const text = `sleeping function called from invalid context: ${why}`;
  report(engine, 'sleeping-in-atomic', 'lockdep', text, 0);
}

function lastHeld(engine: Engine, acb: number): number {
  const count = engine.W[acb + ACTOR.heldCount] ?? 0;
  return engine.W[acb + ACTOR.held + count - 1] ?? 0;
}

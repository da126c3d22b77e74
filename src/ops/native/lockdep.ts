/**
 * What lockdep would say, on real threads: each actor knows what it holds; the order in which
 * classes were taken within one another in this round is a bit matrix that all of them share.
 */
import { record } from './checks.ts';
import { CLASSES_MAX, edgeWord, usageWord } from './control.ts';
import { cast, ctl, fail, judge, me, mem, self } from './runtime.ts';

/** Bits of a class's usage word. */
const USAGE = { inHardirq: 1, hardirqsOn: 2, inSoftirq: 4, softirqsOn: 8 } as const;
const HELD_MAX = 16;

const held: number[] = [];
/** Spinlocks held: preemption is off. */
let spinning = 0;

export function forgetHeld(): void {
  held.length = 0;
  spinning = 0;
}

/** Before waiting: an actor that holds the lock already would wait for itself. */
export function checkRecursion(site: number, kind: number, lock: number): void {
  if (!held.includes(lock)) return;
  record(site, kind, 0, 1, lock, 0, 0);
  const message = `recursive locking of ${judge.nameOfLock(lock)}`;
  fail('recursive-lock', 'lockdep', message, lock);
}

/** After taking: order and irq safety of its class; then it is held. */
export function noteTaken(lock: number, spins: boolean): void {
  checkOrder(lock);
  push(lock, spins);
}

/** A trylock makes no lock order. */
export function noteTried(lock: number, spins: boolean): void {
  push(lock, spins);
}

function push(lock: number, spins: boolean): void {
  if (held.length >= HELD_MAX) {
    throw new Error(`[hotrace bug] an actor holds over ${HELD_MAX} locks`);
  }
  held.push(lock);
  if (spins) spinning++;
}

/** Before releasing: only the holder may. */
export function noteReleased(site: number, kind: number, lock: number, spins: boolean): void {
  const at = held.lastIndexOf(lock);
  if (at < 0) {
    record(site, kind, 0, 1, lock, 0, 0);
    const holder = cast[(mem[lock + 1] ?? 0) - 1]?.name;
    const why = holder === undefined ? 'it is not held' : `${holder} holds it`;
    fail('bad-unlock', 'lockdep', `unlock of ${judge.nameOfLock(lock)}: ${why}`, lock);
  }
  held.splice(at, 1);
  if (spins) spinning--;
}

/** might_sleep(): interrupt context, a spinlock held, or interrupts off. */
export function checkMaySleep(site: number, kind: number, addr: number): void {
  const context = cast[me]?.context ?? 'process';
  let why = '';
  if (context !== 'process') why = `in ${context} context`;
  else if (spinning > 0) why = `with ${judge.nameOfLock(held.at(-1) ?? 0)} held`;
  else if (self.irqsOff > 0) why = 'with interrupts off';
  if (why === '') return;
  record(site, kind, 0, 1, addr, 0, 0);
  const message = `sleeping function called from invalid context: ${why}`;
  fail('sleeping-in-atomic', 'lockdep', message, 0);
}

export function checkHeld(site: number, kind: number, lock: number): void {
  if (held.includes(lock)) return;
  record(site, kind, 0, 1, lock, 0, 0);
  const message = `lockdep_assert_held: ${judge.nameOfLock(lock)} is not held`;
  fail('assertion', 'lockdep', message, lock);
}

function checkOrder(lock: number): void {
  const to = judge.lockClass(lock);
  if (to < 0 || to >= CLASSES_MAX) return;
  checkUsage(lock, to);
  for (const other of held) {
    const from = judge.lockClass(other);
    if (from < 0 || from >= CLASSES_MAX) continue;
    if (from === to) {
      const names = `${judge.nameOfLock(lock)} (${judge.nameOfLock(other)} held)`;
      fail('recursive-lock', 'lockdep', `recursive locking of class ${names}`, lock);
    }
    const bit = 1 << (to & 31);
    // Seen before: then it was checked before.
    if ((Atomics.or(ctl, edgeWord(from, to), bit) & bit) !== 0) continue;
    if (!leadsTo(to, from)) continue;
    const names = `${judge.lockClassName(from)} -> ${judge.lockClassName(to)}`;
    const message = `circular locking dependency: ${names}, the other order was seen before`;
    fail('lock-inversion', 'lockdep', message, lock);
  }
}

/** Was `goal` ever taken, directly or not, while `start` was held? The queue grows meanwhile. */
function leadsTo(start: number, goal: number): boolean {
  const seen = new Set([start]);
  const queue = [start];
  for (const from of queue) {
    for (let to = 0; to < CLASSES_MAX; to++) {
      const edges = Atomics.load(ctl, edgeWord(from, to));
      if ((edges & (1 << (to & 31))) === 0 || seen.has(to)) continue;
      if (to === goal) return true;
      seen.add(to);
      queue.push(to);
    }
  }
  return false;
}

function checkUsage(lock: number, lockClass: number): void {
  const context = cast[me]?.context ?? 'process';
  const irqsOn = self.irqsOff === 0;
  let bits = 0;
  if (context === 'hardirq') bits |= USAGE.inHardirq;
  else if (irqsOn) bits |= USAGE.hardirqsOn;
  if (context === 'softirq') bits |= USAGE.inSoftirq;
  else if (context === 'process' && irqsOn && self.bhOff === 0) bits |= USAGE.softirqsOn;
  const usage = Atomics.or(ctl, usageWord(lockClass), bits) | bits;
  const hard = (usage & USAGE.inHardirq) !== 0 && (usage & USAGE.hardirqsOn) !== 0;
  const soft = (usage & USAGE.inSoftirq) !== 0 && (usage & USAGE.softirqsOn) !== 0;
  if (!hard && !soft) return;
  const pair = hard ? '{HARDIRQ-ON-W} -> {IN-HARDIRQ-W}' : '{SOFTIRQ-ON-W} -> {IN-SOFTIRQ-W}';
  const message = `inconsistent lock state: ${judge.lockClassName(lockClass)} ${pair}`;
  fail('irq-unsafe-lock', 'lockdep', message, lock);
}

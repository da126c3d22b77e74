/**
 * Parking and waking, and the discrete-event rule: the virtual clock moves only when no actor can.
 *
 * A parker says what it waits for, becomes PARKING, looks at the word once more, becomes PARKED;
 * a waker scans the blocks and moves one of either kind to WOKEN by compare-and-exchange. So a
 * wake-up is never lost, and at no moment does an actor that was woken look parked. Whoever parks
 * last finds all quiet: it advances the clock to the first expiry, or says why nothing moves.
 */
import {
  ACTOR,
  ATTENTION,
  actorAt,
  CONTROL,
  CPU,
  NEVER_MS,
  STATE,
  STATE_MASK,
  STOP,
  stopRound,
  sumOfMoves,
} from './control.ts';
import {
  attentionIndex,
  block,
  cast,
  counting,
  cpuBlock,
  ctl,
  judge,
  leave,
  me,
  moved,
  noteWait,
  nowMs,
  polls,
  self,
  showMoves,
  stateFinding,
  sumOfMemory,
} from './runtime.ts';

/** How a sleep ended. */
export const PARK = { differed: 0, woken: 1, expired: 2 } as const;

/** Nobody is woken under this key. */
const NO_KEY = 0x7fffffff;

/** The key of a control word; a memory word's key is its address. */
export function controlKey(index: number): number {
  return ~index;
}

/**
 * Sleeps until woken under `key` or until the clock reads `expiryMs`, unless words[index] no longer
 * holds `expected`. Answers a PARK value. Leaves the procedure when the round is over.
 */
export function park(
  key: number,
  words: Int32Array,
  index: number,
  expected: number,
  expiryMs: number,
): number {
  const result = parkOnce(key, words, index, expected, expiryMs);
  attend();
  return result;
}

/** Before every operation and after every sleep: stop, or stand still for an interrupt. */
export function attend(): void {
  for (;;) {
    const attention = Atomics.load(ctl, attentionIndex);
    if (attention === 0) return;
    if ((attention & ATTENTION.stop) !== 0) leave();
    if (self.irqsOff > 0 || (self.handling && cast[me]?.context === 'hardirq')) return;
    let index = cpuBlock + CPU.hardirq;
    if ((attention & ATTENTION.hardirq) === 0) {
      if (self.bhOff > 0) return;
      index = cpuBlock + CPU.softirq;
    }
    const handler = Atomics.load(ctl, index);
    // The bit is cleared before the word: found 0, the bit is gone too.
    if (handler !== 0) parkOnce(controlKey(index), ctl, index, handler, NEVER_MS);
  }
}

function parkOnce(
  key: number,
  words: Int32Array,
  index: number,
  expected: number,
  expiryMs: number,
): number {
  const stateIndex = block + ACTOR.state;
  noteWait();
  ctl[block + ACTOR.key] = key;
  ctl[block + ACTOR.expiryMs] = expiryMs;
  ctl[block + ACTOR.ticket] = Atomics.add(ctl, CONTROL.ticket, 1);
  // The number of this sleep keeps a waker that looked at an earlier one from ending it.
  const sleep = ((Atomics.load(ctl, stateIndex) & ~STATE_MASK) + STATE_MASK + 1) | 0;
  Atomics.store(ctl, stateIndex, sleep | STATE.parking);
  if (
    Atomics.load(words, index) !== expected &&
    replaceState(stateIndex, sleep | STATE.parking, sleep | STATE.running)
  ) {
    return PARK.differed;
  }
  announceHalt();
  // Counted before it looks parked: see isQuiet().
  moved();
  showMoves();
  if (replaceState(stateIndex, sleep | STATE.parking, sleep | STATE.parked)) {
    waitParked(stateIndex, sleep | STATE.parked);
  }
  const how = Atomics.load(ctl, stateIndex) & STATE_MASK;
  Atomics.store(ctl, stateIndex, sleep | STATE.running);
  return how === STATE.expired ? PARK.expired : PARK.woken;
}

function waitParked(stateIndex: number, parked: number): void {
  const attention = Atomics.load(ctl, attentionIndex);
  // stopRound() sets the bit before it looks at the states: one of us sees the other.
  if ((attention & ATTENTION.stop) !== 0) return;
  settle();
  for (let i = 0; i < polls; i++) {
    if (Atomics.load(ctl, stateIndex) !== parked) return;
  }
  while (Atomics.load(ctl, stateIndex) === parked) Atomics.wait(ctl, stateIndex, parked);
}

function replaceState(index: number, from: number, to: number): boolean {
  return Atomics.compareExchange(ctl, index, from, to) === from;
}

/**
 * Tells whoever wants to handle an interrupt on this CPU that one more actor comes to a halt. While
 * it is still PARKING: an actor that looks parked must have nobody left to wake (see isQuiet()).
 */
function announceHalt(): void {
  if ((Atomics.load(ctl, attentionIndex) & ~ATTENTION.stop) === 0) return;
  const index = cpuBlock + CPU.acks;
  Atomics.add(ctl, index, 1);
  unpark(controlKey(index), cast.length);
}

/** The actor moves no more: neither its CPU nor the clock must wait for it. */
export function retire(): void {
  const stateIndex = block + ACTOR.state;
  ctl[block + ACTOR.key] = NO_KEY;
  Atomics.store(ctl, stateIndex, STATE.parking);
  announceHalt();
  moved();
  showMoves();
  Atomics.store(ctl, stateIndex, STATE.done);
  settle();
}

/** Wakes up to `count` actors parked under a key, longest waiting first; answers how many. */
export function unpark(key: number, count: number): number {
  let woken = 0;
  while (woken < count) {
    let chosen = -1;
    let chosenState = 0;
    let chosenTicket = 0;
    for (let a = 0; a < cast.length; a++) {
      const at = actorAt(a);
      const state = Atomics.load(ctl, at + ACTOR.state);
      const what = state & STATE_MASK;
      if (what !== STATE.parked && what !== STATE.parking) continue;
      if (a === me || ctl[at + ACTOR.key] !== key) continue;
      const ticket = ctl[at + ACTOR.ticket] ?? 0;
      if (chosen >= 0 && ((ticket - chosenTicket) | 0) >= 0) continue;
      chosen = at;
      chosenState = state;
      chosenTicket = ticket;
    }
    if (chosen < 0) return woken;
    if (wake(chosen, chosenState, STATE.woken)) woken++;
  }
  return woken;
}

/** Ends the very sleep that `state` stands for. */
function wake(at: number, state: number, how: number): boolean {
  const index = at + ACTOR.state;
  if (!replaceState(index, state, (state & ~STATE_MASK) | how)) return false;
  if ((state & STATE_MASK) === STATE.parked) Atomics.notify(ctl, index, 1);
  return true;
}

/** Called by whoever stops moving: if nobody moves any more, lets the clock jump or says why. */
export function settle(): void {
  while (isQuiet()) {
    if (Atomics.compareExchange(ctl, CONTROL.idleLock, 0, 1) !== 0) {
      Atomics.wait(ctl, CONTROL.idleLock, 1, 1);
      continue;
    }
    if (isQuiet()) whenQuiet();
    Atomics.store(ctl, CONTROL.idleLock, 0);
    Atomics.notify(ctl, CONTROL.idleLock);
    return;
  }
}

function whenQuiet(): void {
  if (Atomics.load(ctl, CONTROL.stop) !== STOP.none) return;
  const clockMoved = advanceClock();
  const judged = clockMoved ? judge.clockMoved() : judge.quiet();
  if (typeof judged === 'object') stateFinding(judged);
  else if (judged === 'end') stopRound(ctl, cast.length, STOP.quiet);
}

/**
 * True when every actor is parked, done, or spins without having seen a change for whole turns.
 * An actor could be woken after we looked at it, by one that parks before we look at that: the
 * latter has then counted its move before it looks parked, so the sum tells.
 */
function isQuiet(): boolean {
  for (;;) {
    const before = sumOfMoves(ctl, cast.length);
    for (let a = 0; a < cast.length; a++) {
      const at = actorAt(a);
      const what = Atomics.load(ctl, at + ACTOR.state) & STATE_MASK;
      if (what === STATE.parked || what === STATE.done) continue;
      if (Atomics.load(ctl, at + ACTOR.relaxTurns) === 0) return false;
      // What it saw must be what is there now, however long ago it looked.
      const now = counting ? before : (before + sumOfMemory()) | 0;
      if (Atomics.load(ctl, at + ACTOR.relaxSum) !== now) return false;
    }
    if (sumOfMoves(ctl, cast.length) === before) return true;
  }
}

/** Moves the clock to the first expiry and wakes whom it concerns; false if nobody has one. */
function advanceClock(): boolean {
  let first: number = NEVER_MS;
  for (let a = 0; a < cast.length; a++) {
    const at = actorAt(a);
    if ((Atomics.load(ctl, at + ACTOR.state) & STATE_MASK) !== STATE.parked) continue;
    first = Math.min(first, ctl[at + ACTOR.expiryMs] ?? NEVER_MS);
  }
  if (first === NEVER_MS) return false;
  if (first > nowMs()) Atomics.store(ctl, CONTROL.nowMs, first);
  Atomics.add(ctl, CONTROL.epoch, 1);
  for (let a = 0; a < cast.length; a++) {
    const at = actorAt(a);
    const state = Atomics.load(ctl, at + ACTOR.state);
    if ((state & STATE_MASK) !== STATE.parked) continue;
    if ((ctl[at + ACTOR.expiryMs] ?? NEVER_MS) <= first) wake(at, state, STATE.expired);
  }
  return true;
}

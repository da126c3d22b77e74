/**
 * What the sanitized form does around every operation: looks whether to stop, disturbs the timing,
 * tests the address as KASAN does, and writes the operation down.
 */
import { STATUS } from '../../memory/image.ts';
import { ACTOR, CONTROL } from './control.ts';
import { disturb } from './disturb.ts';
import { attend } from './park.ts';
import { FLAG_BLOCKED, SLOT_WORDS, TRANSITION_KIND } from './ring.ts';
import { block, ctl, fail, judge, layout, mem, moved, movesSince, self, stir } from './runtime.ts';

let rings: Int32Array = new Int32Array(0);
let ringBase = 0;
let ringMask = 0;
let logBase = 0;
let logMask = 0;
let objectOf: Int32Array = new Int32Array(0);
let statusAt = 0;
let watched: Uint8Array | undefined;

/**
 * Operations left before the next disturbance; and how deep inside a lock algorithm we are: its own
 * accesses are disturbed, but they are not the program's.
 */
export const run = { untilDisturbed: 0x7fffffff, depth: 0 };

/** Where the ring stood before the last turn of a spin loop. */
const turn = { head: -1 };

/** A fresh round. */
export function beginChecks(untilDisturbed: number): void {
  run.untilDisturbed = untilDisturbed;
  run.depth = 0;
  turn.head = -1;
}

export interface CheckSetup {
  readonly rings: Int32Array;
  /** First word and number (a power of two) of this actor's operation slots and log slots. */
  readonly ringBase: number;
  readonly ringSlots: number;
  readonly logSlots: number;
  /** Words that are statecharts themselves. */
  readonly watched: readonly number[];
}

/** After attach(): the rings and the words to watch. */
export function setUpChecks(setup: CheckSetup): void {
  rings = setup.rings;
  ringBase = setup.ringBase;
  ringMask = setup.ringSlots - 1;
  logBase = setup.ringBase + setup.ringSlots * SLOT_WORDS;
  logMask = setup.logSlots - 1;
  objectOf = layout.objectOf;
  // objectOf counts from 1.
  statusAt = layout.words - 2;
  watched = undefined;
  if (setup.watched.length === 0) return;
  watched = new Uint8Array(layout.words);
  for (const addr of setup.watched) watched[addr] = 1;
}

/** Every operation begins with this. */
export function before(): void {
  attend();
  if (--run.untilDisturbed <= 0) run.untilDisturbed = disturb();
}

/** As before(), for what others can notice. */
export function beforeMove(): void {
  before();
  stir();
}

/** KASAN's test. */
export function accessible(addr: number): boolean {
  const object = objectOf[addr] ?? 0;
  return object !== 0 && mem[statusAt + 2 * object] === STATUS.LIVE;
}

export function isWatched(addr: number): boolean {
  return watched !== undefined && watched[addr] === 1;
}

/** The operation that KASAN refuses is the last of the trace. */
export function refuse(site: number, kind: number, addr: number, operand: number): never {
  record(site, kind, 0, 2, addr, operand, 0);
  return failAccess(addr, 'Write');
}

export function refuseRead(site: number, kind: number, addr: number): never {
  record(site, kind, 0, 1, addr, 0, 0);
  return failAccess(addr, 'Read');
}

export function refuseLock(site: number, kind: number, lock: number): never {
  record(site, kind, 0, 1, lock, 0, 0);
  return failAccess(lock, 'Lock');
}

function failAccess(addr: number, access: 'Read' | 'Write' | 'Lock'): never {
  const { verdict, oracle, message } = judge.badAccess(addr, access);
  return fail(verdict, oracle, message, addr);
}

/** A place in the order of all operations. */
export function draw(): number {
  return Atomics.add(ctl, CONTROL.sequence, 1);
}

/** Writes down an operation whose place in the order was drawn before it happened. */
export function put(
  order: number,
  site: number,
  kind: number,
  result: number,
  used: number,
  a: number,
  b: number,
): void {
  const head = ctl[block + ACTOR.ringHead] ?? 0;
  const at = ringBase + (head & ringMask) * SLOT_WORDS;
  rings[at] = order;
  rings[at + 1] = kind;
  rings[at + 2] = site;
  rings[at + 3] = ctl[CONTROL.nowMs] ?? 0;
  rings[at + 4] = result;
  rings[at + 5] = self.sinceMs >= 0 ? FLAG_BLOCKED : 0;
  rings[at + 6] = used;
  rings[at + 7] = a;
  rings[at + 8] = b;
  ctl[block + ACTOR.ringHead] = head + 1;
}

/** Writes down an operation that has just happened. */
export function record(
  site: number,
  kind: number,
  result: number,
  used: number,
  a: number,
  b: number,
  c: number,
): void {
  const head = ctl[block + ACTOR.ringHead] ?? 0;
  put(draw(), site, kind, result, used, a, b);
  if (used > 2) rings[ringBase + (head & ringMask) * SLOT_WORDS + 9] = c;
}

/** As record(), for what others can see. */
export function recordMove(
  order: number,
  site: number,
  kind: number,
  result: number,
  a: number,
  b: number,
): void {
  moved();
  put(order, site, kind, result, 2, a, b);
}

/** Writes down a turn of a spin loop in the place of the one before it, if all it did was look. */
export function recordTurn(site: number, kind: number): void {
  const headIndex = block + ACTOR.ringHead;
  const head = ctl[headIndex] ?? 0;
  const since = head - turn.head;
  // relax() shows the moves of each turn, so what has not been shown was done in this one.
  const onlyLooked = movesSince() === 0 && turn.head >= 0;
  if (onlyLooked && since >= 0 && since <= ringMask) ctl[headIndex] = turn.head;
  else turn.head = head;
  record(site, kind, 0, 0, 0, 0, 0);
}

export function recordTransition(from: number, event: number, to: number): void {
  if (rings.length === 0) return;
  record(0, TRANSITION_KIND, 0, 3, from, event, to);
}

/** One line of the kernel log: `words` is the format's id, then its arguments. */
export function recordLog(site: number, kind: number, words: readonly number[]): void {
  const order = draw();
  const head = ctl[block + ACTOR.logHead] ?? 0;
  const at = logBase + (head & logMask) * SLOT_WORDS;
  rings[at] = order;
  rings[at + 1] = kind;
  rings[at + 2] = site;
  rings[at + 3] = ctl[CONTROL.nowMs] ?? 0;
  rings[at + 6] = words.length;
  for (let i = 0; i < words.length; i++) rings[at + 7 + i] = words[i] ?? 0;
  ctl[block + ACTOR.logHead] = head + 1;
}

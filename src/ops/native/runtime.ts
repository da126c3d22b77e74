/**
 * The one actor of this thread and the words it shares with the others. Module state is
 * unavoidable here: in lowered code an operation is a plain call, and no argument carries the run.
 */
import type { MemoryLayout } from '../../memory/image.ts';
import type { Finding, Verdict } from '../../oracles/verdict.ts';
import type { TimerUse } from '../timer_wheel.ts';
import {
  ACTOR,
  ATTENTION,
  actorAt,
  CONTROL,
  cpuAt,
  FINDING_TEXT_MAX,
  NEVER_MS,
  STOP,
  stopRound,
  textAt,
} from './control.ts';
import type { NativeLocks } from './locks.ts';

/** One actor as the runtime needs to know it. */
export interface NativeActor {
  readonly name: string;
  readonly context: 'process' | 'softirq' | 'hardirq';
  /** 0 .. CPUS_MAX-1 */
  readonly cpu: number;
  readonly daemon: boolean;
}

export interface Attachment {
  /** Words of the emulated memory: an image as src/memory/image.ts lays it out. */
  readonly memory: Int32Array;
  readonly control: Int32Array;
  readonly layout: MemoryLayout;
  /** Index of this thread's actor. */
  readonly actor: number;
  readonly actors: readonly NativeActor[];
  /** Virtual ms at which a timeout of `ms`, started at `nowMs`, fires. */
  readonly expiryMs: (nowMs: number, ms: number, what: TimerUse) => number;
  readonly locks: NativeLocks;
  readonly judge: Judge;
  /** Polls of a word before its waiter gives the CPU back; 0 where actors outnumber CPUs. */
  readonly polls: number;
  /** Turns of a spin loop between two short sleeps; 0: a spinner never gives the CPU back. */
  readonly turnsAwake: number;
  /** Operations tell what moves (the sanitized form); else spinners look at the whole memory. */
  readonly counting: boolean;
}

/** The oracles live above this folder, so they are handed in. */
export interface Judge {
  /** Nothing moves and no timer runs: a finding, the good end, or not sure yet. */
  readonly quiet: () => Finding | 'end' | 'wait';
  /** The clock has just moved: somebody may have slept too long. */
  readonly clockMoved: () => Finding | undefined;
  readonly badAccess: (addr: number, access: 'Read' | 'Write' | 'Lock' | 'Free') => Finding;
  /** A lock as messages name it. */
  readonly nameOfLock: (lock: number) => string;
  /** Class of the lock at an address; -1: its order is not checked, -2: no lock starts there. */
  readonly lockClass: (lock: number) => number;
  readonly lockClassName: (lockClass: number) => string;
  /** A word that is itself a statechart made a move. */
  readonly watchedMove: (addr: number, from: number, to: number) => Finding | undefined;
  readonly panicOnWarn: boolean;
}

/** Thrown by an operation to leave a procedure when the round is over. Never a finding. */
export class ActorStopped extends Error {
  override readonly name = 'ActorStopped';
}
const stopped = new ActorStopped('the round is over');

export let mem: Int32Array = new Int32Array(0);
export let ctl: Int32Array = new Int32Array(0);
export let layout: MemoryLayout = {
  words: 0,
  imageWords: 0,
  objectOf: new Int32Array(0),
  objects: [],
  caches: [],
};
export let cast: readonly NativeActor[] = [];
export let me = 0;
/** Where this actor's block and its CPU's block start in the control words. */
export let block = 0;
export let cpuBlock = 0;
export let attentionIndex = 0;
export let polls = 0;
export let turnsAwake = 0;
export let counting = true;
export let locks: NativeLocks;
export let judge: Judge;
/** Moves that only this thread knows of yet. */
let moves = 0;
/** All of this round; in its block at once, since whoever gives way waits for them. */
let changes = 0;
/** Its block says that it spins and nothing moves. */
let still = false;
let expiryOf: Attachment['expiryMs'] = (nowMs, ms) => nowMs + ms;

/** What only this actor knows of itself; reset at every round. */
export const self = {
  /** Nesting of local_irq_disable and irqsave. */
  irqsOff: 0,
  bhOff: 0,
  /** Between irq_enter and irq_exit. */
  handling: false,
  /** Last wait queue prepared for, for reports. */
  queue: 0,
  /** The operation it may be waiting in, for whoever asks why it does not move; 0: in none. */
  kind: 0,
  addr: 0,
  site: 0,
  /** Virtual ms at which that operation first had to wait, -1 while it did not. */
  sinceMs: -1,
  random: 1,
};

export function attach(to: Attachment): void {
  mem = to.memory;
  ctl = to.control;
  layout = to.layout;
  cast = to.actors;
  me = to.actor;
  block = actorAt(me);
  cpuBlock = cpuAt(to.actors[me]?.cpu ?? 0);
  attentionIndex = block + ACTOR.attention;
  polls = to.polls;
  turnsAwake = to.turnsAwake;
  counting = to.counting;
  locks = to.locks;
  judge = to.judge;
  expiryOf = to.expiryMs;
}

/** A fresh round: this actor's own state only; the shared words are reset by whoever closes it. */
export function beginRound(seed: number): void {
  moves = 0;
  changes = 0;
  still = false;
  self.irqsOff = 0;
  self.bhOff = 0;
  self.handling = false;
  self.queue = 0;
  self.kind = 0;
  self.sinceMs = -1;
  // Every actor its own stream (golden-ratio step), never the 0 that xorshift cannot leave.
  self.random = Math.imul(seed ^ Math.imul(me + 1, 0x9e3779b9), 0x85ebca6b) | 1;
}

/** xorshift32: 0 .. 2^32-1, never 0. */
export function nextRandom(): number {
  let x = self.random;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  self.random = x;
  return x >>> 0;
}

export function nowMs(): number {
  return Atomics.load(ctl, CONTROL.nowMs);
}

/** When a timeout of `ms` fires that starts now. */
export function expiryFromNow(ms: number, what: TimerUse): number {
  const now = nowMs();
  // MAX_SCHEDULE_TIMEOUT: no timer at all.
  return ms >= NEVER_MS - now ? NEVER_MS : expiryOf(now, ms, what);
}

/** From here on this actor may wait, in this operation. Nested ones do not count. */
export function enterWait(kind: number, addr: number, site: number): void {
  self.kind = kind;
  self.addr = addr;
  self.site = site;
  self.sinceMs = -1;
}

export function leaveWait(): void {
  self.kind = 0;
  self.sinceMs = -1;
}

/** Tells the others what it waits in, now that it does. */
export function noteWait(): void {
  if (self.sinceMs < 0 && self.kind !== 0) self.sinceMs = nowMs();
  ctl[block + ACTOR.kind] = self.kind;
  ctl[block + ACTOR.addr] = self.addr;
  ctl[block + ACTOR.site] = self.site;
  ctl[block + ACTOR.sinceMs] = self.sinceMs;
}

/** This actor did something that another could notice. Told to the others when it comes to rest. */
export function moved(): void {
  moves++;
  ctl[block + ACTOR.changes] = ++changes;
  stir();
}

/** Before it may change something, an actor must not look as if it were spinning idly. */
export function stir(): void {
  if (!still) return;
  still = false;
  Atomics.store(ctl, block + ACTOR.relaxTurns, 0);
}

/** It spins, and `turns` whole turns have seen the sum (of moves, of memory) unchanged. */
export function showStill(sum: number, turns: number): void {
  still = true;
  Atomics.store(ctl, block + ACTOR.relaxSum, sum);
  Atomics.store(ctl, block + ACTOR.relaxTurns, turns);
}

/** So many moves since the last showMoves(). */
export function movesSince(): number {
  return moves;
}

/** Before it looks parked, done or idly spinning, an actor has counted all it did. */
export function showMoves(): void {
  if (moves === 0) return;
  Atomics.add(ctl, block + ACTOR.moves, moves);
  moves = 0;
}

/** Where operations are not counted, this tells whether anything moved. */
export function sumOfMemory(): number {
  let sum = 0;
  for (let i = 0; i < layout.words; i++) sum = (Math.imul(sum, 31) + (mem[i] ?? 0)) | 0;
  return sum;
}

export function isStopped(): boolean {
  return (Atomics.load(ctl, attentionIndex) & ATTENTION.stop) !== 0;
}

/** Leaves the procedure: the round is over. */
export function leave(): never {
  throw stopped;
}

/** States a finding, unless another was first, and ends the round; does not leave the procedure. */
export function stateFinding(finding: Finding): void {
  recordFinding(ctl, me + 1, finding);
  stopRound(ctl, cast.length, STOP.finding);
}

/** A finding of this actor's current operation: stated, and the procedure left. */
export function fail(verdict: Verdict, oracle: string, message: string, addr: number): never {
  stateFinding({ verdict, oracle, message, addr });
  return leave();
}

/** Writes the round's finding as JSON into the control words; the first one stays. */
export function recordFinding(control: Int32Array, by: number, finding: Finding): boolean {
  if (Atomics.compareExchange(control, CONTROL.findingBy, 0, by) !== 0) return false;
  const message = finding.message.slice(0, FINDING_TEXT_MAX / 4);
  const text = JSON.stringify({ ...finding, message });
  for (let i = 0; i < text.length; i++) control[textAt() + i] = text.charCodeAt(i);
  const sequence = Atomics.load(control, CONTROL.sequence);
  Atomics.store(control, CONTROL.findingSequence, sequence);
  Atomics.store(control, CONTROL.findingLength, text.length);
  return true;
}

export function readFinding(control: Int32Array): Finding | undefined {
  const length = Atomics.load(control, CONTROL.findingLength);
  if (length === 0) return undefined;
  const units = control.subarray(textAt(), textAt() + length);
  // recordFinding() wrote it; nothing else writes these words.
  return JSON.parse(String.fromCharCode(...units)) as Finding;
}

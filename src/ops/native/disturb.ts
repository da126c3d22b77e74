/**
 * Perturbation: now and then an actor is held up before an operation, so that rare orders happen
 * often. Three kinds of delay: up to a few microseconds; until some other actor has moved (which
 * turns timing into order, whoever runs on whichever CPU); and a short sleep, as a preemption.
 */
import { ACTOR, actorAt, CONTROL, STATE, stateOf } from './control.ts';
import { block, cast, ctl, isStopped, me, nextRandom } from './runtime.ts';

export interface Perturbation {
  /** Share of operations that are held up, 0 .. 1; if above 0, about one a round at least. */
  readonly rate: number;
  /** Share of those holds that sleep; the others spin or wait for another actor. */
  readonly sleepShare: number;
}

const SPINS_MAX = 64;
/** Operations of another actor to wait for, and polls (about 30 ns each) after which not to. */
const FOLLOW_MAX = 12;
const POLLS_MAX = 400;
const NAP_MS = 0.05;
/** About 30 µs: a wake-up takes half of that. */
const MEETING_POLLS = 1000;
const NEVER = 0x7fffffff;
/** Each actor's rate differs from round to round by one of these: some bugs want quiet ones. */
const FACTORS = [0.25, 0.5, 1, 2.25];

let rate = 0;
let gap = 0;
let sleepsBelow = 0;
let together = 0;
/** Operations of this actor in its last round. */
let operations = 0;

/** `cpus`: how many actors can run at the same time. */
export function setUpDisturbance(perturbation: Perturbation, cpus: number): void {
  rate = perturbation.rate;
  sleepsBelow = perturbation.sleepShare * 0x100000000;
  together = Math.min(cast.length, cpus);
  operations = 0;
}

/**
 * Most rounds begin together: who is woken first would be through before the next one is awake.
 * Answers the operations until the first disturbance.
 */
export function meet(): number {
  if (rate === 0) return NEVER;
  const factor = FACTORS[nextRandom() % FACTORS.length] ?? 1;
  const wanted = 1 / (rate * factor);
  gap = Math.max(1, Math.round(operations > 0 ? Math.min(wanted, operations) : wanted));
  // Where actors outnumber CPUs, who gets one first must vary.
  if (together < cast.length && nextRandom() % 4 === 0) nap();
  Atomics.add(ctl, CONTROL.begun, 1);
  if (nextRandom() % 8 !== 0) {
    for (let i = 0; i < MEETING_POLLS; i++) {
      if (Atomics.load(ctl, CONTROL.begun) >= together) break;
      Atomics.pause();
    }
    spin(nextRandom() % SPINS_MAX);
  }
  return nextDisturbance();
}

/** The round is over: how long it was tells how often to disturb the next one. */
export function noteLength(count: number): void {
  operations = count;
}

/** Operations until the next disturbance: 1 .. 2 * gap - 1, `gap` on average. */
function nextDisturbance(): number {
  return 1 + (nextRandom() % (2 * gap - 1));
}

/** Holds this actor up; answers the operations until it is held up again. */
export function disturb(): number {
  if (nextRandom() < sleepsBelow) nap();
  else if ((nextRandom() & 1) === 0) spin(nextRandom() % SPINS_MAX);
  else follow(nextRandom() % cast.length, 1 + (nextRandom() % FOLLOW_MAX));
  return nextDisturbance();
}

function spin(pauses: number): void {
  for (let i = 0; i < pauses; i++) Atomics.pause();
}

function nap(): void {
  // Nobody notifies this word: it is a sleep of its timeout.
  const index = block + ACTOR.queueTicket;
  Atomics.wait(ctl, index, Atomics.load(ctl, index), NAP_MS);
}

/** Waits until another actor has performed some operations, or cannot. */
function follow(actor: number, operations: number): void {
  if (actor === me) return;
  const head = actorAt(actor) + ACTOR.ringHead;
  const goal = Atomics.load(ctl, head) + operations;
  for (let i = 0; i < POLLS_MAX; i++) {
    if (Atomics.load(ctl, head) >= goal || isStopped()) return;
    const state = stateOf(ctl, actor);
    if (state === STATE.parked || state === STATE.done) return;
    Atomics.pause();
  }
}

/**
 * cpu_relax on real threads. A spinner counts as still once whole turns of its loop saw nothing
 * move: then the clock may jump, and a spin that can never end is found without waiting for it.
 * In the native form operations are not counted, so its spinners compare sums of all memory.
 *
 * Turns that only look may be as many as they like. One that does more (it counts its rounds, an
 * interrupt comes again) gives way first, as the explorer has it: a thread that the system keeps
 * from its CPU for a while must not make a loop go round in a way that no fair schedule can.
 */
import { ACTOR, actorAt, STATE, stateOf, sumOfChanges, sumOfMoves } from './control.ts';
import { attend, settle } from './park.ts';
import {
  block,
  cast,
  counting,
  ctl,
  me,
  movesSince,
  noteWait,
  showMoves,
  showStill,
  stir,
  sumOfMemory,
  turnsAwake,
} from './runtime.ts';

declare global {
  interface Atomics {
    /** ECMAScript 2026: tells the CPU of a spin loop. Node 24 has it, TypeScript not yet. */
    pause(iterations?: number): void;
  }
}

/** Turns before anything but the loop itself is looked at: a lock held briefly is free by then. */
const FAST_TURNS = 32;
/** Unchanged turns after which a spinner is still: a loop may relax more often than it looks. */
const STILL_TURNS = 8;
/** Without counting: turns between two sums of memory, and equal sums after which it is still. */
const SAMPLE_TURNS = 1024;
const STILL_SAMPLES = 16;
const NAP_MS = 0.05;

/** Looks at the others (about 100 ns each) before their CPU is left to them. */
const LOOKS_AWAKE = 256;

/** What the others had changed when this actor last came out of a cpu_relax of its own. */
let seen = 0;

const spin = { turns: 0, sum: 0, memory: 0, unchanged: 0 };

/** A turn of a spin loop: nothing can change until another actor moves. */
export function relax(): void {
  if (movesSince() !== 0) {
    // It has done something since: another loop, or one that does more than look.
    spin.turns = 0;
    spin.unchanged = 0;
    showMoves();
  }
  spin.turns++;
  if (spin.turns < FAST_TURNS || !(counting || spin.turns % SAMPLE_TURNS === 0)) Atomics.pause();
  else if (counting) look(0, STILL_TURNS, 1);
  else look(sumOfMemory(), STILL_SAMPLES, SAMPLE_TURNS);
  if (turnsAwake !== 0 && spin.turns % turnsAwake === 0) nap();
}

/** A round begins: nobody has changed anything. */
export function beginTurns(): void {
  seen = 0;
}

/**
 * cpu_relax in code of an actor's own, before relax(): unless it has only looked since the last
 * one, it waits until another actor has changed something since then, or none can. The native form
 * counts no changes, so there it does not.
 */
export function giveWay(): void {
  if (!counting) return;
  if (movesSince() !== 0) {
    const index = block + ACTOR.givesWay;
    Atomics.store(ctl, index, 1);
    for (let looks = 1; sumOfChanges(ctl, cast.length, me) === seen && othersCanMove(); looks++) {
      attend();
      if (looks % LOOKS_AWAKE === 0) nap();
      else Atomics.pause();
    }
    Atomics.store(ctl, index, 0);
  }
  seen = sumOfChanges(ctl, cast.length, me);
}

/** Whoever spins in vain, or gives way itself, moves no more than one that sleeps. */
function othersCanMove(): boolean {
  for (let a = 0; a < cast.length; a++) {
    const state = stateOf(ctl, a);
    if (a === me || state === STATE.parked || state === STATE.done) continue;
    const at = actorAt(a);
    const spins = Atomics.load(ctl, at + ACTOR.relaxTurns) !== 0;
    if (!spins && Atomics.load(ctl, at + ACTOR.givesWay) === 0) return true;
  }
  return false;
}

/** `turns`: how many turns of the loop one look stands for. */
function look(memory: number, enough: number, turns: number): void {
  const sum = sumOfMoves(ctl, cast.length);
  if (sum !== spin.sum || memory !== spin.memory) {
    spin.sum = sum;
    spin.memory = memory;
    spin.unchanged = 0;
    stir();
  } else if (++spin.unchanged >= enough) {
    noteWait();
    showStill((sum + memory) | 0, spin.unchanged * turns);
    settle();
  }
}

function nap(): void {
  // Nobody notifies this word: it is a sleep of its timeout, unless the count changes.
  const index = block + ACTOR.relaxTurns;
  Atomics.wait(ctl, index, Atomics.load(ctl, index), NAP_MS);
}

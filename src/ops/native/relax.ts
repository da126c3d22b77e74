/**
 * cpu_relax on real threads. A spinner counts as still once whole turns of its loop saw nothing
 * move: then the clock may jump, and a spin that can never end is found without waiting for it.
 * In the native form operations are not counted, so its spinners compare sums of all memory.
 */
import { ACTOR, sumOfMoves } from './control.ts';
import { settle } from './park.ts';
import {
  block,
  cast,
  counting,
  ctl,
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

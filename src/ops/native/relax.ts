/**
 * cpu_relax on real threads. A spinner counts as still once whole turns of its loop saw nothing
 * move: then the clock may jump, and a spin that can never end is found without waiting for it.
 */
import { ACTOR, sumOfMoves } from './control.ts';
import { settle } from './park.ts';
import { block, cast, ctl, movesIndex, noteWait, turnsAwake, turnsStill } from './runtime.ts';

declare global {
  interface Atomics {
    /** ECMAScript 2026: a hint to the CPU that this is a spin loop. Node 24 has it, TypeScript not yet. */
    pause(iterations?: number): void;
  }
}

/** Turns before anything but the loop itself is looked at: a lock held briefly is free by then. */
const FAST_TURNS = 32;
const NAP_MS = 0.05;

const spin = { turns: 0, ownMoves: 0, sum: 0, unchanged: 0 };

/** A turn of a spin loop: nothing can change until another actor moves. */
export function relax(): void {
  const own = ctl[movesIndex] ?? 0;
  if (own !== spin.ownMoves) {
    // It has done something since: another loop, or one that does more than look.
    spin.ownMoves = own;
    spin.turns = 0;
    spin.unchanged = 0;
  }
  spin.turns++;
  if (spin.turns < FAST_TURNS) Atomics.pause();
  else look();
}

function look(): void {
  const sum = sumOfMoves(ctl, cast.length);
  if (sum !== spin.sum) {
    spin.sum = sum;
    spin.unchanged = 0;
    Atomics.store(ctl, block + ACTOR.relaxTurns, 0);
  } else if (++spin.unchanged >= turnsStill) {
    noteWait();
    Atomics.store(ctl, block + ACTOR.relaxSum, sum);
    Atomics.store(ctl, block + ACTOR.relaxTurns, spin.unchanged);
    settle();
  }
  if (turnsAwake !== 0 && spin.turns % turnsAwake === 0) {
    // Nobody notifies this word: it is a sleep of its timeout, unless the count changes.
    const index = block + ACTOR.relaxTurns;
    Atomics.wait(ctl, index, Atomics.load(ctl, index), NAP_MS);
  }
}

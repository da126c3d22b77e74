/** The shared memory of one stress run, and how a round starts from it as new. */
import type { Program } from '../actor/program.ts';
import { CONTROL, newControl, ROUND_WORDS, STOP, waitsAt } from '../ops/native/control.ts';
import { newRings } from '../ops/native/ring.ts';

export interface Arena {
  /** The emulated memory: an image, then nothing else. */
  readonly memory: Int32Array;
  readonly control: Int32Array;
  readonly rings: Int32Array;
}

/** `ringSlots`: operations kept per actor, a power of two. */
export function newArena(program: Program, ringSlots: number): Arena {
  return {
    memory: new Int32Array(new SharedArrayBuffer(program.layout.imageWords * 4)),
    control: newControl(),
    rings: newRings(ringSlots),
  };
}

/**
 * Back to the image, for the next round. Only while no actor runs: whoever ended the last round
 * last does it, or the coordinator before the first.
 */
export function resetRound(arena: Arena, program: Program, seed: number): void {
  const { memory, control } = arena;
  memory.set(program.image);
  control.fill(0, ROUND_WORDS.from, ROUND_WORDS.to);
  control[CONTROL.nowMs] = program.clockStartMs;
  control[CONTROL.sequence] = 0;
  control[CONTROL.ticket] = 0;
  control[CONTROL.epoch] = 0;
  control[CONTROL.findingBy] = 0;
  control[CONTROL.findingLength] = 0;
  control[CONTROL.begun] = 0;
  control[CONTROL.arrived] = 0;
  control[waitsAt()] = 0;
  control[CONTROL.roundSeed] = roundSeed(seed, Atomics.load(control, CONTROL.generation) + 1);
  Atomics.store(control, CONTROL.stop, STOP.none);
}

/**
 * True for a round that came to its end: it was quiet, or stopped for a finding. A wish to stop can
 * meet the reset of a round, and then actors leave it although it says no reason: not played.
 */
export function wasPlayed(control: Int32Array): boolean {
  const stop = Atomics.load(control, CONTROL.stop);
  return stop !== STOP.none && stop !== STOP.abort;
}

/** Lets everybody who waits for the next round look. */
export function openRound(control: Int32Array, command: number): void {
  Atomics.store(control, CONTROL.command, command);
  Atomics.add(control, CONTROL.generation, 1);
  Atomics.notify(control, CONTROL.generation);
}

/** Seeds of rounds: unlike their neighbours (murmur3's finaliser). */
function roundSeed(seed: number, round: number): number {
  let x = Math.imul(seed, 0x9e3779b9) + round;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

/**
 * The whole state of one execution as one run of words, so that a snapshot is a copy:
 *
 *   [0, imageWords)   memory and its allocator (memory/image.ts)
 *   [cpus, ...)       per CPU: the interrupt and the softirq actor that runs on it
 *   [classes, ...)    lockdep: per lock class the classes taken inside it, and its usage bits
 *   [clock]           virtual milliseconds
 *   [acbs, ...)       per actor: control block (ops/flat.ts), the engine's words, then its stack
 */
import type { Context, Program } from '../actor/program.ts';
import { type Table, tableOf } from '../actor/table.ts';
import type { MemoryLayout } from '../memory/image.ts';
import { ACB, type FlatProcedure, flatProcedure, toWord } from '../ops/flat.ts';
import { type LockClasses, lockClassesOf } from '../oracles/lock_classes.ts';

/** The engine's words of an actor, after ACB.size. */
export const ACTOR = {
  /** State of its machine (index into its table). */
  state: ACB.size,
  /** 0 running, 1 ended. */
  done: ACB.size + 1,
  /** 0 running; 1 between prepare_to_wait and a wake-up; 2 parked on a futex word. */
  sleeping: ACB.size + 2,
  /** Wait queue or futex word it sleeps on. */
  sleepingOn: ACB.size + 3,
  /** Virtual ms at which a timed sleep ends. */
  wakeAt: ACB.size + 4,
  irqsOff: ACB.size + 5,
  bhOff: ACB.size + 6,
  /** Spinlocks held. */
  preempt: ACB.size + 7,
  /**
   * 0 until cpu_relax; 1 after it, 2 after a whole round of the spin loop that found nothing new;
   * 0 again once something changes.
   */
  relaxed: ACB.size + 8,
  /** Since when it waits without a wake-up (hung task); -1 while it does not. */
  blockedSince: ACB.size + 9,
  heldCount: ACB.size + 10,
  held: ACB.size + 11,
  /** Hash of its locals at its last cpu_relax. */
  spinMark: ACB.size + 11 + 16,
  /** Kind of the lock operation whose algorithm runs (lock_calls.ts), its lock, its caller. */
  call: ACB.size + 12 + 16,
  callLock: ACB.size + 13 + 16,
  callFrame: ACB.size + 14 + 16,
  size: ACB.size + 15 + 16,
} as const;

/** Kinds that only the engine gives: an operation in its second half. */
export const PENDING = { NONE: 0, SLEEPING: 200, TIMED: 201, PARKED: 202 } as const;

export const HELD_MAX = 16;
const STACK_WORDS = 448;
/** Bit masks of actors are int32 and stay positive. */
export const ACTORS_MAX = 30;

export interface World {
  readonly program: Program;
  readonly layout: MemoryLayout;
  readonly tables: readonly Table[];
  /** The state every execution starts from, actors not yet started. */
  readonly initial: Int32Array;
  readonly words: number;
  readonly cpus: number;
  readonly cpuCount: number;
  /** Of each actor: where its CPU's words are, and 0 process, 1 softirq, 2 hardirq. */
  readonly cpuOf: Int32Array;
  readonly contextOf: Uint8Array;
  readonly classes: number;
  readonly lockClasses: LockClasses;
  readonly clock: number;
  /** Address of each actor's control block. */
  readonly acbs: Int32Array;
  readonly stacks: Int32Array;
  /** Start of the actor region, and words of one actor. */
  readonly actorBase: number;
  readonly actorWords: number;
  /** Per actor: its steps since anything changed. A figure of the path, not of the state. */
  readonly idle: number;
  /** Arguments of each actor as words. */
  readonly args: readonly (readonly number[])[];
  /** Flat procedure of each actor's states (undefined: the state waits or is final). */
  readonly procedures: readonly (readonly (FlatProcedure | undefined)[])[];
}

const CONTEXTS: readonly Context[] = ['process', 'softirq', 'hardirq'];

/** @throws Error `[hotrace bug]` for more actors than the bit masks hold. */
export function makeWorld(program: Program): World {
  const { layout, actors } = program;
  if (actors.length > ACTORS_MAX) {
    throw new Error(`[hotrace bug] ${actors.length} actors, at most ${ACTORS_MAX}`);
  }
  const tables = actors.map((a) => tableOf(a.binding));
  const lockClasses = lockClassesOf(layout);
  const cpuCount = Math.max(0, ...actors.map((a) => a.cpu)) + 1;
  const cpus = layout.imageWords;
  const cpuOf = Int32Array.from(actors, (a) => cpus + 2 * a.cpu);
  const contextOf = Uint8Array.from(actors, (a) => CONTEXTS.indexOf(a.context));
  const classes = cpus + 2 * cpuCount;
  const clock = classes + 2 * lockClasses.names.length;
  const actorBase = clock + 1;
  const actorWords = ACTOR.size + STACK_WORDS;
  const idle = actorBase + actorWords * actors.length;
  const words = idle + actors.length;
  const acbs = Int32Array.from(actors, (_, i) => actorBase + i * actorWords);
  const stacks = acbs.map((acb) => acb + ACTOR.size);
  const initial = new Int32Array(words);
  initial.set(program.image);
  initial[clock] = program.clockStartMs;
  acbs.forEach((acb, i) => {
    initial[acb + ACB.stackEnd] = acb + actorWords;
    initial[acb + ACTOR.blockedSince] = -1;
    initial[acb + ACTOR.state] = tables[i]?.initial ?? 0;
  });
  const args = actors.map((a) => a.args.map(toWord));
  const procedures = tables.map((t) =>
    t.states.map((s) => (s.procedure === undefined ? undefined : flatProcedure(s.procedure))),
  );
  return {
    program,
    layout,
    tables,
    initial,
    words,
    cpus,
    cpuCount,
    cpuOf,
    contextOf,
    classes,
    lockClasses,
    clock,
    acbs,
    stacks,
    actorBase,
    actorWords,
    idle,
    args,
    procedures,
  };
}

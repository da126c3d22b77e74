/**
 * The control words of a native run: one Int32Array over its own SharedArrayBuffer, apart from the
 * emulated memory. The whole shared-memory protocol of a run is laid out here and nowhere else.
 *
 * Words that different threads write often lie 16 words (one cache line) apart.
 */

export const ACTORS_MAX = 16;
const CPUS_MAX = 16;
/** Virtual time that never comes. */
export const NEVER_MS = 0x7fffffff;

/** Global words. */
export const CONTROL = {
  /** Why the round ends (STOP values); 0 while it runs. */
  stop: 0,
  /** The virtual clock, in ms. */
  nowMs: 16,
  /** Global order of traced operations. */
  sequence: 32,
  /** Order of parking: wake-ups are first come, first served. */
  ticket: 48,
  /** Held by whoever asks whether all is quiet. */
  idleLock: 64,
  /** Clock advances: part of the sum that tells a spinner that something moved. */
  epoch: 65,
  /** Who states the finding of this round: actor + 1, or COORDINATOR_ID. */
  findingBy: 80,
  /** UTF-16 units of the finding, as JSON. */
  findingLength: 81,
  /** sequence at that moment: what is traced later did not lead to it. */
  findingSequence: 82,
  /** Round number; its change starts a round. */
  generation: 96,
  /** Actors that have begun this round, that have ended it. */
  begun: 111,
  arrived: 112,
  /** COMMAND values: what to do when the next round would start. */
  command: 128,
  /** Set by the coordinator: the round that runs is the last. */
  quit: 129,
  roundsDone: 130,
  roundsWanted: 131,
  /** Rounds with a finding, and how many end the run (0: none does). */
  failures: 132,
  failuresWanted: 133,
  /** Operations of all finished rounds: the low 20 bits, and the rest in a word of its own. */
  operations: 134,
  operationsHigh: 138,
  /** Seed of the current round. */
  roundSeed: 135,
  /** Rounds whose outcome found no slot. */
  otherOutcomes: 136,
  /** Actors whose threads died: there is no next round. */
  deaths: 137,
} as const;

/** STOP values: the first one of a round stays. */
export const STOP = { none: 0, quiet: 1, finding: 2, abort: 3, watchdog: 4 } as const;

/** What workers do when a round has been closed: play on, or go back to their event loops. */
export const COMMAND = { play: 0, leave: 1 } as const;

/** Blocks of the actors. */
const ACTOR_WORDS = 64;
const ACTORS_AT = 256;
/** Offsets in an actor's block. */
export const ACTOR = {
  /** (park number << 3) | STATE value: the number keeps a stale waker from waking a later sleep. */
  state: 0,
  /** ATTENTION bits, looked at before every operation. */
  attention: 1,
  /** Grows with everything this actor does that another could notice. */
  moves: 2,
  /** The sum of all moves that its last whole turns saw unchanged, and how many such turns. */
  relaxSum: 3,
  relaxTurns: 4,
  /** Operation it is in: kind, address, site; 0 when none was noted. */
  kind: 16,
  addr: 17,
  site: 18,
  /** What it is parked on: a memory address, or ~index of a control word. */
  key: 19,
  expiryMs: 20,
  ticket: 21,
  sinceMs: 22,
  /** Index of its machine's state in the table, and whether it waits as a daemon may. */
  machineState: 23,
  /** 1 from prepare_to_wait until woken; the futex word of schedule(). */
  sleeping: 24,
  /** Its place in wait queues. */
  queueTicket: 25,
  /** Operations of this round. */
  operations: 26,
  /** Slots ever written to its rings in this round: operations, log lines. */
  ringHead: 27,
  logHead: 28,
  /** What `moves` will be when all is told: for an actor that gives way. 1 while it does. */
  changes: 29,
  givesWay: 30,
  /** ctx_get, ctx_set. */
  registers: 32,
} as const;

export const STATE = { running: 0, parking: 1, parked: 2, woken: 3, expired: 4, done: 5 } as const;
export const STATE_MASK = 7;
/** The CPU is wanted by a hard interrupt, by a softirq. */
export const ATTENTION = { stop: 1, hardirq: 2, softirq: 4 } as const;

/** Virtual CPUs: who runs a handler there (actor + 1), how often somebody stood still for it. */
const CPU_WORDS = 32;
const CPUS_AT = ACTORS_AT + ACTORS_MAX * ACTOR_WORDS;
export const CPU = { hardirq: 0, softirq: 1, acks: 16 } as const;

/** lockdep's graph of one round: a bit matrix of classes, then usage bits of each class. */
export const CLASSES_MAX = 128;
const CLASS_ROW_WORDS = CLASSES_MAX / 32;
const GRAPH_AT = CPUS_AT + CPUS_MAX * CPU_WORDS;
const USAGE_AT = GRAPH_AT + CLASSES_MAX * CLASS_ROW_WORDS;

/** Outcomes seen so far: hash and count, so that a known outcome needs no coordinator. */
export const OUTCOMES_MAX = 64;
const OUTCOMES_AT = USAGE_AT + CLASSES_MAX;

/** Measures over all rounds: least, greatest, and the sum as two words (low 20 bits, the rest). */
export const MEASURES_MAX = 16;
const MEASURE_WORDS = 4;
const MEASURES_AT = OUTCOMES_AT + OUTCOMES_MAX * 2;

/** Who waited for what when the verdict fell, written by whoever judged: count, then records. */
export const WAIT_WORDS = 8;
const WAITS_AT = MEASURES_AT + MEASURES_MAX * MEASURE_WORDS;

export const FINDING_TEXT_MAX = 4096;
const TEXT_AT = WAITS_AT + 1 + ACTORS_MAX * WAIT_WORDS;

const CONTROL_WORDS = TEXT_AT + FINDING_TEXT_MAX;

/** findingBy of the coordinator. */
export const COORDINATOR_ID = ACTORS_MAX + 1;

export function actorAt(actor: number): number {
  return ACTORS_AT + actor * ACTOR_WORDS;
}

export function cpuAt(cpu: number): number {
  return CPUS_AT + cpu * CPU_WORDS;
}

/** The word and bit that say "a lock of class `to` was taken while one of `from` was held". */
export function edgeWord(from: number, to: number): number {
  return GRAPH_AT + from * CLASS_ROW_WORDS + (to >> 5);
}

export function usageWord(lockClass: number): number {
  return USAGE_AT + lockClass;
}

export function outcomeAt(slot: number): number {
  return OUTCOMES_AT + slot * 2;
}

export function measureAt(measure: number): number {
  return MEASURES_AT + measure * MEASURE_WORDS;
}

export function waitsAt(): number {
  return WAITS_AT;
}

export function textAt(): number {
  return TEXT_AT;
}

/** The part of the control words that every round starts with as zeros. */
export const ROUND_WORDS = { from: ACTORS_AT, to: OUTCOMES_AT } as const;

export function newControl(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(CONTROL_WORDS * 4));
}

/** What an actor is doing, without its park number. */
export function stateOf(control: Int32Array, actor: number): number {
  return Atomics.load(control, actorAt(actor) + ACTOR.state) & STATE_MASK;
}

/** What "nothing moved" is judged by: clock advances plus every actor's moves. */
export function sumOfMoves(control: Int32Array, actors: number): number {
  let sum = Atomics.load(control, CONTROL.epoch);
  for (let a = 0; a < actors; a++) {
    sum = (sum + Atomics.load(control, actorAt(a) + ACTOR.moves)) | 0;
  }
  return sum;
}

/** What an actor that gives way waits for: clock advances plus what all the others changed. */
export function sumOfChanges(control: Int32Array, actors: number, except: number): number {
  let sum = Atomics.load(control, CONTROL.epoch);
  for (let a = 0; a < actors; a++) {
    if (a !== except) sum = (sum + Atomics.load(control, actorAt(a) + ACTOR.changes)) | 0;
  }
  return sum;
}

/** Ends the round for everybody: a bit in each actor's attention word, and nobody stays parked. */
export function stopRound(control: Int32Array, actors: number, reason: number): void {
  Atomics.compareExchange(control, CONTROL.stop, STOP.none, reason);
  for (let a = 0; a < actors; a++) {
    const at = actorAt(a);
    Atomics.or(control, at + ACTOR.attention, ATTENTION.stop);
    const state = Atomics.load(control, at + ACTOR.state);
    const what = state & STATE_MASK;
    if (what !== STATE.parked && what !== STATE.parking) continue;
    const woken = (state & ~STATE_MASK) | STATE.woken;
    if (Atomics.compareExchange(control, at + ACTOR.state, state, woken) === state) {
      Atomics.notify(control, at + ACTOR.state, 1);
    }
  }
}

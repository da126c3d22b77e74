/**
 * An execution as the inspector shows it: one versioned JSON value with everything in it, so that
 * the live page and a report on disk read the same.
 *
 * A *position* counts the steps performed: 0 is the start, `steps.count` the end; step `p` is the
 * one that leads from position p to p + 1. What is listed with `at` holds from that position on.
 * Columns (`actor`, `at`, ...) of one table are as long as each other; `at` never descends. Texts
 * come from models, kernels' logs and other people's machines: they are data, never markup.
 */
import * as z from 'zod/mini';
import { VERDICTS } from '../../oracles/verdict.ts';
import { CHART, LAYOUT } from './drawn.ts';
import { INTS, TIMES } from './ints.ts';
import { misfitOf } from './references.ts';

export const SCHEMA = 1;

/** What an actor is at, between its steps. The actor of a step runs, whatever stands here. */
export const ACTIVITIES = [
  'ready',
  /** Waits for a lock: see locks. */
  'blocked',
  /** Sleeps: on a wait queue, a completion, a timer, a futex word, for work. */
  'sleeping',
  /** Looks again and again at what does not change. */
  'spinning',
  /** An interrupt runs on its CPU. */
  'interrupted',
  /** An interrupt that is not raised, or masked. */
  'idle',
  'done',
] as const;
export type Activity = (typeof ACTIVITIES)[number];

/** What happened to a lock. `refused`: a trylock that did not get it. */
export const LOCK_EVENTS = ['wait', 'acquire', 'release', 'refused'] as const;
export type LockEvent = (typeof LOCK_EVENTS)[number];

const TEXT = z.string();
const INT = z.int();
const COUNT = INT.check(z.nonnegative());

const ACTOR = z.object({
  name: TEXT,
  comm: TEXT,
  pid: INT,
  cpu: COUNT,
  context: z.enum(['process', 'softirq', 'hardirq']),
  daemon: z.boolean(),
  /** Index into machines, -1: not known. */
  machine: INT,
});

/** A state with an event that it accepts; `edges` of the chart are taken in this order. */
const TUPLE = z.object({ from: TEXT, event: TEXT, to: TEXT, edges: z.array(TEXT) });

const MACHINE = z.object({
  chart: CHART,
  layout: LAYOUT,
  /** Name of the state it begins in, as `from` and `to` of tuples spell it. */
  initial: TEXT,
  /** All it can do, whether or not it was done. */
  tuples: z.array(TUPLE),
});

const STEPS = z.object({
  count: COUNT,
  /** Index into actors. */
  actor: INTS,
  /** Index into kinds. */
  kind: INTS,
  /** All operands one after another; a step has as many as its kind has names for. */
  operands: INTS,
  result: INTS,
  /** Virtual milliseconds. */
  timeMs: TIMES,
  /** 1 where its actor could not go on at once and others ran. */
  blocked: INTS,
  /** Index into stacks. */
  stack: INTS,
  /** Index into texts: the operation in symbols, as columns print it. */
  text: INTS,
  /** Bit mask of the actors that could have moved; 0: not known (a run of real threads). */
  enabled: INTS,
});

const STRUCT = z.object({
  name: TEXT,
  typeid: INT,
  /** Words. */
  sizeof: COUNT,
  /** One a word, in order. */
  words: z.array(z.object({ path: TEXT, guard: TEXT })),
  /** Embedded structs: list heads, locks, wait queues. */
  parts: z.array(z.object({ offset: COUNT, path: TEXT, struct: TEXT })),
});

const MEMORY = z.object({
  /** False where it is worked out from the steps (a run of real threads, or a trace alone). */
  exact: z.boolean(),
  /** Words that can be addressed; the allocator's words (memory/image.ts) follow them. */
  words: COUNT.check(z.maximum(1 << 24)),
  imageWords: COUNT.check(z.maximum(1 << 24)),
  structs: z.array(STRUCT),
  /** `struct` is an index; `cache` -1: a static. */
  objects: z.array(z.object({ base: COUNT, struct: COUNT, cache: INT, name: TEXT })),
  /** At position 0, imageWords long. */
  initial: INTS,
  /** Every word that changed: its value from position `at` on. */
  journal: z.object({ at: INTS, addr: INTS, value: INTS }),
});

/** A word that is a statechart's state. */
const WATCHED = z.object({
  addr: COUNT,
  machine: INT,
  states: z.array(z.object({ value: INT, name: TEXT })),
});

const FINDING = z.object({
  verdict: z.enum(VERDICTS),
  oracle: TEXT,
  message: TEXT,
  addr: INT,
  /** The step that broke the rule; null: none did (a deadlock, a leak, the end state). */
  step: z.nullable(COUNT),
  headline: TEXT,
});

const WAIT = z.object({
  actor: COUNT,
  kind: TEXT,
  addr: INT,
  /** -1: nobody. */
  holder: INT,
  sinceMs: z.number(),
  stack: INT,
});

const SEARCH = z.object({
  strategy: TEXT,
  /** null: none. */
  bound: z.nullable(COUNT),
  guarantee: TEXT,
  executions: COUNT,
  steps: COUNT,
  states: COUNT,
  elapsedMs: z.number(),
});

/** A line of the columns, in order, as trace/lines.ts makes them. */
const ROW = z.object({
  /** Index into actors, -1: of nobody. */
  actor: INT,
  /** Its step, -1: it is a heading, or stands for several. */
  step: INT,
  /** Procedures it stands in. */
  indent: COUNT,
  text: TEXT,
  /** `eeh_pe.ts:88`, or ''. */
  site: TEXT,
  tone: z.enum(['header', 'call', 'op', 'fold', 'finding']),
});

/** What the program was built from, so that a page can run it again: a BuildRequest as JSON. */
const ORIGIN = z.object({
  /** Id of a system that comes with hotrace. */
  system: TEXT,
  /** Tells the machine it ran on (explore/schedule.ts), and what replay must be told of it. */
  mark: TEXT,
  hint: TEXT,
  request: z.record(TEXT, z.unknown()),
});

export const DOCUMENT = z.object({
  schema: z.literal(SCHEMA),
  /** Version of hotrace that made it. */
  hotrace: TEXT,
  source: z.enum(['explore', 'replay', 'stress', 'trace']),
  /** `eeh-pe/T3` */
  target: TEXT,
  design: TEXT,
  /** The race and the design in words; '' where only a trace is known. */
  title: TEXT,
  designTitle: TEXT,
  verdict: z.enum(VERDICTS),
  /** Verdicts that count as expected; empty: open, or not known. */
  expected: z.array(z.enum(VERDICTS)),
  finding: z.nullable(FINDING),
  /** Paste the command, or mail the token or the schedule; '' where there is none. */
  replay: z.object({ command: TEXT, token: TEXT, schedule: TEXT }),
  search: z.nullable(SEARCH),
  /** null: it cannot be run again from here. */
  origin: z.nullable(ORIGIN),
  clockOffsetUs: z.number(),
  actors: z.array(ACTOR).check(z.maxLength(64)),
  machines: z.array(MACHINE),
  kinds: z.array(z.object({ name: TEXT, operands: z.array(TEXT) })),
  texts: z.array(TEXT),
  sites: z.array(z.object({ procedure: TEXT, file: TEXT, line: INT })),
  /** Indices into sites, innermost first. */
  stacks: z.array(INTS),
  steps: STEPS,
  /** Answers to choose(), in order: with the actors of the steps, the schedule. */
  choices: INTS,
  /** Steps that were decided; one more may follow, which the last of them ran into. */
  decided: COUNT,
  /** Moves of statecharts: `tuple` is an index into the tuples of the actor's machine. */
  moves: z.object({ at: INTS, actor: INTS, tuple: INTS }),
  /** `event`: index into LOCK_EVENTS; `lock`: its address; `shared`: 1 for a reader. */
  locks: z.object({ at: INTS, actor: INTS, lock: INTS, event: INTS, shared: INTS }),
  /** Changes of activity: `activity` is an index into ACTIVITIES. All begin as ready. */
  activities: z.object({ at: INTS, actor: INTS, activity: INTS }),
  memory: MEMORY,
  watched: z.array(WATCHED),
  /** The emulated kernel's log: `text` with its timestamp, as dmesg prints it. */
  log: z.array(z.object({ at: COUNT, actor: INT, timeMs: z.number(), text: TEXT })),
  /** Who waits for what at the end. */
  waits: z.array(WAIT),
  /** The oracle's report in the kernel's words, '' without a finding. */
  report: TEXT,
  /** The schedule in one line. */
  shortSchedule: TEXT,
  /** The counterexample in columns: as text, and row by row. */
  columns: z.object({ text: TEXT, rows: z.array(ROW) }),
});

export type InspectDocument = z.infer<typeof DOCUMENT>;
export type DocumentMachine = z.infer<typeof MACHINE>;
export type DocumentStruct = z.infer<typeof STRUCT>;
export type DocumentMemory = z.infer<typeof MEMORY>;
export type DocumentRow = z.infer<typeof ROW>;

/** The value is no document: where, and what was expected. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/**
 * Checks a parsed JSON value.
 * @throws DocumentError
 */
export function readDocument(value: unknown): InspectDocument {
  const parsed = DOCUMENT.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new DocumentError(
      `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a document'}`,
    );
  }
  const misfit = misfitOf(parsed.data);
  if (misfit !== undefined) throw new DocumentError(misfit);
  return parsed.data;
}

/** What the coordinator and the workers say to each other: the control plane, through comlink. */
import type { MessagePort } from 'node:worker_threads';
import type { Perturbation } from '../ops/native/disturb.ts';
import type { Site } from '../trace/record.ts';
import type { Arena } from './arena.ts';
import type { Inspected } from './inspected.ts';
import type { SpanMemory } from './spans.ts';

/** `native`: bare and fast. `sanitized`: checked, disturbed and written down. */
export type StressLowering = 'native' | 'sanitized';

/** A program as every thread can build it: functions cannot be posted. */
export interface ProgramSpec {
  /** URL of a module that exports `system`, with a `build(request)`. */
  readonly systemModule: string;
  /** What build() is given; plain data. */
  readonly request: unknown;
}

/** Which algorithm of src/sync stands behind each kind of lock. */
export interface LockChoice {
  readonly spinlock: string;
  readonly mutex: string;
  readonly rwsem: string;
}

export interface WorkerSetup {
  readonly lowering: StressLowering;
  /** The control plane's end in the worker. */
  readonly port: MessagePort;
}

export interface Job {
  readonly program: ProgramSpec;
  readonly actor: number;
  readonly arena: Arena;
  readonly seed: number;
  readonly locks: LockChoice;
  readonly perturbation: Perturbation;
  readonly inspect: boolean;
  /** What is timed. */
  readonly spans: SpanMemory | undefined;
  /** CPUs of this machine: with more actors than that, waiting threads give theirs back. */
  readonly cpus: number;
}

/** Why a worker came back from its rounds. */
export interface RunEnd {
  /** The actor's thread died in the kernel's sense: what its procedure threw. */
  readonly died: string | undefined;
}

export interface Lookup {
  readonly sites: readonly (Site | undefined)[];
  readonly texts: readonly (string | undefined)[];
}

export interface WorkerApi {
  /** Builds the program in this thread and takes the part of one actor. */
  configure(job: Job): Promise<void>;
  /** Plays rounds until told to leave; this thread hears no message meanwhile. */
  run(): RunEnd;
  /** Places and texts by the ids that the rings hold. */
  lookUp(sites: readonly number[], texts: readonly number[]): Lookup;
  /** What XState's inspection reported in the last round. */
  inspections(): readonly Inspected[];
}

/**
 * What happened in one execution: made by replaying a schedule (or read from the rings of a stress
 * run), never the truth itself. Every report and export is written from this.
 */
import type { MemoryLayout } from '../memory/image.ts';
import type { Site } from '../ops/sites.ts';
import type { Finding } from '../oracles/verdict.ts';

export type { Site } from '../ops/sites.ts';

export interface TraceActor {
  readonly name: string;
  readonly comm: string;
  readonly pid: number;
  readonly cpu: number;
  readonly context: 'process' | 'softirq' | 'hardirq';
}

/** One operation performed. */
export interface TraceStep {
  /** 0, 1, 2, ... over all actors. */
  readonly step: number;
  /** Index into actors. */
  readonly actor: number;
  /** Operation kind (ops/vocabulary.ts). */
  readonly kind: number;
  readonly operands: readonly number[];
  readonly result: number;
  /** Innermost first; [0] is the operation's own place. In stress runs only [0]. */
  readonly stack: readonly Site[];
  readonly timeMs: number;
  /** True where the actor could not go on at once and others ran (lock wait, sleep). */
  readonly blocked: boolean;
}

/** A move of an actor's statechart. */
export interface TraceTransition {
  readonly step: number;
  readonly actor: number;
  readonly from: string;
  readonly event: string;
  readonly to: string;
}

/** One line of the emulated kernel log. */
export interface LogLine {
  readonly step: number;
  readonly actor: number;
  readonly timeMs: number;
  readonly text: string;
}

export interface Trace {
  readonly target: string;
  readonly design: string;
  readonly layout: MemoryLayout;
  readonly actors: readonly TraceActor[];
  readonly steps: readonly TraceStep[];
  readonly transitions: readonly TraceTransition[];
  readonly log: readonly LogLine[];
  /** Microseconds to add to timeMs when printed (a run that starts at 311.84 ms has 840). */
  readonly clockOffsetUs: number;
  readonly finding: Finding | undefined;
  /** At the end: who waits for what, for the wait-for chain of a deadlock. */
  readonly waits: readonly TraceWait[];
}

export interface TraceWait {
  readonly actor: number;
  /** Operation kind it is blocked in. */
  readonly kind: number;
  /** The lock, completion, wait queue or line. 0 if none. */
  readonly addr: number;
  /** Actor that holds it, -1 if nobody does. */
  readonly holder: number;
  readonly sinceMs: number;
  readonly stack: readonly Site[];
}

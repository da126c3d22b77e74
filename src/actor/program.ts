/**
 * What runs: actors over one memory, and what must hold of it. A program is pure data plus
 * procedures; exploration, stress and replay all take the same one.
 */
import type { AnyStateMachine } from 'xstate';
import type { MemoryLayout } from '../memory/image.ts';
import type { Procedure } from '../ops/reference.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { LockBacking } from './lock_choice.ts';

export type Context = 'process' | 'softirq' | 'hardirq';

/** A frozen record of procedures and numbers: how one design differs from another. */
export type DesignRecord = object;

/** One statechart with the procedures its states invoke (`invoke: { src: name }`). */
export interface Binding {
  readonly machine: AnyStateMachine;
  /**
   * By the name in `invoke.src`. Each is called with the actor's args and returns an event code.
   */
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ; the machine decides.
  readonly procedures: Readonly<Record<string, Procedure<any, number>>>;
}

export interface ActorSpec {
  /** Column header: `eehd`, `MMIO`, `sysfs-remove`. Unique in the program. */
  readonly name: string;
  readonly context: Context;
  /** Interrupt actors stop the other actors of their CPU. Process actors may share one. */
  readonly cpu: number;
  readonly binding: Binding;
  /** Handed to every procedure of the binding: addresses, numbers, frozen records. */
  readonly args: readonly (number | DesignRecord)[];
  /** May still wait when everything else is done (eehd for events, an irq thread for irqs). */
  readonly daemon: boolean;
  /** Comm and pid as the kernel log prints them; default: the name. */
  readonly comm?: string;
}

/** Memory as invariants see it: no access here is an access of the program. */
export interface MemoryView {
  readonly layout: MemoryLayout;
  readonly nowMs: number;
  read(addr: number): number;
  /** Addresses of the live objects of a struct. */
  live(typeid: number): readonly number[];
  isLive(addr: number): boolean;
  /** Name of an object or word, for messages. */
  name(addr: number): string;
  /** What actor `index` is doing: its machine's state, and whether it has ended. */
  actor(index: number): { readonly state: string; readonly done: boolean };
}

export interface Invariant {
  /** Kebab-case: `link-symmetry`, `sticky-recovering`. It is the oracle's name in reports. */
  readonly name: string;
  /** Where it comes from: `eeh.md 2.5 #3`. */
  readonly cite: string;
  /** `end`: when nothing moves any more; otherwise after each write to one of these words. */
  readonly when: 'end' | readonly number[];
  readonly check: (memory: MemoryView) => Finding | undefined;
}

/** A figure read when an execution ends: visited PEs, longest lock hold. Never a verdict. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly read: (memory: MemoryView) => number;
}

/** A word that is itself a statechart's state (ctrl->state): each write must be a legal move. */
export interface WatchedWord {
  readonly machine: AnyStateMachine;
  readonly addr: number;
  /** State name by value. */
  readonly states: Readonly<Record<number, string>>;
}

/** How relative timeouts become expiries: to the ms, or late as the timer wheel makes them. */
export type TimerModel =
  | { readonly kind: 'exact' }
  /** Jiffies = (now + offset) / (1000 / hz); timers fire late by their level's granularity. */
  | { readonly kind: 'wheel'; readonly hz: number; readonly offsetMs: number };

export interface Program {
  /** `eeh-pe/T3` */
  readonly target: string;
  readonly design: string;
  readonly layout: MemoryLayout;
  readonly image: Int32Array;
  readonly actors: readonly ActorSpec[];
  readonly invariants: readonly Invariant[];
  readonly measures: readonly Measure[];
  readonly watched: readonly WatchedWord[];
  readonly timers: TimerModel;
  /** Virtual ms at start, and the microseconds that dmesg prints beyond the ms. */
  readonly clockStartMs: number;
  readonly clockOffsetUs: number;
  /** A WARN_ON is a violation (true) or a log line (false). */
  readonly panicOnWarn: boolean;
  /** Objects that nothing points to when all is quiet are leaks (kmemleak's rule). */
  readonly checkLeaks: boolean;
  /** Algorithms behind its locks, in exploration; without them locks are abstract. */
  readonly locks?: LockBacking;
}

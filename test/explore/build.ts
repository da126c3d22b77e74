/** Small programs for tests: actors with one state each, statics, and nothing else to set up. */
import { createMachine } from 'xstate';
import type {
  ActorSpec,
  Binding,
  Context,
  DesignRecord,
  Invariant,
  Program,
} from '../../src/actor/program.ts';
import type { ImageBuilder } from '../../src/memory/image.ts';
import type { Procedure } from '../../src/ops/reference.ts';

// biome-ignore lint/suspicious/noExplicitAny: parameters differ by program (see Binding).
export type Body = Procedure<any, number>;

const once = createMachine({
  id: 'once',
  initial: 'RUN',
  states: { RUN: { invoke: { src: 'run' }, on: { DONE: 'END' } }, END: { type: 'final' } },
});

/** An interrupt handler or a worker: waits for its cause, handles it, waits again. */
const forever = createMachine({
  id: 'forever',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait' }, on: { DONE: 'HANDLE' } },
    HANDLE: { invoke: { src: 'handle' }, on: { DONE: 'WAIT' } },
  },
});

export interface ActorOptions {
  readonly context?: Context;
  readonly cpu?: number;
  readonly daemon?: boolean;
}

/** An actor that runs one procedure and ends. Each has a CPU of its own unless told. */
export function runs(
  name: string,
  run: Body,
  args: readonly (number | DesignRecord)[],
  options: ActorOptions = {},
): ActorSpec {
  return bind(name, { machine: once, procedures: { run } }, args, options);
}

/** An actor that waits and handles for ever: a daemon. */
export function serves(
  name: string,
  wait: Body,
  handle: Body,
  args: readonly (number | DesignRecord)[],
  options: ActorOptions = {},
): ActorSpec {
  const binding = { machine: forever, procedures: { wait, handle } };
  return bind(name, binding, args, { daemon: true, ...options });
}

function bind(
  name: string,
  binding: Binding,
  args: readonly (number | DesignRecord)[],
  options: ActorOptions = {},
): ActorSpec {
  const { context = 'process', cpu = 0, daemon = false } = options;
  return { name, context, cpu, binding, args, daemon };
}

export interface ProgramOptions {
  readonly invariants?: readonly Invariant[];
  readonly watched?: Program['watched'];
  readonly panicOnWarn?: boolean;
  readonly checkLeaks?: boolean;
  readonly timers?: Program['timers'];
}

export function program(
  target: string,
  memory: ImageBuilder,
  actors: readonly ActorSpec[],
  options: ProgramOptions = {},
): Program {
  return {
    target,
    design: 'none',
    ...memory.build(),
    actors,
    invariants: options.invariants ?? [],
    measures: [],
    watched: options.watched ?? [],
    timers: options.timers ?? { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: options.panicOnWarn ?? true,
    checkLeaks: options.checkLeaks ?? true,
  };
}

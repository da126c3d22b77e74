/** One row of the table as a race: how it is staged, its designs before and after its fix. */

import type { Kernel } from '../../actors/eeh/kernel.ts';
import { irq_wait, work_take } from '../../actors/pci/interrupt.ts';
import { turn_tell, turn_wait } from '../../actors/pci/turn.ts';
import { history_irq } from '../../machines/history_irq.ts';
import { history_task } from '../../machines/history_task.ts';
import { history_work } from '../../machines/history_work.ts';
import type { DesignRecord, Invariant } from '../actor/program.ts';
import type { AnyStruct } from '../memory/image.ts';
import type { Procedure } from '../ops/reference.ts';
import type { Verdict } from '../oracles/verdict.ts';
import type { Need } from '../topology/host.ts';
import type { Platform as PlatformName } from '../topology/machine.ts';
import type { Player } from './eeh_pe_actors.ts';
import type { Board } from './eeh_pe_board.ts';
import { CRASH } from './eeh_pe_expected.ts';
import type { Place } from './eeh_pe_host.ts';
import type { Spare } from './eeh_pe_specs.ts';
import type { Expectation, Mark } from './system.ts';

/** What a race is staged on. */
export interface Stage {
  readonly board: Board;
  /** A kernel of 5.8 on the race's platform, with what its design changes. */
  readonly k: Kernel;
  readonly places: readonly Place[];
  readonly quarantine: number;
}

export interface Staged {
  readonly players: readonly Player[];
  readonly invariants: readonly Invariant[];
}

export interface HistoryRow {
  /** `#2` */
  readonly row: string;
  readonly title: string;
  readonly before: Expectation;
  readonly after: Expectation;
  /** Procedures by design. */
  readonly designs: Readonly<Record<string, DesignRecord>>;
  readonly need: Need;
  readonly needs: string;
  readonly platform: PlatformName;
  readonly spare: Spare;
  /** May lay out memory of its own before the kernel is built. */
  readonly stage: (stage: Stage) => Staged;
}

export function known(mark: Mark, source: string, ...verdict: readonly Verdict[]): Expectation {
  return { verdict, mark, source };
}

export function derived(source: string): Expectation {
  return { verdict: 'open', mark: 'D', source };
}

/** Whichever word of a freed object is met first. */
export const GONE: readonly Verdict[] = [...CRASH, 'double-free'];

export const NO_SPARE: Spare = { pes: 0, devs: 0, buses: 0, events: 0 };
export const ONE_FUNCTION = { need: { devices: 1 }, needs: 'a function in a PE' } as const;
export const TWO_FUNCTIONS = {
  need: { devices: 2, samePe: true },
  needs: 'a PE with two functions',
} as const;
export const BELOW_BRIDGE = {
  need: { devices: 1, bridgeAboveEndpoint: true },
  needs: 'a function behind a bridge',
} as const;

export interface Turn {
  /** Completion that starts it; 0: at once. */
  readonly start?: number;
  /** Completion that it gives at its end; 0: none. */
  readonly done?: number;
  readonly daemon?: boolean;
}

/** A thread that runs one procedure: called with (k, start, done, ...args). */
export function task(
  name: string,
  k: DesignRecord,
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ from row to row.
  run: Procedure<any, number>,
  args: readonly number[],
  { start = 0, done = 0, daemon = false }: Turn = {},
): Player {
  return {
    name,
    context: 'process',
    daemon,
    binding: { machine: history_task, procedures: { turn_wait, turn_tell, run } },
    args: [k, start, done, ...args],
  };
}

/** A handler: called with (k, irq, ...args). */
export function handler(
  name: string,
  k: DesignRecord,
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ from row to row.
  handle: Procedure<any, number>,
  args: readonly number[],
): Player {
  const binding = { machine: history_irq, procedures: { irq_wait, handle } };
  return { name, context: 'hardirq', daemon: true, binding, args: [k, ...args] };
}

/** A worker: called with (k, work, ...args). */
export function worker(
  name: string,
  k: DesignRecord,
  // biome-ignore lint/suspicious/noExplicitAny: parameters differ from row to row.
  run: Procedure<any, number>,
  args: readonly number[],
): Player {
  const binding = { machine: history_work, procedures: { work_take, run } };
  return { name, context: 'process', daemon: true, binding, args: [k, ...args] };
}

/** An object of a cache with room for this one only. */
export function single({ board, quarantine }: Stage, type: AnyStruct, label?: string): number {
  board.builder.cache(type, 1, quarantine);
  return board.builder.alloc(type, label);
}

export function setWords(
  { board }: Stage,
  base: number,
  words: readonly (readonly [number, number])[],
): void {
  for (const [offset, value] of words) board.builder.poke(base + offset, value);
}

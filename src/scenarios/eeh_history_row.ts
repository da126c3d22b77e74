/** One row of the table as a race: how it is staged, and its two designs, before and after its fix. */

import type { Kernel } from '../../actors/eeh/kernel.ts';
import { turn_tell, turn_wait } from '../../actors/pci/turn.ts';
import { history_task } from '../../machines/history_task.ts';
import type { DesignRecord, Invariant } from '../actor/program.ts';
import type { Procedure } from '../ops/reference.ts';
import type { Verdict } from '../oracles/verdict.ts';
import type { Need } from '../topology/host.ts';
import type { Platform as PlatformName } from '../topology/machine.ts';
import type { Player } from './eeh_pe_actors.ts';
import type { Board } from './eeh_pe_board.ts';
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
export const GONE: readonly Verdict[] = ['use-after-free', 'null-dereference', 'double-free'];

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

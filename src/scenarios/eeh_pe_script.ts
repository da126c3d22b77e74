/** What a staged race is. */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import type { Player } from './eeh_pe_actors.ts';
import type { Board } from './eeh_pe_board.ts';
import type { Place } from './eeh_pe_host.ts';
import type { Spare } from './eeh_pe_specs.ts';

export interface Script {
  readonly sizes: Spare;
  /** 1: RFC-A with its orphan tracker as posted; 0 unless told. */
  readonly orphanTracker?: number;
  readonly stage: (board: Board, k: Kernel, places: readonly Place[]) => readonly Player[];
}

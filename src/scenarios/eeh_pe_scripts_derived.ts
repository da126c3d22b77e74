/** How the derived races of eeh-pe are staged (eeh_pe_races_derived.ts). */
import { CRASHES } from '../../actors/driver/structs.ts';
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { eehdActor, mmioActor, type Player, phbActor, removeActor } from './eeh_pe_actors.ts';
import type { Board } from './eeh_pe_board.ts';
import type { Place } from './eeh_pe_host.ts';
import type { Spare } from './eeh_pe_specs.ts';
import { at, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

export interface Script {
  readonly sizes: Spare;
  readonly stage: (board: Board, k: Kernel, places: readonly Place[]) => readonly Player[];
}

/** T11d: the first function's driver crashes under eehd; then the second one is to be removed. */
const T11d: Script = {
  sizes: { pes: 2, devs: 2, buses: 1 },
  stage: (board, k, places) => {
    const seen = board.completion('oops in the log');
    const bad = board.driver({ ...CAN_RECOVER, blocksMs: CRASHES, uevent: seen });
    const good = board.driver({ ...CAN_RECOVER, name: 'tg3' });
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), bad),
      functionAt(first(places, 1), good),
    ]);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      removeActor(k, bus, at(functions, 1).pdn, { start: seen, done: 0 }),
      phbActor(k, at(functions, 0).pdn, failed, 0),
      mmioActor(k, at(functions, 0).hardware, 'process', { start: failed }),
    ];
  },
};

export const DERIVED_SCRIPTS: Readonly<Record<string, Script>> = { T11d };

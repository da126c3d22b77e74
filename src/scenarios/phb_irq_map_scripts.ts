/** Who does what in each race, on the smallest board that hosts it (eeh.md 2.1.1). */
import type { IrqKernel } from '../../actors/irq/kernel.ts';
import { AWAIT, REMOVE, RESCAN } from '../../actors/irq/sysfs.ts';
import {
  bootActor,
  bystanderActor,
  eehdActor,
  intxActor,
  linkActor,
  lockedEehdActor,
  type Player,
  phbActor,
  shellActor,
  slotActor,
  userActor,
} from './phb_irq_map_actors.ts';
import { type Board, type Laid, PLAIN, type Traits } from './phb_irq_map_board.ts';
import type { Shape } from './phb_irq_map_host.ts';

export interface Script {
  readonly shape: Shape;
  readonly traits: Traits;
  /** Actors that wait for the end of boot. */
  readonly waiters: number;
  /** Somebody else uses memory of the same cache as phb.irq_map. */
  readonly bystander: boolean;
  readonly cast: (board: Board, k: IrqKernel) => readonly Player[];
}

/** The nth write comes with the nth digit. */
const REMOVE_RESCAN = REMOVE | (RESCAN << 4);
const REMOVE_AWAIT_RESCAN_REMOVE = REMOVE | (AWAIT << 4) | (RESCAN << 8) | (REMOVE << 12);

function laid(board: Board, index: number): Laid {
  const found = board.endpoints[index];
  if (found === undefined) throw new Error(`[hotrace bug] no endpoint ${index} on the board`);
  return found;
}

function top(board: Board, index = 0): number {
  return board.tops[index] ?? 0;
}

/** One shell and one plan, on one bridge. */
function alone(shape: Shape, plan: number): Script {
  return {
    shape,
    traits: PLAIN,
    waiters: 1,
    bystander: false,
    cast: (board, k) => [bootActor(k), shellActor(k, top(board), plan, 0)],
  };
}

/** The bridge above the first function goes while the driver of the second one is at work. */
function besides(plan: number, shared: boolean): Script {
  return {
    shape: 'twoBridges',
    traits: { ...PLAIN, shared },
    waiters: 2,
    bystander: false,
    cast: (board, k) => [
      bootActor(k),
      shellActor(k, top(board, 1), plan, 0),
      userActor(k, laid(board, 0)),
      intxActor(k, laid(board, 0)),
    ],
  };
}

/** Between the two lives somebody else takes memory of the size of the record. */
const I0B: Script = {
  shape: 'bridge',
  traits: PLAIN,
  waiters: 1,
  bystander: true,
  cast: (board, k) => {
    const removed = board.completion('bus removed');
    const stored = board.completion('memory taken');
    return [
      bootActor(k),
      shellActor(k, top(board), REMOVE_AWAIT_RESCAN_REMOVE, removed, stored),
      bystanderActor(k, removed, stored),
    ];
  },
};

const I0E: Script = {
  shape: 'twoBridges',
  traits: { ...PLAIN, shared: true, absent: [1] },
  waiters: 2,
  bystander: false,
  cast: (board, k) => [
    bootActor(k),
    slotActor(k, top(board, 1), laid(board, 1)),
    shellActor(k, top(board), REMOVE, 0),
  ],
};

/** eehd around a reset, while the bridge above its function is removed. */
function recovered(actor: typeof eehdActor): Script {
  return {
    shape: 'bridge',
    traits: PLAIN,
    waiters: 2,
    bystander: false,
    cast: (board, k) => [
      bootActor(k),
      actor(k, laid(board, 0)),
      shellActor(k, top(board), REMOVE, 0),
    ],
  };
}

/** drmgr takes a PHB away while somebody writes to `rescan`. */
const rescanned: Script = {
  shape: 'endpoint',
  traits: PLAIN,
  waiters: 2,
  bystander: false,
  cast: (board, k) => [
    bootActor(k),
    phbActor(k, laid(board, 0)),
    shellActor(k, top(board), RESCAN, 0),
  ],
};

const linkCycle: Script = {
  shape: 'endpoint',
  traits: PLAIN,
  waiters: 1,
  bystander: false,
  cast: (board, k) => [bootActor(k), linkActor(k, laid(board, 0))],
};

/** drmgr takes a PHB away, has it isolated, and brings it back. */
function drmgr(traits: Traits): Script {
  return {
    shape: 'endpoint',
    traits,
    waiters: 1,
    bystander: false,
    cast: (board, k) => [bootActor(k), phbActor(k, laid(board, 0))],
  };
}

export const SCRIPTS: Readonly<Record<string, Script>> = {
  'I0-A': alone('nested', REMOVE),
  'I0-B': I0B,
  'I0-C': besides(REMOVE_RESCAN, false),
  'I0-D': besides(REMOVE, true),
  'I0-E': I0E,
  'I0-F': drmgr({ ...PLAIN, msi: true }),
  'I0-G': recovered(eehdActor),
  'I0-G-V4': recovered(lockedEehdActor),
  'dlpar-phb': drmgr(PLAIN),
  'dlpar-phb-rescan': rescanned,
  'link-cycle': linkCycle,
};

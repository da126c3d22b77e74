/** Races about a lock over a whole recovery, and what it was to repair (eeh.md 2.3 T11, 3). */
import { EEH_PE_ISOLATED, EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import { eehdActor, lookupEehdActor, mmioActor, phbActor, removeActor } from './eeh_pe_actors.ts';
import { enableActor } from './eeh_pe_actors_derived.ts';
import type { Script } from './eeh_pe_script.ts';
import {
  at,
  behindBridge,
  CAN_RECOVER,
  first,
  flat,
  functionAt,
  GIVES_UP,
  UNAWARE,
} from './eeh_pe_stage.ts';

const CALLBACK_MS = 5000;

/** T11b: while a driver's callback blocks, a slot puts an eeh_dev without pci_dev into the PE. */
const T11b: Script = {
  sizes: { pes: 2, devs: 2, buses: 1 },
  stage: (board, k, places) => {
    const slow = board.driver({ ...CAN_RECOVER, blocksMs: CALLBACK_MS });
    const other = board.driver(UNAWARE);
    const specs = [functionAt(first(places), slow), functionAt(first(places, 1), other)];
    const { bus, functions } = flat(board, places, specs, 1);
    const [fn, found] = [at(functions, 0), at(functions, 1)];
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      enableActor(k, found.pdn, bus, sent),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T11c: for longer than a hung task may wait, firmware cannot tell the state of the failed PE. */
const UNTOLD_UNTIL_MS = 131_000;

/** T11c: somebody removes a device of another PHB meanwhile. */
const T11c: Script = {
  sizes: { pes: 4, devs: 2, buses: 2 },
  stage: (board, k, places) => {
    const [bad, good] = [first(places), first(places, 1)];
    const nvme = board.driver(CAN_RECOVER);
    const tg3 = board.driver({ ...CAN_RECOVER, name: 'tg3' });
    const failing = at(flat(board, [bad], [functionAt(bad, nvme)]).functions, 0);
    const { bus, functions } = flat(board, [good], [functionAt(good, tg3)]);
    board.stop(failing, UNTOLD_UNTIL_MS);
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      removeActor(k, bus, at(functions, 0).pdn, { start: sent, done: 0 }),
      mmioActor(k, failing.hardware, 'process', { sent }),
    ];
  },
};

/** T11f: the driver of the failed bridge removes what is behind it. */
const T11f: Script = {
  sizes: { pes: 4, devs: 2, buses: 2 },
  stage: (board, k, places) => {
    const port = board.driver({ ...CAN_RECOVER, name: 'pcieport', removesChildren: true });
    const below = behindBridge(board, first(places), port, board.driver(CAN_RECOVER));
    const pe = board.pe(below.phb, below.child.spec.peNumber, below.bridgePe);
    board.plug(below.child, below.childBus, pe);
    const failed = board.completion('bridge failed');
    return [
      eehdActor(k),
      phbActor(k, below.bridge.pdn, failed, 0),
      mmioActor(k, below.bridge.hardware, 'process', { start: failed }),
    ];
  },
};

/**
 * B6: eehd looks for the bus of the PE that failed while the device in it is removed. A recovery
 * has begun, so the PE itself is kept. All but the look-up is left out, because the steps after it
 * have races of their own with this removal (T2, T9b).
 */
const B6: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, pe, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const state = pe + eeh_pe.state;
    board.builder.poke(state, board.builder.peek(state) | EEH_PE_ISOLATED | EEH_PE_RECOVERING);
    const { pdn } = at(functions, 0);
    return [lookupEehdActor(k, pe), removeActor(k, bus, pdn, { start: 0, done: 0 })];
  },
};

/** B31: the driver gives its device up, and nobody else does anything. */
const B31: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver(GIVES_UP);
    const { functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

export const HELD_SCRIPTS: Readonly<Record<string, Script>> = { T11b, T11c, T11f, B6, B31 };

/**
 * Who does what in each race, on the smallest board that hosts it (eeh.md 2.3, 7.4). Each script is
 * the document's table: its order of causes is kept by completions, everything else is left free.
 */
import { HAS_ERROR_DETECTED, HAS_RESUME, HAS_SLOT_RESET } from '../../actors/driver/structs.ts';
import { sign } from '../../actors/pci/structs.ts';
import {
  busyEehdActor,
  dlparActor,
  eehdActor,
  mmioActor,
  phbActor,
  removeActor,
  rescanActor,
  sriovActor,
} from './eeh_pe_actors.ts';
import type { Script } from './eeh_pe_script.ts';
import { DERIVED_SCRIPTS } from './eeh_pe_scripts_derived.ts';
import { HELD_SCRIPTS } from './eeh_pe_scripts_held.ts';
import { PHB_SCRIPTS } from './eeh_pe_scripts_phbs.ts';
import { RFC_SCRIPTS } from './eeh_pe_scripts_rfc.ts';
import { SPECIAL_SCRIPTS } from './eeh_pe_scripts_special.ts';
import type { Spare } from './eeh_pe_specs.ts';
import {
  at,
  behindBridge,
  CAN_RECOVER,
  first,
  flat,
  functionAt,
  GIVES_UP,
  NEEDS_RESET,
  UNAWARE,
} from './eeh_pe_stage.ts';

/** How long a driver's callback blocks where the table says "seconds". */
const CALLBACK_MS = 5000;
/** How long eehd's other recovery (T1, T9) waits for its driver. */
const PATIENCE_MS = 1000;

const oneFunction: Spare = { pes: 3, devs: 2, buses: 1 };

/** T1 and T9: the card is pulled, reported and removed while eehd is busy with another event. */
const removedWhileQueued: Script = {
  sizes: oneFunction,
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const place = first(places);
    const { bus, functions } = flat(board, places, [functionAt(place, driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    const removed = board.sign('device removed');
    return [
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
      removeActor(k, bus, fn.pdn, { start: sent, done: removed }),
      busyEehdActor(k, removed, PATIENCE_MS),
      phbActor(k, fn.pdn, failed, 0),
    ];
  },
};

/** T2: a PE of two functions; the first one's callback blocks, the second one is removed. */
const T2: Script = {
  sizes: { pes: 2, devs: 2, buses: 1 },
  stage: (board, k, places) => {
    const slow = board.driver({ ...CAN_RECOVER, name: 'tg3', blocksMs: CALLBACK_MS });
    const quick = board.driver({ ...CAN_RECOVER, name: 'tg3 (second port)' });
    const { slot } = board.slot(first(places).slot);
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), slow, { slot }),
      functionAt(first(places, 1), quick, { slot }),
    ]);
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      removeActor(k, bus, at(functions, 1).pdn, { start: sent, done: 0 }),
      phbActor(k, at(functions, 0).pdn, failed, 0),
      mmioActor(k, at(functions, 0).hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T3: a device is found below the failed bridge, and removed when eehd has just left it. */
const T3: Script = {
  sizes: { pes: 4, devs: 2, buses: 2 },
  stage: (board, k, places) => {
    const told = board.completion('uevent of the new device');
    const port = { ...CAN_RECOVER, name: 'pcieport', blocksMs: CALLBACK_MS };
    const found = {
      ...CAN_RECOVER,
      handlers: HAS_ERROR_DETECTED | HAS_SLOT_RESET | HAS_RESUME,
      blocksMs: CALLBACK_MS,
      uevent: told,
    };
    const place = first(places);
    const below = behindBridge(board, place, board.driver(port), board.driver(found));
    const failed = board.completion('bridge failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      rescanActor(k, below.rootBus, { start: sent, done: 0 }),
      removeActor(k, below.childBus, below.child.pdn, { start: told, done: 0 }, true),
      phbActor(k, below.bridge.pdn, failed, 0),
      mmioActor(k, below.bridge.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T9a: a device below the failed bridge is removed while its PE is RECOVERING. */
const T9a: Script = {
  sizes: { pes: 4, devs: 2, buses: 2 },
  stage: (board, k, places) => {
    const port = { ...CAN_RECOVER, name: 'pcieport', blocksMs: CALLBACK_MS };
    const place = first(places);
    const below = behindBridge(board, place, board.driver(port), board.driver(CAN_RECOVER));
    const pe = board.pe(below.phb, below.child.spec.peNumber, below.bridgePe);
    board.plug(below.child, below.childBus, pe);
    const failed = board.completion('bridge failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      removeActor(k, below.childBus, below.child.pdn, { start: sent, done: 0 }),
      phbActor(k, below.bridge.pdn, failed, 0),
      mmioActor(k, below.bridge.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T4: a softirq reads all ones from a PE that is stopped already, while its device is removed. */
const T4: Script = {
  sizes: oneFunction,
  stage: (board, k, places) => {
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), board.driver(CAN_RECOVER)),
    ]);
    const fn = at(functions, 0);
    board.stop(fn);
    return [
      mmioActor(k, fn.hardware, 'softirq', {}),
      removeActor(k, bus, fn.pdn, { start: 0, done: 0 }),
    ];
  },
};

/** T5: an interrupt handler has isolated the PE and has not yet sent the event. */
const T5: Script = {
  sizes: oneFunction,
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const irq = board.irqLine('device irq');
    const isolated = board.completion('PE isolated');
    return [
      mmioActor(k, fn.hardware, 'hardirq', { irq, isolated }),
      removeActor(k, bus, fn.pdn, { start: isolated, done: 0 }),
      eehdActor(k),
      phbActor(k, fn.pdn, 0, irq),
    ];
  },
};

/**
 * T6: the device is removed while a file keeps its pci_dev, and found again as another one. Its
 * driver's remove() takes seconds: whoever wants the device lock meanwhile waits.
 */
const T6: Script = {
  sizes: oneFunction,
  stage: (board, k, places) => {
    const driver = board.driver({ ...CAN_RECOVER, removeMs: CALLBACK_MS });
    const { bus, functions, devs } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    board.open(at(devs, 0));
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    const removed = board.sign('device removed');
    return [
      removeActor(k, bus, fn.pdn, { start: sent, done: removed }),
      rescanActor(k, bus, { start: removed + sign.given.at, done: 0 }),
      eehdActor(k),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T8: the bridge above the failed device is removed, and with it the bus that eehd remembers. */
const T8: Script = {
  sizes: { pes: 4, devs: 2, buses: 2 },
  stage: (board, k, places) => {
    const driver = board.driver({ ...GIVES_UP, blocksMs: CALLBACK_MS });
    const below = behindBridge(board, first(places), 0, driver);
    const pe = board.pe(below.phb, below.child.spec.peNumber, below.bridgePe);
    board.plug(below.child, below.childBus, pe);
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      removeActor(k, below.rootBus, below.bridge.pdn, { start: sent, done: 0 }),
      phbActor(k, below.child.pdn, failed, 0),
      mmioActor(k, below.child.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T10: a recovery on pseries, while drmgr moves another slot. */
const T10: Script = {
  sizes: { pes: 7, devs: 5, buses: 3 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const other = first(places, 1);
    const below = behindBridge(board, other, 0, board.driver({ ...CAN_RECOVER, name: 'tg3' }));
    const pe = board.pe(below.phb, below.child.spec.peNumber, below.bridgePe);
    board.plug(below.child, below.childBus, pe);
    const { slot, hotplug } = board.slot(other.slot);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      dlparActor(k, {
        slot,
        hotplug,
        number: other.slot,
        bus: below.rootBus,
        eads: below.bridge.pdn,
        start: 0,
        done: 0,
      }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

/** T11a: one driver wants a reset, the other one does not know of EEH and must be unplugged. */
const T11a: Script = {
  sizes: { pes: 2, devs: 3, buses: 1 },
  stage: (board, k, places) => {
    const irq = board.irqLine('INTA');
    const aware = board.driver({ ...NEEDS_RESET, usesMsi: false });
    const { functions } = flat(board, places, [
      functionAt(first(places), aware, { irq }),
      functionAt(first(places, 1), board.driver(UNAWARE)),
    ]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

/** T11e: sriov_numvfs takes the device lock and then the rescan lock. */
const T11e: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      sriovActor(k, bus, fn.pdn, { start: 0, done: 0 }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

export const SCRIPTS: Readonly<Record<string, Script>> = {
  T1: removedWhileQueued,
  T2,
  T3,
  T4,
  T5,
  T6,
  T8,
  T9: removedWhileQueued,
  T9a,
  T10,
  T11a,
  T11e,
  ...DERIVED_SCRIPTS,
  ...HELD_SCRIPTS,
  ...PHB_SCRIPTS,
  ...RFC_SCRIPTS,
  ...SPECIAL_SCRIPTS,
};

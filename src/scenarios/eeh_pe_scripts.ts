/**
 * Who does what in each race, on the smallest board that hosts it (eeh.md 2.3, 7.4). Each script is
 * the document's table: its order of causes is kept by completions, everything else is left free.
 */
import {
  HAS_ERROR_DETECTED,
  HAS_MMIO_ENABLED,
  HAS_RESUME,
  HAS_SLOT_RESET,
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_RECOVERED,
} from '../../actors/driver/structs.ts';
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { sign } from '../../actors/pci/structs.ts';
import {
  busyEehdActor,
  dlparActor,
  eehdActor,
  mmioActor,
  type Player,
  phbActor,
  removeActor,
  rescanActor,
  sriovActor,
} from './eeh_pe_actors.ts';
import type { Board, BoardFunction, DriverSpec, FunctionSpec, Spare } from './eeh_pe_board.ts';
import type { Place } from './eeh_pe_host.ts';

export interface Script {
  readonly sizes: Spare;
  readonly stage: (board: Board, k: Kernel, places: readonly Place[]) => readonly Player[];
}

/** How long a driver's callback blocks where the table says "seconds". */
const CALLBACK_MS = 5000;
/** How long eehd's other recovery (T1, T9) waits for its driver. */
const PATIENCE_MS = 1000;

const ALL_HANDLERS = HAS_ERROR_DETECTED | HAS_MMIO_ENABLED | HAS_SLOT_RESET | HAS_RESUME;

/** A driver that needs no reset: the shortest recovery there is. */
const CAN_RECOVER: DriverSpec = {
  name: 'nvme',
  handlers: ALL_HANDLERS,
  errorDetected: PCI_ERS_RESULT_CAN_RECOVER,
  mmioEnabled: PCI_ERS_RESULT_RECOVERED,
  slotReset: PCI_ERS_RESULT_RECOVERED,
  blocksMs: 0,
  removeMs: 0,
  uevent: 0,
  usesMsi: true,
};
const NEEDS_RESET: DriverSpec = { ...CAN_RECOVER, errorDetected: PCI_ERS_RESULT_NEED_RESET };
const GIVES_UP: DriverSpec = { ...CAN_RECOVER, errorDetected: PCI_ERS_RESULT_DISCONNECT };
const UNAWARE: DriverSpec = { ...CAN_RECOVER, name: 'legacy', handlers: 0 };

function first(places: readonly Place[], index = 0): Place {
  const place = places[index];
  if (place === undefined) throw new Error(`[hotrace bug] a race lacks function ${index}`);
  return place;
}

function functionAt(place: Place, driver: number, more: Partial<FunctionSpec> = {}): FunctionSpec {
  const { address, devfn, peNumber } = place;
  const plain = { isBridge: false, secondary: 0, slot: 0, irq: 0 };
  return { address, devfn, peNumber, driver, ...plain, ...more };
}

interface Flat {
  readonly bus: number;
  readonly pe: number;
  readonly functions: readonly BoardFunction[];
  readonly devs: readonly number[];
}

/** PHB -> one PE with these functions on one bus. Bridges above take no part and are left out. */
function flat(
  board: Board,
  places: readonly Place[],
  specs: readonly FunctionSpec[],
): Flat {
  const { domain, bus: number, peNumber } = first(places);
  const { phb, pe: phbPe } = board.phb(domain);
  const functions = specs.map((spec) => board.function(phb, number, spec, 0));
  board.siblings(functions);
  const bus = board.bus(phb, number, 0, 0, functions[0]?.pdn ?? 0);
  const pe = board.pe(phb, peNumber, phbPe);
  const devs = functions.map((fn) => board.plug(fn, bus, pe));
  return { bus, pe, functions, devs };
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`[hotrace bug] nothing at index ${index}`);
  return item;
}

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
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
      removeActor(k, bus, fn.pdn, { start: sent, done: removed }),
      busyEehdActor(k, removed, PATIENCE_MS),
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

interface Below {
  readonly phb: number;
  readonly rootBus: number;
  readonly bridge: BoardFunction;
  readonly bridgeDev: number;
  readonly bridgePe: number;
  readonly childBus: number;
  readonly child: BoardFunction;
}

/** PHB -> bridge PE -> a function behind it that has no pci_dev yet. */
function behindBridge(board: Board, place: Place, bridgeDriver: number, driver: number): Below {
  const above = place.bridge;
  if (above === undefined) throw new Error(`[hotrace bug] ${place.address} has no bridge above`);
  const { phb, pe: phbPe } = board.phb(place.domain);
  const more = { isBridge: true, secondary: place.bus };
  const bridge = board.function(phb, above.bus, functionAt(above, bridgeDriver, more), 0);
  const child = board.function(phb, place.bus, functionAt(place, driver), bridge.pdn);
  const rootBus = board.bus(phb, above.bus, 0, 0, bridge.pdn);
  const bridgePe = board.pe(phb, above.peNumber, phbPe);
  const bridgeDev = board.plug(bridge, rootBus, bridgePe);
  const childBus = board.bus(phb, place.bus, rootBus, bridgeDev, child.pdn);
  return { phb, rootBus, bridge, bridgeDev, bridgePe, childBus, child };
}

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
    const { functions } = flat(board, places, [
      functionAt(first(places), board.driver(NEEDS_RESET)),
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
  T10,
  T11a,
  T11e,
};

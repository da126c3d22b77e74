/** Rows of eeh.md 3 about PEs and the devices in them: how long they live, who knows of whom. */
import { eeh_check_state_dead, state_of_the_dead } from '../../actors/eeh/dead_device.ts';
import { eeh_check_state } from '../../actors/eeh/eeh_check.ts';
import { eeh_add_device_late, eeh_remove_device, no_teardown } from '../../actors/eeh/eeh_dev.ts';
import { eeh_pe_bus_get_locking, eeh_pe_bus_get_unlocked } from '../../actors/eeh/eeh_pe.ts';
import { presence_or_cleanup, presence_or_failure } from '../../actors/eeh/eeh_presence.ts';
import { permanent_failure_v3 } from '../../actors/eeh/eehd_outcome.ts';
import {
  bus_forgotten,
  bus_remembered,
  clear_keep_in_state,
  clear_keep_in_type,
  eehd_find_bus,
  eehd_full_hotplug,
  eehd_reset,
} from '../../actors/eeh/eehd_steps.ts';
import { EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import { file_release } from '../../actors/pci/open_file.ts';
import { hotplug_slot, sign } from '../../actors/pci/structs.ts';
import { devicesBound, driversToldLast, emptyPesFreed } from './eeh_history_invariants.ts';
import {
  BELOW_BRIDGE,
  GONE,
  type HistoryRow,
  known,
  ONE_FUNCTION,
  type Stage,
  type Staged,
  task,
} from './eeh_history_row.ts';
import { eehdActor, mmioActor, removeActor, rescanActor } from './eeh_pe_actors.ts';
import { at, behindBridge, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

const oneDevice = { pes: 2, devs: 2, buses: 1 };

const keepBit: HistoryRow = {
  row: '#5',
  title: 'KEEP is cleared in the wrong word: the PE is never freed',
  before: known('V', 'Linux 473af09b56dc', 'leak'),
  after: known('V', 'Linux 473af09b56dc', 'pass'),
  designs: {
    before: { clear_keep: clear_keep_in_type },
    after: { clear_keep: clear_keep_in_state },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, pe, functions } = flat(board, places, [functionAt(first(places), driver)]);
    board.builder.poke(pe + eeh_pe.state, EEH_PE_RECOVERING);
    const reset = board.completion('reset done');
    return {
      players: [
        task('eehd', k, eehd_reset, [pe], { done: reset }),
        removeActor(k, bus, at(functions, 0).pdn, { start: reset, done: 0 }),
      ],
      invariants: [emptyPesFreed('eeh.md 3 #5')],
    };
  },
};

const busLookup: HistoryRow = {
  row: '#6',
  title: 'the bus of a PE is read through a device that is removed (CVE-2024-41064)',
  before: known('V', 'Linux a1216e62d039', ...GONE),
  after: known('V', 'Linux a1216e62d039', 'pass'),
  designs: {
    before: { eeh_pe_bus_get: eeh_pe_bus_get_unlocked },
    after: { eeh_pe_bus_get: eeh_pe_bus_get_locking },
  },
  ...ONE_FUNCTION,
  platform: 'pseries',
  spare: oneDevice,
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, pe, functions } = flat(board, places, [functionAt(first(places), driver)]);
    // Its event is queued: the PE itself stays (799abe283e51).
    board.builder.poke(pe + eeh_pe.state, EEH_PE_RECOVERING);
    return {
      players: [
        task('eehd', k, eehd_find_bus, [pe]),
        removeActor(k, bus, at(functions, 0).pdn, { start: 0, done: 0 }),
      ],
      invariants: [],
    };
  },
};

/** A card that is stopped, somebody who reads from it, and eehd. */
function stopped({ board, places }: Stage, k: Kernel, presence: number): Staged {
  const { slot, hotplug } = board.slot(first(places).slot);
  board.builder.poke(hotplug + hotplug_slot.presence, presence);
  const driver = board.driver(CAN_RECOVER);
  const { functions } = flat(board, places, [functionAt(first(places), driver, { slot })]);
  const fn = at(functions, 0);
  board.stop(fn);
  return {
    players: [eehdActor(k), mmioActor(k, fn.hardware, 'process', {})],
    invariants: [driversToldLast('eeh.md 3 #7')],
  };
}

const deadCard: HistoryRow = {
  row: '#7',
  title: 'a card that died for good counts as a false alarm',
  before: known('V', 'Linux d1679b4fa172', 'assertion'),
  after: known('V', 'Linux d1679b4fa172', 'pass'),
  designs: {
    before: { eeh_check_state },
    after: { eeh_check_state: eeh_check_state_dead },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    const dead = { get_state: state_of_the_dead, notify_permanent_failure: permanent_failure_v3 };
    return stopped(s, Object.freeze({ ...s.k, ...dead }), 1);
  },
};

const emptyPe: HistoryRow = {
  row: '#7',
  title: 'a PE whose card is gone is tidied up and its driver is never told',
  before: known('V', 'Linux d1679b4fa172', 'assertion'),
  after: known('V', 'Linux d1679b4fa172', 'pass'),
  designs: {
    before: { eeh_check_presence: presence_or_cleanup },
    after: { eeh_check_presence: presence_or_failure },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    const told = { notify_permanent_failure: permanent_failure_v3 };
    return stopped(s, Object.freeze({ ...s.k, ...told }), 0);
  },
};

const lateTeardown: HistoryRow = {
  row: '#8',
  title: 'the last reference of a removed device takes the eeh_dev away from its successor',
  before: known('V', 'Linux 466381ecdc74', 'assertion', ...GONE),
  after: known('V', 'Linux 466381ecdc74', 'pass'),
  designs: {
    before: {
      eeh_bind_device: eeh_add_device_late,
      eeh_del_device: no_teardown,
      eeh_release_device: eeh_remove_device,
    },
    after: {},
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: { pes: 3, devs: 3, buses: 1 },
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions, devs } = flat(board, places, [functionAt(first(places), driver)]);
    board.open(at(devs, 0));
    const removed = board.sign('device removed');
    return {
      players: [
        removeActor(k, bus, at(functions, 0).pdn, { start: 0, done: removed }),
        rescanActor(k, bus, { start: removed + sign.given.at, done: 0 }),
        task('lspci', k, file_release, [at(devs, 0)]),
      ],
      invariants: [devicesBound('eeh.md 3 #8')],
    };
  },
};

const staleBus: HistoryRow = {
  row: '#30',
  title: 'after a full hotplug the cached primary bus is one that was freed',
  before: known('M', 'Linux 05ba75f84864', ...GONE),
  after: known('M', 'Linux 05ba75f84864', 'pass'),
  designs: {
    before: { forget_bus: bus_remembered },
    after: { forget_bus: bus_forgotten },
  },
  ...BELOW_BRIDGE,
  platform: 'powernv',
  spare: { pes: 4, devs: 4, buses: 3 },
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    const below = behindBridge(board, first(places), 0, driver);
    const pe = board.pe(below.phb, below.child.spec.peNumber, below.bridgePe);
    board.plug(below.child, below.childBus, pe);
    const phbPe = at(board.phbs, 0).pe;
    return {
      players: [task('eehd', k, eehd_full_hotplug, [phbPe, below.child.edev])],
      invariants: [],
    };
  },
};

export const bindingRows: Readonly<Record<string, HistoryRow>> = {
  'keep-wrong-word': keepBit,
  'bus-of-removed-device': busLookup,
  'dead-card-false-positive': deadCard,
  'empty-pe-not-told': emptyPe,
  'stale-edev-teardown': lateTeardown,
  'stale-primary-bus': staleBus,
};

/** Rows of eeh.md 3 about telling drivers: who is told, when, and through what. */

import { clear_no_handler, not_cleared_here } from '../../actors/eeh/eeh_pe.ts';
import { report_edev_snapshot, report_edev_unlocked } from '../../actors/eeh/eeh_report.ts';
import { permanent_failure_v2, permanent_failure_v3 } from '../../actors/eeh/eehd_outcome.ts';
import {
  eehd_begin,
  eehd_give_up,
  eehd_report_edev,
  eehd_report_twice,
} from '../../actors/eeh/eehd_steps.ts';
import { EEH_PE_ISOLATED, EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import {
  report_edev_device_lock,
  report_edev_tested,
  report_edev_untested,
} from '../../actors/eeh/report_eras.ts';
import {
  eeh_handle_special_event,
  not_here,
  report_event,
  report_every_dead,
  report_traverse,
} from '../../actors/eeh/special_event.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import { sign } from '../../actors/pci/structs.ts';
import { sysfs_unbind } from '../../actors/pci/unbind.ts';
import { driversTold, driversToldLast } from './eeh_history_invariants.ts';
import {
  derived,
  GONE,
  type HistoryRow,
  known,
  ONE_FUNCTION,
  type Stage,
  TWO_FUNCTIONS,
  task,
} from './eeh_history_row.ts';
import { removeActor, rescanActor } from './eeh_pe_actors.ts';
import { eehInvariants } from './eeh_pe_invariants.ts';
import { at, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

const oneDevice = { pes: 2, devs: 2, buses: 1 };

/** One function on one bus. */
function single(s: Stage): { bus: number; pe: number; dev: number; edev: number; pdn: number } {
  const driver = s.board.driver(CAN_RECOVER);
  const { bus, pe, functions, devs } = flat(s.board, s.places, [
    functionAt(first(s.places), driver),
  ]);
  const { edev, pdn } = at(functions, 0);
  return { bus, pe, edev, pdn, dev: at(devs, 0) };
}

const reread: HistoryRow = {
  row: '#2',
  title: 'the device changes under a callback: unlock through edev->pdev as it is by then',
  before: known('V', 'Linux 2e25505147b8', 'bad-unlock', ...GONE),
  after: known('V', 'Linux 2e25505147b8', 'pass'),
  designs: {
    before: { eeh_pe_report_edev: report_edev_unlocked },
    after: { eeh_pe_report_edev: report_edev_snapshot },
  },
  ...TWO_FUNCTIONS,
  platform: 'powernv',
  spare: { pes: 2, devs: 3, buses: 1 },
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    // The second function stays: its PE is not what this row is about.
    const { bus, functions, devs } = flat(board, places, [
      functionAt(first(places), driver),
      functionAt(first(places, 1), board.driver({ ...CAN_RECOVER, name: 'tg3' })),
    ]);
    const { edev, pdn } = at(functions, 0);
    // Somebody has the device open: its memory stays, what becomes of its lock is the question.
    board.open(at(devs, 0));
    const removed = board.sign('device removed');
    return {
      players: [
        task('eehd', k, eehd_report_edev, [edev]),
        removeActor(k, bus, pdn, { start: 0, done: removed }),
        rescanActor(k, bus, { start: removed + sign.given.at, done: 0 }),
      ],
      invariants: eehInvariants(['device-links'], board.globals),
    };
  },
};

const deadPhb: HistoryRow = {
  row: '#3',
  title: 'a dead PHB: drivers are told by a report that takes the lock its caller holds',
  before: known('V', 'Linux d4f194ed9eb9', 'recursive-lock', 'deadlock'),
  after: known('V', 'Linux d4f194ed9eb9', 'pass'),
  designs: {
    before: { report_dead: not_here, report_each: report_event },
    after: { report_dead: report_event, report_each: not_here },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    single(s);
    return { players: [deadPhbEvent(s, 0)], invariants: [driversTold('eeh.md 3 #3')] };
  },
};

/** eehd at the event of a PHB PE; all PHB PEs are ISOLATED. */
function deadPhbEvent({ board, k }: Stage, index: number): ReturnType<typeof task> {
  const pes = board.phbs.map(({ pe }) => pe);
  for (const pe of pes) board.builder.poke(pe + eeh_pe.state, EEH_PE_ISOLATED);
  return task('eehd', k, eeh_handle_special_event, [at(pes, index)]);
}

const TWO_PHBS = {
  need: { devices: 1, phbs: 2 },
  needs: 'two PHBs with a function each',
  platform: 'powernv',
  spare: { pes: 4, devs: 2, buses: 2 },
} as const;

const wrongPe: HistoryRow = {
  row: '#32',
  title: 'two dead PHBs: the drivers of the event’s PE are told twice, the others never',
  before: known('V', 'eeh.md 3 #32: source of the 010acfa1a766 era', 'assertion'),
  after: derived('eeh.md 3 #32: the report left the loop with #3'),
  designs: {
    before: { report_dead: not_here, report_each: report_traverse },
    after: { report_dead: report_traverse, report_each: not_here },
  },
  ...TWO_PHBS,
  stage: (s) => {
    s.places.slice(0, 2).forEach((place, i) => {
      const driver = s.board.driver({ ...CAN_RECOVER, name: i === 0 ? 'nvme' : 'tg3' });
      flat(s.board, [place], [functionAt(place, driver)]);
    });
    return { players: [deadPhbEvent(s, 0)], invariants: [driversTold('eeh.md 3 #32')] };
  },
};

const everyPe: HistoryRow = {
  ...wrongPe,
  title: 'two dead PHBs since #3: the report before the loop knows one of them',
  before: derived('eeh.md 3 #32, #3: Linux d4f194ed9eb9'),
  after: known('lab', 'the drivers of every PHB that is going to be emptied are told', 'pass'),
  designs: {
    before: { report_dead: report_event, report_each: not_here },
    after: { report_dead: report_every_dead, report_each: not_here },
  },
};

const removedDevice: HistoryRow = {
  row: '#4',
  title: 'a device is removed between two callbacks of one recovery',
  before: known('V', 'Linux bcbe37305312', 'null-dereference'),
  after: known('V', 'Linux bcbe37305312', 'pass'),
  designs: {
    before: { eeh_pe_report_edev: report_edev_untested },
    after: { eeh_pe_report_edev: report_edev_tested },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    const { bus, pe, edev, pdn } = single(s);
    s.board.builder.poke(pe + eeh_pe.state, EEH_PE_RECOVERING);
    const told = s.board.completion('driver told');
    return {
      players: [
        task('eehd', s.k, eehd_report_twice, [edev, told]),
        removeActor(s.k, bus, pdn, { start: told, done: 0 }),
      ],
      invariants: [],
    };
  },
};

const unbound: HistoryRow = {
  row: '#25',
  title: 'a driver is unbound while its callback runs',
  before: known('M', 'Linux f0295e047fcf', 'assertion', ...GONE),
  after: known('M', 'Linux f0295e047fcf', 'pass'),
  designs: {
    before: { eeh_pe_report_edev: report_edev_tested },
    after: { eeh_pe_report_edev: report_edev_device_lock },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    const { edev, dev } = single(s);
    return {
      players: [
        task('eehd', s.k, eehd_report_edev, [edev]),
        task('sysfs-unbind', s.k, sysfs_unbind, [dev]),
      ],
      invariants: eehInvariants(['callback-protocol'], s.board.globals),
    };
  },
};

const staleFlag: HistoryRow = {
  row: '#24',
  title: 'NO_HANDLER of an earlier removal keeps the driver of the next life from being told',
  before: known('M', 'eeh.md 3 #24 (e1e71e201703)', 'assertion'),
  after: known('M', 'eeh.md 3 #24 (e1e71e201703)', 'pass'),
  designs: {
    before: { clear_no_handler_late: not_cleared_here },
    after: { clear_no_handler_late: clear_no_handler },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: { pes: 3, devs: 3, buses: 1 },
  stage: (s) => {
    const { bus, edev, pdn } = single(s);
    const removed = s.board.sign('device removed');
    const found = s.board.sign('device found again');
    return {
      players: [
        removeActor(s.k, bus, pdn, { start: 0, done: removed }),
        rescanActor(s.k, bus, { start: removed + sign.given.at, done: found }),
        task('eehd', s.k, eehd_begin, [edev], { start: found + sign.given.at }),
      ],
      invariants: [driversToldLast('eeh.md 3 #24')],
    };
  },
};

const givenUp: HistoryRow = {
  row: '#31',
  title: 'permanent failure: the channel says so before drivers are asked, so none is told',
  before: known('V', 'eeh.md 3 #31 (9efcdaac36e1 [M]): source comparison', 'assertion'),
  after: known('V', 'eeh.md 3 #31 (9efcdaac36e1 [M]): source comparison', 'pass'),
  designs: {
    before: { notify_permanent_failure: permanent_failure_v2 },
    after: { notify_permanent_failure: permanent_failure_v3 },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: oneDevice,
  stage: (s) => {
    const { bus, pe } = single(s);
    return {
      players: [task('eehd', s.k, eehd_give_up, [pe, bus])],
      invariants: [driversTold('eeh.md 3 #31')],
    };
  },
};

export const reportRows: Readonly<Record<string, HistoryRow>> = {
  'edev-pdev-reread': reread,
  'dead-phb-report': deadPhb,
  'dead-phbs-wrong-pe': wrongPe,
  'dead-phbs-one-told': everyPe,
  'report-removed-device': removedDevice,
  'callback-vs-unbind': unbound,
  'stale-no-handler': staleFlag,
  'failure-not-told': givenUp,
};

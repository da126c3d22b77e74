/** Rows of eeh.md 3 about drivers that meet themselves during a recovery. */
import {
  bnx2x_io_slot_reset,
  bnx2x_reset_task,
  eehd_with_network,
  free_sge_tested,
  free_sge_untested,
  netdev_watchdog,
} from '../../actors/driver/bnx2x.ts';
import {
  nvme_recovery,
  nvme_reset_subsystem,
  nvme_reset_work,
  read_status,
  schedule_reset,
} from '../../actors/driver/nvme.ts';
import {
  bnx2x,
  iomem,
  NVME_CTRL_LIVE,
  nvme_dev,
  sge_page,
  uart_port,
} from '../../actors/driver/recovery_structs.ts';
import {
  ports_registered,
  ports_suspended,
  ports_unregistered,
  serial8250_recovery,
  uart_tiocmget,
} from '../../actors/driver/serial_8250.ts';
import { EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import { get_sensor_busy, get_sensor_unless_recovering } from '../../actors/pseries/get_sensor.ts';
import { atEnd } from './eeh_history_invariants.ts';
import {
  GONE,
  type HistoryRow,
  known,
  NO_SPARE,
  ONE_FUNCTION,
  type Stage,
  setWords,
  task,
  worker,
} from './eeh_history_row.ts';

const PSERIES = { ...ONE_FUNCTION, platform: 'pseries', spare: NO_SPARE } as const;

/** A network device with a page in its pool. */
function network(s: Stage): number {
  const { builder } = s.board;
  const dev = builder.static_('bnx2x', bnx2x);
  builder.cache(sge_page, 2, s.quarantine);
  setWords(s, dev, [
    [bnx2x.page, builder.alloc(sge_page)],
    [bnx2x.present, 1],
  ]);
  return dev;
}

const sensor: HistoryRow = {
  row: '#19',
  title: 'the presence check takes so long that the watchdog resets the NIC within its recovery',
  before: known('V', 'Linux 77583f77ed9b', ...GONE),
  after: known('V', 'Linux 77583f77ed9b', 'pass'),
  designs: {
    before: { rpaphp_get_sensor_state: get_sensor_busy, bnx2x_free_rx_sge: free_sge_untested },
    after: {
      rpaphp_get_sensor_state: get_sensor_unless_recovering,
      bnx2x_free_rx_sge: free_sge_untested,
    },
  },
  ...PSERIES,
  spare: { ...NO_SPARE, pes: 2 },
  stage: (s) => {
    const dev = network(s);
    const { phb, pe: phbPe } = s.board.phb(0);
    const pe = s.board.pe(phb, 1, phbPe);
    setWords(s, pe, [[eeh_pe.state, EEH_PE_RECOVERING]]);
    const players = [
      task('eehd', s.k, eehd_with_network, [dev, pe]),
      task('tx_timeout', s.k, netdev_watchdog, [dev]),
    ];
    return { players, invariants: [] };
  },
};

const serial: HistoryRow = {
  row: '#20',
  title: 'TIOCMGET of a serial port whose device is in error',
  before: known('V', 'Linux f209fa03fc9d', ...GONE),
  after: known('V', 'Linux f209fa03fc9d', 'pass'),
  designs: {
    before: { quiesce: ports_suspended, restart: ports_suspended },
    after: { quiesce: ports_unregistered, restart: ports_registered },
  },
  ...PSERIES,
  stage: (s) => {
    const { builder } = s.board;
    const port = builder.static_('uart_port', uart_port);
    builder.cache(iomem, 2, s.quarantine);
    setWords(s, port, [
      [uart_port.registered, 1],
      [uart_port.membase, builder.alloc(iomem)],
    ]);
    const players = [
      task('eehd', s.k, serial8250_recovery, [port]),
      task('stty', s.k, uart_tiocmget, [port]),
    ];
    return { players, invariants: [] };
  },
};

const sgePool: HistoryRow = {
  row: '#21',
  title: 'bnx2x: the reset task and slot_reset free the same pool',
  before: known('V', 'Linux d27e2da94a42', 'null-dereference'),
  after: known('V', 'Linux d27e2da94a42', 'pass'),
  designs: {
    before: { bnx2x_free_rx_sge: free_sge_untested },
    after: { bnx2x_free_rx_sge: free_sge_tested },
  },
  ...PSERIES,
  stage: (s) => {
    const dev = network(s);
    const players = [
      task('eehd', s.k, bnx2x_io_slot_reset, [dev]),
      task('bnx2x_sp_rtnl_task', s.k, bnx2x_reset_task, [dev]),
    ];
    return { players, invariants: [] };
  },
};

const subsystemReset: HistoryRow = {
  row: '#22',
  title: 'nvme: a subsystem reset schedules a reset of its own, and EEH gives the disk up',
  before: known('M', 'eeh.md 3 #22 (210b1f6576e8)', 'assertion'),
  after: known('M', 'eeh.md 3 #22 (210b1f6576e8)', 'pass'),
  designs: {
    before: { after_nssr: schedule_reset },
    after: { after_nssr: read_status },
  },
  ...PSERIES,
  stage: (s) => {
    const dev = s.board.builder.static_('nvme', nvme_dev);
    setWords(s, dev, [[nvme_dev.state, NVME_CTRL_LIVE]]);
    return {
      players: [
        task('nvme-cli', s.k, nvme_reset_subsystem, [dev]),
        task('eehd', s.k, nvme_recovery, [dev]),
        worker('nvme-reset-wq', s.k, nvme_reset_work, [dev + nvme_dev.reset_work.at, dev]),
      ],
      invariants: [
        atEnd('disk-lives', 'eeh.md 3 #22', 'assertion', (memory) => {
          const alive = memory.read(dev + nvme_dev.state) === NVME_CTRL_LIVE;
          return alive ? undefined : ['the recovery gave up a disk that works', dev];
        }),
      ],
    };
  },
};

export const driverRows: Readonly<Record<string, HistoryRow>> = {
  'presence-vs-watchdog': sensor,
  'serial-ioctl-vs-recovery': serial,
  'bnx2x-reset-twice': sgePool,
  'nvme-subsystem-reset': subsystemReset,
};

/** Rows of eeh.md 3 about pnv_php: its interrupts, nested slots, presence. */
import {
  card_replugged,
  child_irqs_freed,
  child_irqs_left,
  hotplug_signal,
  link_of_bridge,
  link_of_bridge_if_any,
  msi_by_device,
  msi_by_irq,
  pnv_php_disable_slot,
  pnv_php_event,
  pnv_php_freeze,
  pnv_php_get_adapter_state,
  pnv_php_interrupt,
  remove_nested_bridge,
  unplug_bridge_with_slot,
  upstream_left,
  upstream_thawed,
} from '../../actors/powernv/pnv_php.ts';
import {
  msi_device_data,
  PNV_PHP_POPULATED,
  pnv_bridge,
  pnv_php_slot,
  pnv_port,
} from '../../actors/powernv/structs.ts';
import { atEnd } from './eeh_history_invariants.ts';
import {
  derived,
  GONE,
  type HistoryRow,
  handler,
  known,
  NO_SPARE,
  ONE_FUNCTION,
  type Stage,
  setWords,
  single,
  task,
  worker,
} from './eeh_history_row.ts';
import { removeActor } from './eeh_pe_actors.ts';
import { at, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

/** virq of a slot's interrupt. */
const VIRQ = 17;

/** A slot below a bridge that has MSI on. */
function slotWithBridge(s: Stage, holders: number): { slot: number; bridge: number } {
  const data = single(s, msi_device_data);
  const bridge = single(s, pnv_bridge, 'bridge of the slot');
  setWords(s, data, [[msi_device_data.entries, 1]]);
  setWords(s, bridge, [
    [pnv_bridge.ref.refcount, holders],
    [pnv_bridge.msi_enabled, 1],
    [pnv_bridge.msi_data, data],
  ]);
  s.board.builder.cache(pnv_php_slot, 1, s.quarantine);
  const slot = s.board.builder.alloc(pnv_php_slot, 'slot');
  setWords(s, slot, [
    [pnv_php_slot.irq, VIRQ],
    [pnv_php_slot.pdev, bridge],
  ]);
  return { slot, bridge };
}

const POWERNV = { ...ONE_FUNCTION, platform: 'powernv', spare: NO_SPARE } as const;

const unnoticed: HistoryRow = {
  row: '#11',
  title: 'a card is pulled and put in again: the PE of the bridge above stays frozen',
  before: known('V', 'Linux a2a2a6fc2469', 'lost-wakeup', 'deadlock', 'hung-task'),
  after: known('V', 'Linux a2a2a6fc2469', 'pass'),
  designs: {
    before: { thaw_upstream: upstream_left },
    after: { thaw_upstream: upstream_thawed },
  },
  ...POWERNV,
  stage: (s) => {
    const port = s.board.builder.static_('hotplug port', pnv_port);
    const slot = s.board.builder.static_('slot', pnv_php_slot);
    const noticed = s.board.completion('removal noticed');
    setWords(s, port, [[pnv_port.presence, 1]]);
    setWords(s, slot, [[pnv_php_slot.state, PNV_PHP_POPULATED]]);
    return {
      players: [
        task('operator', s.k, card_replugged, [port, noticed]),
        handler('PHPIRQ', s.k, pnv_php_interrupt, [port + pnv_port.irq.at, port]),
        worker('PHPWQ', s.k, pnv_php_event, [port + pnv_port.work.at, port, slot, noticed]),
      ],
      invariants: [
        atEnd('plug-noticed', 'eeh.md 3 #11', 'lost-wakeup', (memory) => {
          const there = memory.read(port + pnv_port.presence) !== 0;
          const used = memory.read(slot + pnv_php_slot.state) === PNV_PHP_POPULATED;
          return there && !used ? ['a card is in the slot and nobody knows', slot] : undefined;
        }),
      ],
    };
  },
};

const noWalk = {
  msi_to_disable: msi_by_irq,
  free_child_irqs: child_irqs_left,
  free_child_irqs_locked: child_irqs_left,
};
const walk = { ...noWalk, free_child_irqs: child_irqs_freed };
/** Not proposed anywhere. */
const lockedWalk = { ...noWalk, free_child_irqs_locked: child_irqs_freed };

/** A slot with a bridge behind it that has a slot of its own. */
function slotAboveSlot(s: Stage): number {
  const { slot: child } = slotWithBridge(s, 1);
  const upper = s.board.builder.static_('upper slot', pnv_php_slot);
  setWords(s, upper, [
    [pnv_php_slot.child, child],
    [pnv_php_slot.state, PNV_PHP_POPULATED],
  ]);
  return upper;
}

const nested: HistoryRow = {
  row: '#12',
  title: 'a bridge goes whose own slot still has its interrupt',
  before: known('V', 'Linux 4668619092554', 'assertion', ...GONE),
  after: known('V', 'Linux 4668619092554', 'pass'),
  designs: { before: noWalk, after: walk },
  ...POWERNV,
  stage: (s) => {
    const player = task('pnv_php', s.k, pnv_php_disable_slot, [slotAboveSlot(s)]);
    return { players: [player], invariants: [] };
  },
};

const nestedWalk: HistoryRow = {
  row: '#12',
  title: 'the walk over slots below takes no lock, and their bridge is removed meanwhile',
  before: derived('eeh.md 3 #12: Linux 4668619092554 walks before it takes the rescan lock'),
  after: known('lab', 'the walk under the rescan lock', 'pass'),
  designs: { before: walk, after: lockedWalk },
  ...POWERNV,
  stage: (s) => {
    const upper = slotAboveSlot(s);
    const players = [
      task('pnv_php', s.k, pnv_php_disable_slot, [upper]),
      task('sysfs-remove', s.k, remove_nested_bridge, [upper]),
    ];
    return { players, invariants: [] };
  },
};

const noBridge: HistoryRow = {
  row: '#13',
  title: 'presence of an OpenCAPI slot, which has no bridge',
  before: known('V', 'Linux 80f9fc236279, report on 7.1.0-rc4', 'null-dereference'),
  after: known('V', 'eeh.md 3 #13: NULL test, 2026', 'pass'),
  designs: {
    before: { link_active: link_of_bridge },
    after: { link_active: link_of_bridge_if_any },
  },
  ...POWERNV,
  stage: (s) => {
    const port = s.board.builder.static_('hotplug port', pnv_port);
    const slot = s.board.builder.static_('slot', pnv_php_slot);
    setWords(s, port, [[pnv_port.presence, 1]]);
    const player = task('eehd', s.k, pnv_php_get_adapter_state, [slot, port]);
    return { players: [player], invariants: [] };
  },
};

const staleIrq: HistoryRow = {
  row: '#14',
  title: 'a slot turns off the MSI of a bridge that is deleted (CVE-2024-46761)',
  before: known('V', 'Linux 335e35b74852', 'null-dereference'),
  after: known('V', 'Linux 335e35b74852', 'pass'),
  designs: {
    before: { msi_to_disable: msi_by_irq },
    after: { msi_to_disable: msi_by_device },
  },
  ...POWERNV,
  stage: (s) => {
    const { slot } = slotWithBridge(s, 2);
    const player = task('sysfs-remove', s.k, unplug_bridge_with_slot, [slot]);
    return { players: [player], invariants: [] };
  },
};

const unlockedWalk: HistoryRow = {
  row: '#26',
  title: 'the hotplug interrupt reads the devices of a bus that are being removed (not fixed)',
  before: derived('eeh.md 3 #26: Linux 360aebd85a4c, a feature'),
  after: derived('eeh.md 3 #26: as before, there is no fix'),
  designs: { before: {}, after: {} },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: { pes: 2, devs: 1, buses: 1 },
  stage: ({ board, k, places }) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const irq = board.irqLine('hotplug irq');
    return {
      players: [
        task('operator', k, hotplug_signal, [irq]),
        handler('PHPIRQ', k, pnv_php_freeze, [irq, bus]),
        removeActor(k, bus, at(functions, 0).pdn, { start: 0, done: 0 }),
      ],
      invariants: [],
    };
  },
};

export const slotRows: Readonly<Record<string, HistoryRow>> = {
  'surprise-plug-unnoticed': unnoticed,
  'nested-slot-msi': nested,
  'nested-slot-walk': nestedWalk,
  'slot-without-bridge': noBridge,
  'slot-irq-stale-copy': staleIrq,
  'hotplug-irq-vs-removal': unlockedWalk,
};

/** Rows of eeh.md 3 about who frees what: PHBs, nodes, slots. */
import {
  bus_slot,
  driver_not_stopped,
  pciehp_remove,
  remove_port,
  slotted_bus,
} from '../../actors/pci/bus_slot.ts';
import {
  pdn_freed,
  pdn_marked_dead,
  pdn_not_touched,
  pnv_dev_close,
  pnv_php_rmv,
} from '../../actors/powernv/pnv_pdn.ts';
import { pnv_dev, pnv_pdn } from '../../actors/powernv/structs.ts';
import {
  bridge_get,
  bridge_not_held,
  bridge_put,
  dlpar_dev_close,
  dlpar_remove_phb,
  pcibios_free_controller,
  phb_kept,
} from '../../actors/pseries/phb_removal.ts';
import {
  dlpar_dev,
  dlpar_phb,
  dlpar_root_bus,
  pci_host_bridge,
} from '../../actors/pseries/structs.ts';
import { list_head, spinlock } from '../memory/kernel_structs.ts';
import {
  GONE,
  type HistoryRow,
  known,
  NO_SPARE,
  ONE_FUNCTION,
  type Stage,
  type Staged,
  setWords,
  single,
  task,
} from './eeh_history_row.ts';

const freedInRelease = {
  hold_bridge: bridge_get,
  drop_bridge: bridge_put,
  release_fn: pcibios_free_controller,
  free_phb: phb_kept,
};

/** A PHB that drmgr takes away; with a device that somebody has open, or without. */
function phbRemoval(s: Stage, withDevice: boolean): Staged {
  const { builder } = s.board;
  const hose_spinlock = builder.static_('hose_spinlock', spinlock);
  const hose_list = builder.static_('hose_list', list_head);
  const phb = single(s, dlpar_phb, 'pci_controller');
  const bridge = single(s, pci_host_bridge);
  const bus = single(s, dlpar_root_bus, 'root bus');
  const node = phb + dlpar_phb.list_node.at;
  setWords(s, hose_list, [
    [list_head.next, node],
    [list_head.prev, node],
  ]);
  setWords(s, node, [
    [list_head.next, hose_list],
    [list_head.prev, hose_list],
  ]);
  setWords(s, phb, [
    [dlpar_phb.bus, bus],
    [dlpar_phb.controller_ops, phb],
  ]);
  setWords(s, bridge, [
    [pci_host_bridge.dev.refcount, 2],
    [pci_host_bridge.release_data, phb],
  ]);
  setWords(s, bus, [
    [dlpar_root_bus.dev.refcount, withDevice ? 2 : 1],
    [dlpar_root_bus.bridge, bridge],
    [dlpar_root_bus.sysdata, phb],
  ]);
  const k = Object.freeze({ ...s.k, hose_spinlock });
  if (!withDevice) {
    return { players: [task('drmgr', k, dlpar_remove_phb, [phb, bridge, 0])], invariants: [] };
  }
  const dev = single(s, dlpar_dev, 'pci_dev');
  setWords(s, dev, [
    [dlpar_dev.ref.refcount, 2],
    [dlpar_dev.bus, bus],
  ]);
  const players = [
    task('drmgr', k, dlpar_remove_phb, [phb, bridge, dev]),
    task('lspci', k, dlpar_dev_close, [dev]),
  ];
  return { players, invariants: [] };
}

const phbAfterBridge: HistoryRow = {
  row: '#15',
  title: 'DLPAR uses a PHB that its host bridge has freed (CVE-2022-49196)',
  before: known('V', 'Linux fe2640bd7a62', ...GONE),
  after: known('V', 'Linux fe2640bd7a62', 'pass'),
  designs: {
    before: { ...freedInRelease, hold_bridge: bridge_not_held, drop_bridge: bridge_not_held },
    after: freedInRelease,
  },
  ...ONE_FUNCTION,
  platform: 'pseries',
  spare: NO_SPARE,
  stage: (s) => phbRemoval(s, false),
};

const phbBeforeDevice: HistoryRow = {
  row: '#16',
  title: 'DLPAR frees a PHB while somebody has a device below it open',
  before: known('V', 'Linux 2dd9c11b9d4d', ...GONE),
  after: known('V', 'Linux 2dd9c11b9d4d', 'pass'),
  designs: {
    before: { ...freedInRelease, release_fn: phb_kept, free_phb: pcibios_free_controller },
    after: freedInRelease,
  },
  ...ONE_FUNCTION,
  platform: 'pseries',
  spare: NO_SPARE,
  stage: (s) => phbRemoval(s, true),
};

const nodeBeforeDevice: HistoryRow = {
  row: '#23',
  title: 'slot power-off frees the pci_dn of a device that somebody has open',
  before: known('V', 'eeh.md 3 #23: series of September 2019, patch 2/14', ...GONE),
  after: known('V', 'eeh.md 3 #23: series of September 2019, patch 2/14', 'pass'),
  designs: {
    before: { mark_pdn: pdn_not_touched, remove_pdn: pdn_freed },
    after: { mark_pdn: pdn_marked_dead, remove_pdn: pdn_not_touched },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: NO_SPARE,
  stage: (s) => {
    const pdn = single(s, pnv_pdn, 'pci_dn');
    const dev = single(s, pnv_dev, 'pci_dev');
    setWords(s, dev, [
      [pnv_dev.ref.refcount, 2],
      [pnv_dev.pdn, pdn],
    ]);
    const players = [
      task('pnv_php', s.k, pnv_php_rmv, [dev, pdn]),
      task('lspci', s.k, pnv_dev_close, [dev]),
    ];
    return { players, invariants: [] };
  },
};

const slotAfterBus: HistoryRow = {
  row: '#27',
  title: 'a hotplug port’s slot is released after the bus that it lies on',
  before: known('V', 'Linux 7ae0567fd3f4', ...GONE),
  after: known('V', 'Linux 7ae0567fd3f4', 'pass'),
  designs: {
    before: { stop_driver_first: driver_not_stopped, stop_driver_last: pciehp_remove },
    after: { stop_driver_first: pciehp_remove, stop_driver_last: driver_not_stopped },
  },
  ...ONE_FUNCTION,
  platform: 'powernv',
  spare: NO_SPARE,
  stage: (s) => {
    const bus = single(s, slotted_bus, 'bus');
    const slot = single(s, bus_slot, 'pci_slot');
    const head = bus + slotted_bus.slots.at;
    const entry = slot + bus_slot.list.at;
    setWords(s, head, [
      [list_head.next, entry],
      [list_head.prev, entry],
    ]);
    setWords(s, entry, [
      [list_head.next, head],
      [list_head.prev, head],
    ]);
    setWords(s, bus, [[slotted_bus.dev.refcount, 1]]);
    setWords(s, slot, [[bus_slot.bus, bus]]);
    return { players: [task('sysfs-remove', s.k, remove_port, [bus, slot])], invariants: [] };
  },
};

export const lifetimeRows: Readonly<Record<string, HistoryRow>> = {
  'phb-after-bridge': phbAfterBridge,
  'phb-before-device': phbBeforeDevice,
  'pdn-before-device': nodeBeforeDevice,
  'slot-after-bus': slotAfterBus,
};

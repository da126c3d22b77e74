/** Rows 21, 25, 26, 28, 29 and O5 of pciehp.md 4: locks around resets and config accesses. */
import {
  nothing_more,
  read_sriov_attribute,
  remove_store,
  reset_function,
  try_reset_function,
  unbind_store,
  type VfioUserDesign,
  vfio_process,
} from '../../actors/driver/vfio_user.ts';
import {
  type ConfigDesign,
  cfg_access_unlock_wakes_inside,
  pci_block_user_cfg_access,
  pci_cfg_access_lock,
  pci_cfg_access_unlock,
  pci_slot_reset,
  perf_event_switch,
  reset_child,
  setpci_bridge_control,
  slot_lock_bridge_first,
  slot_lock_children,
  slot_unlock_bridge_last,
  slot_unlock_children,
} from '../../actors/pci/access.ts';
import {
  PCI_BRIDGE_CTL_PARITY,
  pci_function_regs,
  vfio_user,
} from '../../actors/pci/history_structs.ts';
import {
  driver_bind,
  leave_bridge,
  pci_try_reset_slot,
  type TrylockDesign,
  unlock_bridge_again,
} from '../../actors/pci/slot_trylock.ts';
import { pci_bus, pci_dev } from '../../actors/pci/structs.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { mutex, spinlock, wait_queue_head } from '../memory/kernel_structs.ts';
import { caller, endsWith, HANG, type HistoryRace, historyRace } from './pci_history_race.ts';

/** A device that a process has open through vfio. */
function openDevice(memory: ImageBuilder) {
  const dev = memory.static_('pci_dev', pci_dev);
  const user = memory.static_('vfio', vfio_user);
  memory.poke(dev + pci_dev.driver, 1);
  memory.poke(user + vfio_user.opened, 1);
  const pci_rescan_remove_lock = memory.static_('pci_rescan_remove_lock', mutex);
  return { dev, user, pci_rescan_remove_lock };
}

const tryReset = historyRace<VfioUserDesign>(
  {
    id: 'try-reset',
    row: '21',
    title: 'unbind waits for a process that resets the device before it closes it',
    commit: 'Linux 61cf16d8bd38, December 2013',
    mark: 'S',
    before: HANG,
    after: ['pass'],
  },
  {
    before: { before_close: reset_function, after_close: nothing_more },
    after: { before_close: try_reset_function, after_close: nothing_more },
  },
  (memory, design) => {
    const k = Object.freeze({ ...openDevice(memory), ...design });
    return {
      actors: [caller('unbind', 0, unbind_store, [k]), caller('process', 1, vfio_process, [k])],
      invariants: [],
    };
  },
);

const sriovAttribute = historyRace<VfioUserDesign>(
  {
    id: 'sriov-attribute',
    row: 'O5',
    title: 'sysfs remove waits for a process that reads an SR-IOV attribute before it closes',
    commit: 'spdk 3205, December 2023',
    proposal: 'the process closes first',
    mark: 'D',
    before: 'open',
    after: 'open',
  },
  {
    before: { before_close: read_sriov_attribute, after_close: nothing_more },
    after: { before_close: nothing_more, after_close: read_sriov_attribute },
  },
  (memory, design) => {
    const k = Object.freeze({ ...openDevice(memory), ...design });
    return {
      actors: [
        caller('sysfs-remove', 0, remove_store, [k]),
        caller('process', 1, vfio_process, [k]),
      ],
      invariants: [],
    };
  },
);

/** A bridge and the device behind it, with what config accesses share. */
function configSpace(memory: ImageBuilder) {
  return {
    pci_lock: memory.static_('pci_lock', spinlock),
    pci_cfg_wait: memory.static_('pci_cfg_wait', wait_queue_head),
    pi_lock: memory.static_('pi_lock', spinlock),
    bridge: memory.static_('bridge', pci_dev),
    bridge_regs: memory.static_('bridge_regs', pci_function_regs),
    child: memory.static_('child', pci_dev),
    child_regs: memory.static_('child_regs', pci_function_regs),
  };
}

const CONFIG: ConfigDesign = {
  cfg_access_lock: pci_cfg_access_lock,
  cfg_access_unlock: pci_cfg_access_unlock,
  slot_lock: slot_lock_bridge_first,
  slot_unlock: slot_unlock_bridge_last,
};

const slotResetLock = historyRace<ConfigDesign>(
  {
    id: 'slot-reset-lock',
    row: '25',
    title: 'a slot is reset while setpci changes Bridge Control',
    commit: 'Linux 1f5e57c622b4, 2026',
    mark: 'S',
    before: ['assertion'],
    after: ['pass'],
  },
  {
    before: { ...CONFIG, slot_lock: slot_lock_children, slot_unlock: slot_unlock_children },
    after: CONFIG,
  },
  (memory, design) => {
    const k = Object.freeze({ ...configSpace(memory), ...design });
    const control = k.bridge_regs + pci_function_regs.bridge_control;
    const cite = 'pciehp.md 4 row 25';
    const lost = "setpci's change is lost, or the bus stays in reset";
    return {
      actors: [
        caller('slot-reset', 0, pci_slot_reset, [k]),
        caller('setpci', 1, setpci_bridge_control, [k]),
      ],
      invariants: [
        endsWith('bridge-control', cite, control, PCI_BRIDGE_CTL_PARITY, 'assertion', lost),
      ],
    };
  },
);

const slotTrylock = historyRace<TrylockDesign>(
  {
    id: 'slot-trylock',
    row: '26',
    title: 'a slot reset gives up and unlocks a bridge that another thread holds',
    commit: 'Linux 9368d1ee6282, 2025',
    mark: 'S',
    before: ['bad-unlock'],
    after: ['pass'],
  },
  {
    before: { bus_trylock_failed: unlock_bridge_again },
    after: { bus_trylock_failed: leave_bridge },
  },
  (memory, design) => {
    const bridge = memory.static_('bridge', pci_dev);
    const child = memory.static_('child', pci_dev);
    const bus = memory.static_('secondary_bus', pci_bus);
    memory.poke(bridge + pci_dev.subordinate, bus);
    memory.poke(bus + pci_bus.self, bridge);
    memory.poke(bus + pci_bus.devices.next, child + pci_dev.bus_list.at);
    memory.poke(bus + pci_bus.devices.prev, child + pci_dev.bus_list.at);
    memory.poke(child + pci_dev.bus_list.next, bus + pci_bus.devices.at);
    memory.poke(child + pci_dev.bus_list.prev, bus + pci_bus.devices.at);
    const k = Object.freeze({ bridge, ...design });
    return {
      actors: [
        caller('slot-reset', 0, pci_try_reset_slot, [k]),
        caller('bind-bridge', 1, driver_bind, [bridge]),
        caller('bind-child', 2, driver_bind, [child]),
      ],
      invariants: [],
    };
  },
);

const cfgWake = historyRace<ConfigDesign>(
  {
    id: 'cfg-wake',
    row: '28',
    title: 'waiters for config space are woken under pci_lock; perf takes it under pi_lock',
    commit: 'Linux cdcb33f98244, 2017/18',
    mark: 'S',
    before: ['lock-inversion', 'deadlock'],
    after: ['pass'],
  },
  { before: { ...CONFIG, cfg_access_unlock: cfg_access_unlock_wakes_inside }, after: CONFIG },
  (memory, design) => {
    const k = Object.freeze({ ...configSpace(memory), ...design });
    return {
      actors: [
        caller('reset', 0, reset_child, [k]),
        caller('perf', 1, perf_event_switch, [k]),
        caller('reset-2', 2, reset_child, [k]),
      ],
      invariants: [],
    };
  },
);

const cfgBlock = historyRace<ConfigDesign>(
  {
    id: 'cfg-block',
    row: '29',
    title: 'two resets of one device: the flag that blocks config accesses had one owner',
    commit: 'Linux fb51ccbf217c, 2011',
    mark: 'S',
    before: ['assertion'],
    after: ['pass'],
  },
  { before: { ...CONFIG, cfg_access_lock: pci_block_user_cfg_access }, after: CONFIG },
  (memory, design) => {
    const k = Object.freeze({ ...configSpace(memory), ...design });
    const blocked = k.child_regs + pci_function_regs.block_cfg_access;
    const left = 'config accesses of user space stay blocked';
    return {
      actors: [caller('reset', 0, reset_child, [k]), caller('reset-2', 1, reset_child, [k])],
      invariants: [
        endsWith('config-unblocked', 'pciehp.md 4 row 29', blocked, 0, 'assertion', left),
      ],
    };
  },
);

export const resetRaces: readonly HistoryRace[] = [
  tryReset,
  slotResetLock,
  slotTrylock,
  cfgWake,
  cfgBlock,
  sriovAttribute,
];

/** Rows 4, 13 and O1 of pciehp.md 4: a hotplug port below another one, and two side by side. */
import { dpc_reset_lock } from '../../actors/dpc/structs.ts';
import {
  exit_files,
  type PairDesign,
  pciehp_ist_pulled,
  reset_always,
  skip_disconnected,
  type VfioSlot,
} from '../../actors/driver/vfio_pair.ts';
import { moment, nested_controller, vfio_user } from '../../actors/pci/history_structs.ts';
import { pci_channel_io_normal, pci_dev } from '../../actors/pci/structs.ts';
import {
  ALL_ONES,
  class_by_depth,
  type DepthDesign,
  failure_is_empty,
  failure_is_enodev,
  inner_checks_presence,
  one_class,
  outer_brings_up_inner,
  outer_removes_inner,
  type PresenceDesign,
} from '../../actors/pciehp/nested_port.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { mutex } from '../memory/kernel_structs.ts';
import { caller, type HistoryRace, historyRace } from './pci_history_race.ts';

/** A port with its controller, of which there is a class of locks for all ports. */
function controllerOf(memory: ImageBuilder, name: string): number {
  const controller = memory.alloc(nested_controller, `controller_${name}`);
  memory.poke(memory.static_(name, pci_dev) + pci_dev.driver_data, controller);
  return controller;
}

const resetLockDepth = historyRace<DepthDesign>(
  {
    id: 'reset-lock-depth',
    row: '4',
    title: 'a nested port is probed under the reset_lock of the port above',
    commit: 'Linux 085a9f43433f, 2021/22',
    mark: 'M',
    before: ['recursive-lock'],
    after: ['pass'],
  },
  { before: { reset_lock_of: one_class }, after: { reset_lock_of: class_by_depth } },
  (memory, design, request) => {
    memory.cache(nested_controller, 2, request.quarantine);
    const k = Object.freeze({
      outer: controllerOf(memory, 'outer'),
      inner: controllerOf(memory, 'inner'),
      pci_rescan_remove_lock: memory.static_('pci_rescan_remove_lock', mutex),
      ...design,
    });
    return { actors: [caller('irq-outer', 0, outer_brings_up_inner, [k])], invariants: [] };
  },
);

const portGone = historyRace<PresenceDesign>(
  {
    id: 'port-gone',
    row: '13',
    title: 'a dock is gone: the inner port takes itself for an empty slot',
    commit: 'Linux 87d0f2a5536f, 5.5',
    mark: 'S',
    before: ['deadlock'],
    after: ['pass'],
  },
  { before: { card_present: failure_is_empty }, after: { card_present: failure_is_enodev } },
  (memory, design) => {
    const inner = memory.static_('inner', nested_controller);
    memory.poke(inner + nested_controller.slot_status, ALL_ONES);
    memory.poke(inner + nested_controller.threads_active, 1);
    const pci_rescan_remove_lock = memory.static_('pci_rescan_remove_lock', mutex);
    const k = Object.freeze({ inner, pci_rescan_remove_lock, ...design });
    return {
      actors: [
        caller('irq-outer', 0, outer_removes_inner, [k]),
        caller('irq-inner', 1, inner_checks_presence, [k]),
      ],
      invariants: [],
    };
  },
);

function vfioSlot(memory: ImageBuilder, name: string): VfioSlot {
  const dev = memory.static_(name, pci_dev);
  const user = memory.static_(`fd_${name}`, vfio_user);
  memory.poke(dev + pci_dev.error_state, pci_channel_io_normal);
  memory.poke(dev + pci_dev.driver, 1);
  memory.poke(user + vfio_user.opened, 1);
  const reset_lock = memory.static_(`reset_lock_${name}`, dpc_reset_lock);
  return Object.freeze({ dev, user, reset_lock });
}

const vfioPair = historyRace<PairDesign>(
  {
    id: 'vfio-pair',
    row: 'O1',
    title: 'two devices of one vfio process are pulled at once',
    commit: 'Jinhui Guo, 2025/26',
    proposal: 'no reset of a disconnected device',
    mark: 'D',
    before: 'open',
    after: 'open',
  },
  { before: { skip_reset: reset_always }, after: { skip_reset: skip_disconnected } },
  (memory, design) => {
    const a = vfioSlot(memory, 'A');
    const b = vfioSlot(memory, 'B');
    const pci_rescan_remove_lock = memory.static_('pci_rescan_remove_lock', mutex);
    const asked = memory.static_('asked', moment);
    const k = Object.freeze({ pci_rescan_remove_lock, asked, ...design });
    return {
      actors: [
        caller('irq-A', 0, pciehp_ist_pulled, [k, a]),
        caller('irq-B', 1, pciehp_ist_pulled, [k, b]),
        caller('process', 2, exit_files, [k, a, b]),
      ],
      invariants: [],
    };
  },
);

export const nestedRaces: readonly HistoryRace[] = [resetLockDepth, portGone, vfioPair];

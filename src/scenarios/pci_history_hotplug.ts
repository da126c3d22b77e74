/** Rows 17 to 20 of pciehp.md 4: the threads and interrupts of a port's services. */
import { dpc_workqueue } from '../../actors/dpc/structs.ts';
import {
  bwctrl_data,
  bwctrl_port,
  flushed_queue,
  old_slot,
  PCI_EXP_LNKCTL_LBMIE,
} from '../../actors/pci/history_structs.ts';
import { pci_channel_io_normal, pci_dev } from '../../actors/pci/structs.ts';
import {
  type BwctrlDesign,
  bwctrl_unbind,
  bwnotif_enter,
  bwnotif_exit,
  clear_then_devres,
  free_irq_then_clear,
  link_event,
  pcie_bwnotif_irq,
} from '../../actors/pciehp/bwctrl.ts';
import {
  disconnect_atomically,
  disconnect_under_lock,
  driver_probe_slow,
  type MarkDesign,
  unconfigure_pulled,
} from '../../actors/pciehp/mark_disconnected.ts';
import {
  inner_slot_event,
  type NestedDesign,
  outer_slot_disabled,
  queue_for_all,
  queue_of_its_own,
} from '../../actors/pciehp/nested_flush.ts';
import {
  any_may_start,
  next_may_start,
  nothing_to_release,
  one_may_start,
  type SlotQueueDesign,
  surprise_link_down,
  worker_retire,
  worker_run,
  worker_take,
} from '../../actors/pciehp/slot_queue.ts';
import { pci_vector } from '../../machines/pci_vector.ts';
import { pci_worker } from '../../machines/pci_worker.ts';
import type { ActorSpec } from '../actor/program.ts';
import { mutex } from '../memory/kernel_structs.ts';
import {
  caller,
  endsWith,
  HANG,
  type HistoryRace,
  historyRace,
  thread,
  vector,
} from './pci_history_race.ts';

const bwctrlUnbind = historyRace<BwctrlDesign>(
  {
    id: 'bwctrl-unbind',
    row: '17',
    title: 'the bandwidth controller is unbound from a vector that still fires',
    commit: 'Linux 15b8968dcb90, January 2025',
    mark: 'S',
    before: ['null-dereference'],
    after: ['pass'],
  },
  {
    before: { pcie_bwnotif_remove: clear_then_devres },
    after: { pcie_bwnotif_remove: free_irq_then_clear },
  },
  (memory, design, request) => {
    memory.cache(bwctrl_data, 1, request.quarantine);
    const port = memory.static_('port', bwctrl_port);
    memory.poke(port + bwctrl_port.action, 1);
    memory.poke(port + bwctrl_port.lnkctl, PCI_EXP_LNKCTL_LBMIE);
    memory.poke(port + bwctrl_port.link_bwctrl, memory.alloc(bwctrl_data));
    const k = Object.freeze({ port, ...design });
    const procedures = { enter: bwnotif_enter, handle: pcie_bwnotif_irq, exit: bwnotif_exit };
    return {
      actors: [
        caller('unbind', 0, bwctrl_unbind, [k]),
        vector('irq-port', 1, pci_vector, procedures, [k]),
        caller('link', 2, link_event, [k]),
      ],
      invariants: [],
    };
  },
);

const markDisconnected = historyRace<MarkDesign>(
  {
    id: 'mark-disconnected',
    row: '18',
    title: 'a card is pulled while its driver probes it',
    commit: 'Linux 74ff8864cc84, 6.3',
    mark: 'S',
    before: ['hung-task'],
    after: ['pass'],
  },
  {
    before: { pci_dev_set_disconnected: disconnect_under_lock },
    after: { pci_dev_set_disconnected: disconnect_atomically },
  },
  (memory, design) => {
    const dev = memory.static_('pci_dev', pci_dev);
    memory.poke(dev + pci_dev.error_state, pci_channel_io_normal);
    memory.poke(dev + pci_dev.driver, 1);
    const pci_rescan_remove_lock = memory.static_('pci_rescan_remove_lock', mutex);
    const k = Object.freeze({ dev, pci_rescan_remove_lock, ...design });
    return {
      actors: [
        caller('probe', 0, driver_probe_slow, [k]),
        caller('irq-pciehp', 1, unconfigure_pulled, [k]),
      ],
      invariants: [],
    };
  },
);

function worker(name: string, cpu: number, args: ActorSpec['args']): ActorSpec {
  const procedures = { take: worker_take, run: worker_run, retire: worker_retire };
  return { ...thread(name, cpu, { machine: pci_worker, procedures }, args), daemon: true };
}

const slotQueue = historyRace<SlotQueueDesign>(
  {
    id: 'slot-queue',
    row: '19',
    title: 'the link goes down and trains again at once; no power control',
    commit: 'Linux 499022396a38, 4.11',
    mark: 'S',
    before: ['assertion'],
    after: ['pass'],
  },
  {
    before: { may_start: any_may_start, item_done: nothing_to_release },
    after: { may_start: one_may_start, item_done: next_may_start },
  },
  (memory, design) => {
    const slot = memory.static_('slot', old_slot);
    const wq = memory.static_('pciehp-1', dpc_workqueue);
    memory.poke(slot + old_slot.enabled, 1);
    memory.poke(slot + old_slot.link, 1);
    const k = Object.freeze({ slot, wq, ...design });
    const enabled = slot + old_slot.enabled;
    const off = 'the link is up, the slot is off, and no event is left to turn it on';
    return {
      actors: [
        caller('port', 0, surprise_link_down, [k]),
        worker('kworker/1', 1, [k]),
        worker('kworker/2', 2, [k]),
      ],
      invariants: [endsWith('last-event-wins', 'pciehp.md 4 row 19', enabled, 1, 'assertion', off)],
    };
  },
);

const nestedFlush = historyRace<NestedDesign>(
  {
    id: 'nested-flush',
    row: '20',
    title: 'a slot is turned off with a hotplug port in it, which flushes its workqueue',
    commit: 'Linux c2be6f93b383, 2013',
    mark: 'S',
    before: HANG,
    after: ['pass'],
  },
  { before: { inner_queue: queue_for_all }, after: { inner_queue: queue_of_its_own } },
  (memory, design) => {
    const k = Object.freeze({
      outer_wq: memory.static_('pciehp-1', flushed_queue),
      inner_wq: memory.static_('pciehp-2', flushed_queue),
      pci_rescan_remove_lock: memory.static_('pci_rescan_remove_lock', mutex),
      inner_lock: memory.static_('inner_slot_lock', mutex),
      ...design,
    });
    return {
      actors: [
        caller('kworker/outer', 0, outer_slot_disabled, [k]),
        caller('kworker/inner', 1, inner_slot_event, [k]),
      ],
      invariants: [],
    };
  },
);

export const hotplugRaces: readonly HistoryRace[] = [
  bwctrlUnbind,
  markDisconnected,
  slotQueue,
  nestedFlush,
];

/** Row O1 of pciehp.md 4: two hotplug ports side by side. */
import { dpc_reset_lock } from '../../actors/dpc/structs.ts';
import {
  exit_files,
  type PairDesign,
  pciehp_ist_pulled,
  reset_always,
  skip_disconnected,
  type VfioSlot,
} from '../../actors/driver/vfio_pair.ts';
import { moment, vfio_user } from '../../actors/pci/history_structs.ts';
import { pci_channel_io_normal, pci_dev } from '../../actors/pci/structs.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { mutex } from '../memory/kernel_structs.ts';
import { caller, type HistoryRace, historyRace } from './pci_history_race.ts';

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

export const nestedRaces: readonly HistoryRace[] = [vfioPair];

/** Row 24 of pciehp.md 4: two removals of one device meet. */
import {
  already_cleared,
  claim_destroy_atomic,
  claim_destroy_by_check,
  claim_stop_atomic,
  claim_stop_by_check,
  clear_added,
  drop_rescan_lock,
  type RemovalDesign,
  type RemovalPath,
  remove_destroy,
  remove_lookup,
  remove_put,
  remove_stop,
  with_rescan_lock,
  without_lock,
} from '../../actors/pci/stop_destroy.ts';
import { pci_remover } from '../../machines/pci_remover.ts';
import type { ActorSpec } from '../actor/program.ts';
import { busWithDevice } from './pci_history_bus.ts';
import { type HistoryRace, historyRace, thread } from './pci_history_race.ts';

const BY_CHECK: RemovalDesign = {
  claim_stop: claim_stop_by_check,
  stop_done: clear_added,
  claim_destroy: claim_destroy_by_check,
};

const ATOMIC: RemovalDesign = {
  claim_stop: claim_stop_atomic,
  stop_done: already_cleared,
  claim_destroy: claim_destroy_atomic,
};

/** A thread that removes the device on a bus, holding pci_rescan_remove_lock or not. */
function remover(name: string, cpu: number, k: RemovalDesign, path: RemovalPath): ActorSpec {
  const procedures = {
    lookup: remove_lookup,
    stop: remove_stop,
    destroy: remove_destroy,
    put: remove_put,
  };
  return thread(name, cpu, { machine: pci_remover, procedures }, [k, Object.freeze(path)]);
}

const locked = { lock: with_rescan_lock, unlock: drop_rescan_lock };
const unlocked = { lock: without_lock, unlock: without_lock };

const stopDestroy = historyRace<RemovalDesign>(
  {
    id: 'stop-destroy',
    row: '24',
    title: 'two removals of one device, one without pci_rescan_remove_lock',
    commit: 'Linux e3f30d563a38, 93093ea1f059, 2024',
    mark: 'S',
    before: ['wild-access', 'use-after-free', 'refcount', 'double-free'],
    after: ['pass'],
  },
  { before: BY_CHECK, after: ATOMIC },
  (memory, design, request) => {
    const { dev: _, ...core } = busWithDevice(memory, request);
    const k = Object.freeze({ ...core, ...design });
    return {
      actors: [
        remover('sysfs-remove', 0, k, { ...core, ...locked }),
        remover('hotplug', 1, k, { ...core, ...unlocked }),
      ],
      invariants: [],
    };
  },
);

export const removalRaces: readonly HistoryRace[] = [stopDestroy];

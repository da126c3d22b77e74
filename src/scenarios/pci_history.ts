/**
 * pci-history: bugs of pciehp.md 4 that dpc-hotplug and pciehp-command do not show, one race a row
 * of its table, each before and after its fix. A race has only the functions that take part in it,
 * with the kernel's order of accesses, locks and references.
 *
 * Left out, or chosen where the record leaves it open:
 * - A config access is one operation on a register; pci_lock is spelled out where a row is about
 *   it. Hardware changes a register in one step.
 * - slot-bus: three polls stand for a minute of them; the holder of a slot is one device
 *   in it. A slot's bus goes with its port.
 * - aer-multi: the line is shared, so that a message that sets only MULTI_COR_RCV raises it too, as
 *   in the report; by itself the port would send no message for it.
 * - stop-destroy: one of the two removals does not hold pci_rescan_remove_lock, which would keep
 *   them apart by itself.
 * - is-added: the driver probes asynchronously, and bus mastering is what it changes.
 * - slot-queue: no power control, so the link events of pciehp's own power-off, which prolong the
 *   cycle in the report, are not there: what is shown is that Up can overtake Down.
 * - mark-disconnected: the driver has three commands that time out after a minute each.
 * - slot-reset-lock: the warning is a line of the log; the finding is the config race behind it.
 * - sriov-attribute, vfio-pair: nothing is merged; after is a proposal of the record.
 */
import type { Program } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { hotplugRaces } from './pci_history_hotplug.ts';
import { lifetimeRaces } from './pci_history_lifetime.ts';
import { nestedRaces } from './pci_history_nested.ts';
import { type HistoryRace, RULES } from './pci_history_race.ts';
import { registerRaces } from './pci_history_register.ts';
import { removalRaces } from './pci_history_removal.ts';
import { resetRaces } from './pci_history_reset.ts';
import type { BuildRequest, System } from './system.ts';

const RACES: readonly HistoryRace[] = [
  ...lifetimeRaces,
  ...registerRaces,
  ...resetRaces,
  ...hotplugRaces,
  ...nestedRaces,
  ...removalRaces,
];

function build(request: BuildRequest): Program {
  const play = RACES.find(({ race }) => race.id === request.race);
  if (play === undefined) throw new Error(`[hotrace bug] no pci-history race ${request.race}`);
  const memory = new ImageBuilder();
  const stage = play.stage(memory, request);
  const target = `pci-history/${request.race}`;
  return { target, design: request.design, ...memory.build(), ...stage, ...RULES };
}

export const system: System = {
  id: 'pci-history',
  title: 'Races of PCI hotplug, reset and configuration that were fixed, or are open',
  platformDefault: () => 'powernv',
  races: RACES.map(({ race }) => race),
  designs: [
    { id: 'before', title: 'the kernel with the bug', source: 'the parent of the fix of the row' },
    { id: 'after', title: 'the kernel with the fix', source: 'the fix; open rows: a proposal' },
  ],
  build,
};

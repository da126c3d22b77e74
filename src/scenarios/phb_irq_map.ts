/**
 * phb-irq-map: INTx mappings of a PHB against removal, rescan and DLPAR (eeh.md 1.1, 2.1).
 *
 * Every run begins with boot: the PHB is scanned under the design in question, so that what it has
 * recorded by then, and where it was allocated, is its own doing.
 *
 * Left out: resources, config space, proc and sysfs files, hose_spinlock (there is one PHB), EADS
 * bridges, EEH but for the two calls of I0-G, the delay of iounmap (DLPAR flushes aliases before it
 * isolates; the delay is seed 001). Bridges above the part that is played are not built; their pins
 * are not wired.
 *
 * Chosen where the documents leave it open:
 * - irq_create_mapping() and irq_dispose_mapping() are one step each for others: irq_domain_mutex.
 *   A double mapping of one hwirq by two mappers is another bug, and not in the record.
 * - A new virq is the lowest free number; phb.irq_map has 4 entries.
 * - irq_desc is freed when no handler is inside any more, and lookups take no reference: whoever
 *   looked it up before, in process context, holds a pointer to freed memory.
 * - A remove is that of the bridge above a function, as F0 to F2 dispose with a bus.
 * - A driver in MSI mode never calls pci_disable_msi() (I0-F); what becomes of the vector is not
 *   judged.
 * - F4 is the mapping's count with a notifier that drops what pci_dev.irq names, as the RFC's use
 *   in powerpc; MSI vectors are counted alike.
 * - I0-G: eehd has a reference on the function, taken under the rescan lock (V1), and device_lock
 *   in its callbacks.
 * - I0-G-V4: the rescan lock is held from that look-up to the end of the recovery; the document has
 *   I0-G and V4 (1010b4c012b0) apart.
 * - dlpar-phb-rescan: a second writer beside DLPAR, which takes no rescan lock for a PHB (eeh.md
 *   1.0.6); the document has the missing lock, and no interleaving of it.
 * - link-cycle: of the report of August 2024 the document has one line. The pci_dev stays, its
 *   driver and its notifiers come and go; F7 maps again what had a mapping.
 * - I0-E: the bus that the card is added to exists; DLPAR finds it by its bridge.
 * - dlpar-phb: the function is on the root bus, so that one bus is removed.
 */
import type { IrqKernel } from '../../actors/irq/kernel.ts';
import { IRQ_COUNT, kmalloc_16 } from '../../actors/irq/structs.ts';
import type { Program } from '../actor/program.ts';
import { Board } from './phb_irq_map_board.ts';
import { irqDesign, irqDesigns } from './phb_irq_map_designs.ts';
import { placeFor } from './phb_irq_map_host.ts';
import { irqInvariants, irqMeasures } from './phb_irq_map_invariants.ts';
import { irqRaces } from './phb_irq_map_races.ts';
import { SCRIPTS } from './phb_irq_map_scripts.ts';
import type { BuildRequest, System } from './system.ts';

/** Races whose facts are those of a guest: isolate, and DLPAR. */
const PSERIES = new Set(['I0-E', 'I0-F', 'dlpar-phb', 'dlpar-phb-rescan']);

function build(request: BuildRequest): Program {
  const script = SCRIPTS[request.race];
  if (script === undefined) throw new Error(`[hotrace bug] no phb-irq-map race ${request.race}`);
  const place = placeFor(request, script.shape);
  const board = new Board(place, script.traits, script.waiters, request.quarantine);
  const k: IrqKernel = Object.freeze({ ...board.globals, ...irqDesign(request.design) });
  const players = script.cast(board, k);
  const { layout, image } = board.builder.build();
  const maps = layout.objects.filter(({ info }) => info.typeid === kmalloc_16.typeid);
  const foreign = maps.flatMap(({ base }) => wordsOf(base));
  const at = { ...board.globals, sources: board.sources, foreign: script.bystander ? foreign : [] };
  return {
    target: `phb-irq-map/${request.race}`,
    design: request.design,
    layout,
    image,
    actors: players.map((player, cpu) => ({ ...player, cpu })),
    invariants: irqInvariants(at),
    measures: irqMeasures(at),
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

function wordsOf(map: number): readonly number[] {
  return Array.from({ length: IRQ_COUNT }, (_, i) => map + kmalloc_16.entry.at + i);
}

export const system: System = {
  id: 'phb-irq-map',
  title: 'INTx mappings of a PHB against removal, rescan and DLPAR (powerpc)',
  platformDefault: (race) => (PSERIES.has(race) ? 'pseries' : 'powernv'),
  races: irqRaces,
  designs: irqDesigns,
  build,
};

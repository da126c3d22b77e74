/**
 * vmap-alias: translations that iounmap() leaves behind, against unplugging the device they reach
 * and plugging another one at its address (eeh.md 1.2, 2.2; it began with Benjamin Herrenschmidt,
 * 18 Feb 2015, "Re: [PATCH RESEND v2 7/7] PCI/hotplug: PowerPC PowerNV PCI hotplug driver").
 *
 * Left out: per-CPU blocks of vm_map_ram(), ESB pages and TCEs (they would be
 * counted as the entries here are), LED, extended busy delays, sensor and roll-back of a connector.
 *
 * Chosen where the documents leave it open:
 * - A BAR is one page; the kernel has two pages to map, D1's driver has one of them. In the races
 *   called large it counts for more pages than may wait for a purge.
 * - Power goes off when no access is in flight.
 * - An access in flight holds off tlbie, as ptesync waits for it: no design can be blamed for it.
 * - The fault handler holds the PTE busy while the hypervisor enters it. PowerVM enters only what
 *   the partition owns; it counts hash table entries, as TLBs hold nothing that is not there.
 * - Races without a late user start with D1's entry in the hash table and in both TLBs.
 * - D2's driver may be given D1's old page again once it was flushed. A late store through D2's own
 *   good translation is a use after free of an address, and no stale translation: not a finding.
 * - In I1-B and I1-D nothing asks for translations (bare metal, as in the mail): with PowerVM
 *   (I1-B-powervm) the refusal of I1-A comes first. Design D brings bare metal into all races.
 * - A removal by EEH after a permanent failure flushes as little as one through sysfs: I1-B-sysfs.
 * - In I1-C and I1-C-begun drmgr's own work (device tree, LED) outlasts the destructor; in
 *   I1-C-late it need not.
 */
import type { VmapGlobals, VmapKernel } from '../../actors/mm/kernel.ts';
import {
  drc,
  FIRST_MAPPING,
  hash_table,
  init_mm,
  mmio_function,
  nth,
  PTE_HASHPTE,
  rpa_slot,
  translation,
  VA_FIRST,
  VA_LAST,
  vmap_area,
  vmap_counter,
  vmap_cpu,
  vmap_dev,
  vmap_free,
  vmap_ledger,
  vmap_lists,
  vmap_signs,
} from '../../actors/mm/structs.ts';
import {
  DRC_AVAILABLE,
  DRC_CONFIGURED,
  DRC_NONE,
  DRC_POWERON,
  DRC_UNISOLATE,
  DRC_UNUSABLE,
} from '../../actors/pseries/drc_states.ts';
import { drc_logical, drc_physical } from '../../machines/drc.ts';
import type { Program, WatchedWord } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { mutex, spinlock } from '../memory/kernel_structs.ts';
import type { BuildRequest, System } from './system.ts';
import { vmapActors } from './vmap_alias_actors.ts';
import { designProcedures, vmapDesigns } from './vmap_alias_designs.ts';
import { vmapPlaces } from './vmap_alias_host.ts';
import { vmapInvariants, vmapMeasures } from './vmap_alias_invariants.ts';
import { vmapRaces } from './vmap_alias_record.ts';
import { PAGE_1, PLAYS, type Play } from './vmap_alias_situations.ts';

const CONFIGURED = 1;

function build(request: BuildRequest): Program {
  const { race, machine, machineName } = request;
  const play = PLAYS[race];
  if (play === undefined) throw new Error(`[hotrace bug] no vmap-alias race ${race}`);
  const places = vmapPlaces(race, machine, machineName, play.path === 'unbind');
  const builder = new ImageBuilder();
  const globals = layOut(builder, play, places.slot, request.quarantine);
  const k: VmapKernel = Object.freeze({
    ...globals,
    ...play.mmu,
    ...play.firmware,
    ...play.situation,
    ...designProcedures(request.design),
  });
  fill(builder, k, play);
  const { layout, image } = builder.build();
  const at = { k: globals, ...places, strict: play.strict };
  return {
    target: `vmap-alias/${race}`,
    design: request.design,
    layout,
    image,
    actors: vmapActors(k, play),
    invariants: vmapInvariants(at),
    measures: vmapMeasures(at),
    watched: [connectorState(k.drc + drc.state, race)],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

function layOut(
  builder: ImageBuilder,
  play: Play,
  slot_number: number,
  quarantine: number,
): VmapGlobals {
  const slot = builder.static_('slot', rpa_slot);
  const globals = {
    init_mm: builder.static_('init_mm', init_mm),
    hash_table: builder.static_('hash_table', hash_table),
    cpu0: builder.static_('cpu0', vmap_cpu),
    cpu1: builder.static_('cpu1', vmap_cpu),
    vmap_area_lock: builder.static_('vmap_area_lock', spinlock),
    purge_vmap_area_lock: builder.static_('purge_vmap_area_lock', spinlock),
    free_vmap_area_lock: builder.static_('free_vmap_area_lock', spinlock),
    vmap_purge_lock: builder.static_('vmap_purge_lock', mutex),
    lists: builder.static_('vmap', vmap_lists),
    free: builder.static_('free_vmap_area', vmap_free),
    vmap_lazy_nr: builder.static_('vmap_lazy_nr', vmap_counter),
    pci_rescan_remove_lock: builder.static_('pci_rescan_remove_lock', mutex),
    d1: builder.static_('D1', mmio_function),
    d2: builder.static_('D2', mmio_function),
    drc: builder.static_('drc', drc),
    slot,
    second_slot: play.path === 'unbind' ? builder.static_('slot2', rpa_slot) : slot,
    slot_number,
    ledger: builder.static_('ledger', vmap_ledger),
    signs: builder.static_('signs', vmap_signs),
  };
  builder.cache(vmap_area, VA_LAST, quarantine);
  builder.cache(vmap_dev, 2, quarantine);
  return globals;
}

/** D1 is in its slot, its driver has mapped its BAR. */
function fill(builder: ImageBuilder, k: VmapKernel, play: Play): void {
  const area = builder.alloc(vmap_area, 'vmap_area of D1');
  const dev = builder.alloc(vmap_dev, 'vmap_dev of D1');
  const busy = k.lists + vmap_lists.busy.at;
  const purge = k.lists + vmap_lists.purge.at;
  const stolen = k.lists + vmap_lists.stolen.at;
  const entry = area + vmap_area.list.at;
  const done = play.destructor === 'none' ? 1 : 0;
  const good = translation(FIRST_MAPPING, PAGE_1);
  const words: (readonly [number, number])[] = [
    [area + vmap_area.va_start, VA_FIRST],
    [area + vmap_area.pages, play.barPages],
    [area + vmap_area.mapping, FIRST_MAPPING],
    [entry, busy],
    [entry + 1, busy],
    [busy, entry],
    [busy + 1, entry],
    [purge, purge],
    [purge + 1, purge],
    [stolen, stolen],
    [stolen + 1, stolen],
    [k.free + vmap_free.pages, play.freePages === 0 ? 0 : 1 << VA_LAST],
    [dev + vmap_dev.function, k.d1],
    [dev + vmap_dev.cookie, VA_FIRST],
    [k.slot + rpa_slot.dev, dev],
    [k.slot + rpa_slot.state, CONFIGURED],
    [k.d1 + mmio_function.bar, PAGE_1],
    [k.d1 + mmio_function.decodes, 1],
    [k.drc + drc.state, k.connector],
    [k.ledger + vmap_ledger.mappings, FIRST_MAPPING],
    [nth(k.ledger + vmap_ledger.made_for.at, FIRST_MAPPING), k.d1],
    [nth(k.init_mm + init_mm.pte.at, VA_FIRST), good | (play.lateUser ? 0 : PTE_HASHPTE)],
    [k.signs + vmap_signs.used.done, play.lateUser ? 0 : 1],
    [k.signs + vmap_signs.drained.done, done],
    [k.signs + vmap_signs.settled.done, play.destructor === 'settles' ? 0 : 1],
  ];
  if (!play.lateUser) {
    for (const place of [
      k.hash_table + hash_table.hpte.at,
      k.cpu0 + vmap_cpu.tlb.at,
      k.cpu1 + vmap_cpu.tlb.at,
    ]) {
      words.push([nth(place, VA_FIRST), good]);
    }
  }
  for (const [addr, value] of words) builder.poke(addr, value);
}

function connectorState(addr: number, race: string): WatchedWord {
  return {
    machine: race.endsWith('-phb') ? drc_logical : drc_physical,
    addr,
    states: {
      [DRC_NONE]: 'NONE',
      [DRC_POWERON]: 'POWERON',
      [DRC_UNISOLATE]: 'UNISOLATE',
      [DRC_CONFIGURED]: 'CONFIGURED',
      [DRC_UNUSABLE]: 'UNUSABLE',
      [DRC_AVAILABLE]: 'AVAILABLE',
    },
  };
}

export const system: System = {
  id: 'vmap-alias',
  title: 'Lazy vmap teardown against unplugging a device (pseries, powernv)',
  platformDefault: (race) => (PLAYS[race]?.firmware.connector === DRC_NONE ? 'powernv' : 'pseries'),
  races: vmapRaces,
  designs: vmapDesigns,
  build,
};

/**
 * What must hold of translations, devices and connectors: eeh.md 2.2.3. Everything is read from
 * page table, hash table, TLBs, registers and the ledger; no design is known here.
 */
import type { VmapGlobals } from '../../actors/mm/kernel.ts';
import {
  drc as connector,
  hash_table,
  init_mm,
  MAPPINGS_MAX,
  mapping_of,
  mmio_function,
  nth,
  PTE_VALID,
  page_of,
  rpa_slot,
  VA_FIRST,
  VA_LAST,
  vmap_area,
  vmap_cpu,
  vmap_ledger,
  vmap_lists,
} from '../../actors/mm/structs.ts';
import { DRC_CONFIGURED, DRC_NONE, DRC_UNISOLATE } from '../../actors/pseries/drc_states.ts';
import type { Invariant, Measure, MemoryView } from '../actor/program.ts';
import { list_head } from '../memory/kernel_structs.ts';
import type { Finding, Verdict } from '../oracles/verdict.ts';

/** Where to look, and how the two functions are called on this machine. */
export interface Watched {
  readonly k: VmapGlobals;
  readonly d1Name: string;
  readonly d2Name: string;
  readonly strict: boolean;
}

type Check = (memory: MemoryView) => Finding | undefined;

export function vmapInvariants(at: Watched): readonly Invariant[] {
  const { k } = at;
  const both = (name: string, cite: string, words: readonly number[], check: Check) => [
    { name, cite, when: words, check },
    { name, cite, when: 'end', check } as const,
  ];
  const end = (name: string, cite: string, check: Check): Invariant => {
    return { name, cite, when: 'end', check };
  };
  const origins = [k.d1 + mmio_function.origins, k.d2 + mmio_function.origins];
  return [
    ...both('own-bar-only', 'eeh.md 2.2.3 #2', origins, (m) => checkOrigins(m, at)),
    ...both('isolated-is-unmapped', 'eeh.md 2.2.3 #1 and #5', [k.drc + connector.state], (m) =>
      checkIsolated(m, at),
    ),
    end('lazy-pages-not-reused', 'eeh.md 2.2.3 #4', (m) => checkReuse(m, at)),
    end('owners-agree', 'eeh.md 2.2.3 #6', (m) => checkOwners(m, at)),
    ...(at.strict
      ? [end('unmapped-access-faults', 'eeh.md 2.2.3 #3, strict', (m) => checkStrict(m, at))]
      : []),
  ];
}

export function vmapMeasures({ k }: Watched): readonly Measure[] {
  const word = (name: string, field: number): Measure => {
    return { name, unit: 'times', read: (memory) => memory.read(k.ledger + field) };
  };
  return [
    word('purges that flushed', vmap_ledger.purges),
    word('accesses that faulted', vmap_ledger.faults),
    // Each is all ones to a driver, and an EEH check for a device that may be gone (I1-B step 3).
    word('accesses nobody answered', vmap_ledger.aborts),
  ];
}

function finding(verdict: Verdict, message: string, addr: number): Finding {
  // The engine writes the invariant's name here.
  return { verdict, oracle: '', message, addr };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The bus address of a page of 64 KiB. */
function busAddress(page: number): string {
  return hex(page << 16);
}

function nameOf(at: Watched, device: number): string {
  return device === at.k.d1 ? `D1 (${at.d1Name})` : `D2 (${at.d2Name})`;
}

/** A device is reached only through mappings that were made for it. */
function checkOrigins(memory: MemoryView, at: Watched): Finding | undefined {
  const { k } = at;
  for (const device of [k.d1, k.d2]) {
    const origins = memory.read(device + mmio_function.origins);
    for (let mapping = 1; mapping <= MAPPINGS_MAX; mapping++) {
      const meant = memory.read(nth(k.ledger + vmap_ledger.made_for.at, mapping));
      if ((origins & (1 << mapping)) === 0 || meant === device) continue;
      const bar = busAddress(memory.read(device + mmio_function.bar));
      const message =
        `wild device access: a store through a mapping that was made for ${nameOf(at, meant)} ` +
        `hit BAR 0 of ${nameOf(at, device)} at ${bar}`;
      return finding('wild-device-access', message, device + mmio_function.reg);
    }
  }
  return undefined;
}

/** Translations that reach a bus page, in words. */
function translationsTo(memory: MemoryView, k: VmapGlobals, page: number): string[] {
  const found: string[] = [];
  const look = (what: string, addr: number, va: number): void => {
    const entry = memory.read(nth(addr, va));
    if ((entry & PTE_VALID) !== 0 && page_of(entry) === page) {
      found.push(`${what} of ${hex(va << 16)}`);
    }
  };
  for (let va = VA_FIRST; va <= VA_LAST; va++) {
    look('PTE', k.init_mm + init_mm.pte.at, va);
    look('HPTE', k.hash_table + hash_table.hpte.at, va);
    look("CPU 0's TLB entry", k.cpu0 + vmap_cpu.tlb.at, va);
    look("CPU 1's TLB entry", k.cpu1 + vmap_cpu.tlb.at, va);
  }
  return found;
}

function checkIsolated(memory: MemoryView, at: Watched): Finding | undefined {
  const { k } = at;
  const state = memory.read(k.drc + connector.state);
  if (state === DRC_NONE || state === DRC_CONFIGURED || state === DRC_UNISOLATE) return undefined;
  const page = memory.read(k.d1 + mmio_function.bar);
  const found = translationsTo(memory, k, page);
  if (found.length === 0) return undefined;
  const message =
    `the slot was isolated with translations to BAR 0 of ${nameOf(at, k.d1)} ` +
    `at ${busAddress(page)}: ${found.join(', ')}`;
  return finding('assertion', message, k.drc + connector.state);
}

/** No page that is in use translates in hardware to what an older mapping of it meant. */
function checkReuse(memory: MemoryView, { k }: Watched): Finding | undefined {
  const head = k.lists + vmap_lists.busy.at;
  let entry = memory.read(head + list_head.next);
  for (let i = 0; entry !== head && i < MAPPINGS_MAX; i++) {
    const area = entry - vmap_area.list.at;
    const va = memory.read(area + vmap_area.va_start);
    const mapping = memory.read(area + vmap_area.mapping);
    for (const place of [
      k.hash_table + hash_table.hpte.at,
      k.cpu0 + vmap_cpu.tlb.at,
      k.cpu1 + vmap_cpu.tlb.at,
    ]) {
      const cached = memory.read(nth(place, va));
      if (cached === 0 || mapping_of(cached) === mapping) continue;
      const message = `${hex(va << 16)} was mapped again while its old translation was in use`;
      return finding('assertion', message, nth(place, va));
    }
    entry = memory.read(entry + list_head.next);
  }
  return undefined;
}

/** When all is quiet, Linux and the firmware must agree on whose the slot is. */
function checkOwners(memory: MemoryView, at: Watched): Finding | undefined {
  const { k } = at;
  if (memory.read(k.drc + connector.unplug_requested) === 0) return undefined;
  if (memory.read(k.drc + connector.state) !== DRC_CONFIGURED) return undefined;
  if (memory.read(k.slot + rpa_slot.dev) !== 0) return undefined;
  const page = memory.read(k.d1 + mmio_function.bar);
  const left = translationsTo(memory, k, page);
  const why = left.length === 0 ? 'none is left now' : `still there: ${left.join(', ')}`;
  const message =
    `isolate was refused with -9001, outstanding translations (${why}): ${nameOf(at, k.d1)} is ` +
    'gone from Linux and still belongs to the partition';
  return finding('assertion', message, k.drc + connector.state);
}

function checkStrict(memory: MemoryView, at: Watched): Finding | undefined {
  const late = memory.read(at.k.ledger + vmap_ledger.reached_late);
  if (late === 0) return undefined;
  const mapping = 31 - Math.clz32(late);
  const meant = memory.read(nth(at.k.ledger + vmap_ledger.made_for.at, mapping));
  const message =
    `an access to BAR 0 of ${nameOf(at, meant)} after iounmap() had returned ` +
    'reached the bus instead of a page fault';
  return finding('assertion', message, meant + mmio_function.reg);
}

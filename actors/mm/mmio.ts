/**
 * One load or store of device memory: TLB, hardware walk, fault, bus (eeh.md 1.2.2). The access and
 * the translation it uses are one to a flush: tlbie and ptesync wait for what is in flight.
 */
import {
  atomic_fetch_or,
  ghost_add,
  ghost_read,
  ghost_write,
  type Proc,
  type Ptr,
  read,
  spin_lock,
  spin_unlock,
  write,
  writel,
} from '#ops';
import type { VmapKernel } from './kernel.ts';
import { mapping_of, mmio_function, nth, page_of, vmap_cpu, vmap_ledger } from './structs.ts';

/** What an access ends with. */
export const MMIO_OK = 0;
/** Nothing decoded the address: a load reads all ones. */
const MMIO_ABORT = 1;
/** No translation: the instruction faults. */
export const MMIO_FAULT = 2;

/** `mapping` is the number of the mapping that the caller believes to use. */
export function* mmio_store(
  k: VmapKernel,
  cpu: Ptr,
  va: number,
  mapping: number,
  value: number,
): Proc<number> {
  for (;;) {
    yield spin_lock(cpu + vmap_cpu.lsu.at);
    const entry = yield* translate(k, cpu, va);
    if (entry !== 0) {
      const answer = yield* bus_store(k, entry, mapping, value);
      yield spin_unlock(cpu + vmap_cpu.lsu.at);
      return answer;
    }
    yield spin_unlock(cpu + vmap_cpu.lsu.at);
    if ((yield* k.hash_page(k, va)) === 0) break;
  }
  yield ghost_add(k.ledger + vmap_ledger.faults, 1);
  return MMIO_FAULT;
}

/** The CPU's own part: its TLB, filled by a walk that no software sees. */
function* translate(k: VmapKernel, cpu: Ptr, va: number): Proc<number> {
  const slot = nth(cpu + vmap_cpu.tlb.at, va);
  const cached = yield read(slot);
  if (cached !== 0) return cached;
  const entry = yield* k.hardware_walk(k, va);
  if (entry !== 0) yield write(slot, entry);
  return entry;
}

/**
 * The bus: whose BAR decodes the address answers, whoever was meant. What was meant is the newer of
 * the caller's mapping and the translation's: an address that was mapped again means its new device
 * to an old caller too, and a stale translation changes nothing in what a new caller means.
 */
function* bus_store(k: VmapKernel, entry: number, mapping: number, value: number): Proc<number> {
  yield* note_late(k, mapping_of(entry));
  const page = page_of(entry);
  const first = yield* decodes(k.d1, page);
  const hit = first !== 0 ? first : yield* decodes(k.d2, page);
  if (hit === 0) {
    yield ghost_add(k.ledger + vmap_ledger.aborts, 1);
    return MMIO_ABORT;
  }
  yield writel(hit + mmio_function.reg, value);
  yield atomic_fetch_or(hit + mmio_function.origins, 1 << Math.max(mapping, mapping_of(entry)));
  return MMIO_OK;
}

function* decodes(device: Ptr, page: number): Proc<Ptr> {
  if ((yield read(device + mmio_function.decodes)) === 0) return 0;
  return (yield read(device + mmio_function.bar)) === page ? device : 0;
}

/** Bookkeeping: an access came through a mapping that was given back before. */
function* note_late(k: VmapKernel, mapping: number): Proc<void> {
  const late = (yield ghost_read(k.ledger + vmap_ledger.unmapped)) & (1 << mapping);
  const before = yield ghost_read(k.ledger + vmap_ledger.reached_late);
  yield ghost_write(k.ledger + vmap_ledger.reached_late, before | late);
}

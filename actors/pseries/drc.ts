/**
 * DR connectors: the slot's way back to the firmware (eeh.md 1.2.4, 4.7). PowerVM refuses to
 * isolate what a translation still reaches (-9001); QEMU does not look; OPAL has no connectors. The
 * sensor always answers what the state says, and a second step never fails: no roll-back is needed.
 */
import { type Proc, type Ptr, read, spin_lock, spin_unlock, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Firmware, VmapKernel } from '../mm/kernel.ts';
import {
  drc,
  hash_table,
  mmio_function,
  nth,
  page_of,
  VA_FIRST,
  VA_LAST,
  vmap_cpu,
} from '../mm/structs.ts';
import {
  DRC_AVAILABLE,
  DRC_CONFIGURED,
  DRC_NONE,
  DRC_POWERON,
  DRC_UNISOLATE,
  DRC_UNUSABLE,
} from './drc_states.ts';

const ev = eventCodes('RELEASED', 'REFUSED');

const RTAS_SUCCESS = 0;
/** Outstanding translations: EEXIST to the kernel. */
const RTAS_OUTSTANDING = -9001;

/** Hash table entries that reach the connector's device; H_ENTER is held off meanwhile. */
function* count_translations(k: VmapKernel): Proc<number> {
  const page = yield read(k.d1 + mmio_function.bar);
  let count = 0;
  for (let va = VA_FIRST; va <= VA_LAST; va++) {
    const entry = yield read(nth(k.hash_table + hash_table.hpte.at, va));
    if (entry !== 0 && page_of(entry) === page) count += 1;
  }
  return count;
}

function* not_counted(_k: VmapKernel): Proc<number> {
  return 0;
}

/** set-indicator(ISOLATION_STATE, ISOLATE), by a hypervisor that counts translations. */
function* isolate(k: VmapKernel, state: number, translations: number): Proc<number> {
  if (translations > 0) return RTAS_OUTSTANDING;
  yield write(k.drc + drc.state, state);
  yield write(k.drc + drc.unplug_requested, 0);
  return RTAS_SUCCESS;
}

type Counting = (k: VmapKernel) => Proc<number>;

/** drmgr on a PCI slot: isolated, then powered off; the connector is released with it. */
function* release_pci_slot(k: VmapKernel, count: Counting): Proc<number> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  const status = yield* isolate(k, DRC_POWERON, yield* count(k));
  yield spin_unlock(k.hash_table + hash_table.lock.at);
  if (status !== RTAS_SUCCESS) return ev.REFUSED;
  yield* power_off(k);
  return ev.RELEASED;
}

/** dlpar_release_drc() on a PHB: isolated, then UNUSABLE. */
function* release_phb(k: VmapKernel): Proc<number> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  const status = yield* isolate(k, DRC_AVAILABLE, yield* count_translations(k));
  yield spin_unlock(k.hash_table + hash_table.lock.at);
  if (status !== RTAS_SUCCESS) return ev.REFUSED;
  yield spin_lock(k.hash_table + hash_table.lock.at);
  yield write(k.drc + drc.state, DRC_UNUSABLE);
  yield spin_unlock(k.hash_table + hash_table.lock.at);
  yield* power_off(k);
  return ev.RELEASED;
}

/** Unisolated, then configured (ibm,configure-connector). */
function* acquire_pci_slot(k: VmapKernel): Proc<void> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  yield write(k.drc + drc.state, DRC_UNISOLATE);
  yield write(k.drc + drc.state, DRC_CONFIGURED);
  yield spin_unlock(k.hash_table + hash_table.lock.at);
}

/** dlpar_acquire_drc(): made usable before. */
function* acquire_phb(k: VmapKernel): Proc<void> {
  yield spin_lock(k.hash_table + hash_table.lock.at);
  yield write(k.drc + drc.state, DRC_AVAILABLE);
  yield spin_unlock(k.hash_table + hash_table.lock.at);
  yield* acquire_pci_slot(k);
}

function* acquire_nothing(_k: VmapKernel): Proc<void> {
  // There is no connector.
}

/** Power goes when nothing is in flight: an access takes no longer than its completion timeout. */
function* power_off(k: VmapKernel): Proc<void> {
  yield* drain_accesses(k.cpu0);
  yield* drain_accesses(k.cpu1);
  yield write(k.d1 + mmio_function.decodes, 0);
}

function* drain_accesses(cpu: Ptr): Proc<void> {
  yield spin_lock(cpu + vmap_cpu.lsu.at);
  yield spin_unlock(cpu + vmap_cpu.lsu.at);
}

function* release_pci_slot_checked(k: VmapKernel): Proc<number> {
  return yield* release_pci_slot(k, count_translations);
}

function* release_pci_slot_unchecked(k: VmapKernel): Proc<number> {
  return yield* release_pci_slot(k, not_counted);
}

/** pnv_php: the slot's power goes, and nobody is asked. */
function* release_by_power(k: VmapKernel): Proc<number> {
  yield* power_off(k);
  return ev.RELEASED;
}

/** PowerVM maps nothing that the partition does not own. */
function* owned_only(k: VmapKernel, page: number): Proc<number> {
  if ((yield read(k.d1 + mmio_function.bar)) !== page) return 1;
  return (yield read(k.drc + drc.state)) === DRC_CONFIGURED ? 1 : 0;
}

function* anything(_k: VmapKernel, _page: number): Proc<number> {
  return 1;
}

export const powervm_slot: Firmware = Object.freeze({
  h_enter_allowed: owned_only,
  release_slot: release_pci_slot_checked,
  acquire_slot: acquire_pci_slot,
  connector: DRC_CONFIGURED,
});

export const powervm_phb: Firmware = Object.freeze({
  h_enter_allowed: owned_only,
  release_slot: release_phb,
  acquire_slot: acquire_phb,
  connector: DRC_CONFIGURED,
});

export const qemu_slot: Firmware = Object.freeze({
  h_enter_allowed: anything,
  release_slot: release_pci_slot_unchecked,
  acquire_slot: acquire_pci_slot,
  connector: DRC_CONFIGURED,
});

/** Nothing is given away: a driver is unbound, its device stays. */
function* release_nothing(_k: VmapKernel): Proc<number> {
  return ev.RELEASED;
}

export const kept: Firmware = Object.freeze({
  h_enter_allowed: anything,
  release_slot: release_nothing,
  acquire_slot: acquire_nothing,
  connector: DRC_NONE,
});

export const opal: Firmware = Object.freeze({
  h_enter_allowed: anything,
  release_slot: release_by_power,
  acquire_slot: acquire_nothing,
  connector: DRC_NONE,
});

/**
 * The PE tree (eeh.md 1.3.3): traversal, state words, the primary bus. Walks take no lock here; a
 * design may replace the step to the next PE, which is where the tree is most easily lost.
 */
import { lockdep_assert_held, type Proc, type Ptr, read, write } from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { pci_lock_rescan_remove, pci_unlock_rescan_remove } from '../pci/rescan_lock.ts';
import {
  pci_bus,
  pci_channel_io_frozen,
  pci_channel_io_normal,
  pci_controller,
  pci_dev,
} from '../pci/structs.ts';
import {
  EEH_DEV_NO_HANDLER,
  EEH_PE_CFG_BLOCKED,
  EEH_PE_CFG_RESTRICTED,
  EEH_PE_ISOLATED,
  EEH_PE_PHB,
  EEH_PE_PRI_BUS,
  EEH_PE_REMOVED,
} from './flags.ts';
import type { Kernel } from './kernel.ts';
import { eeh_dev, eeh_pe } from './structs.ts';

/** No design but RFC-A counts pointers to PEs. */
export function* pe_not_counted(_k: Kernel, pe: Ptr): Proc<Ptr> {
  return pe;
}

export function* pe_not_put(_k: Kernel, _pe: Ptr): Proc<void> {
  // There is no count to take from.
}

/**
 * Pre-order step, called after the loop body ran for `pe`, which may have taken minutes: needs `pe`
 * still linked, and its parent alive.
 */
export function* eeh_pe_next(_k: Kernel, pe: Ptr, root: Ptr): Proc<Ptr> {
  const first = yield read(pe + eeh_pe.child_list.next);
  if (first !== pe + eeh_pe.child_list.at) return first - eeh_pe.child.at;
  let at = pe;
  while (at !== root) {
    const next = yield read(at + eeh_pe.child.next);
    const parent = yield read(at + eeh_pe.parent);
    if (next !== parent + eeh_pe.child_list.at) return next - eeh_pe.child.at;
    at = parent;
  }
  return 0;
}

export function* pe_parent(_k: Kernel, pe: Ptr): Proc<Ptr> {
  return yield read(pe + eeh_pe.parent);
}

/** The PHB's own PE, by a walk over all of them. */
export function* eeh_phb_pe_get(k: Kernel, phb: Ptr): Proc<Ptr> {
  let entry = yield read(k.eeh_phb_pe + list_head.next);
  while (entry !== k.eeh_phb_pe) {
    const pe = entry - eeh_pe.child.at;
    if ((yield read(pe + eeh_pe.phb)) === phb) return pe;
    entry = yield read(entry + list_head.next);
  }
  return 0;
}

/** The PE with a number below a PHB; eeh_pe_find() in RFC-A, which answers it referenced. */
export function* eeh_pe_get(k: Kernel, phb: Ptr, addr: number): Proc<Ptr> {
  const root = yield* k.eeh_phb_pe_get(k, phb);
  let pe = root;
  while (pe !== 0) {
    const type = yield read(pe + eeh_pe.type);
    if ((type & EEH_PE_PHB) === 0 && (yield read(pe + eeh_pe.addr)) === addr) return pe;
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  return 0;
}

/** state |= bits in the whole subtree, without PEs that are REMOVED. Not atomic. */
export function* eeh_pe_state_mark(k: Kernel, root: Ptr, bits: number): Proc<void> {
  let pe = yield* k.eeh_pe_hold(k, root);
  while (pe !== 0) {
    const state = yield read(pe + eeh_pe.state);
    if ((state & EEH_PE_REMOVED) === 0) yield write(pe + eeh_pe.state, state | bits);
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
}

/** ISOLATED, and every device's channel frozen. */
export function* eeh_pe_mark_isolated(k: Kernel, root: Ptr): Proc<void> {
  yield* eeh_pe_state_mark(k, root, EEH_PE_ISOLATED);
  let pe = yield* k.eeh_pe_hold(k, root);
  while (pe !== 0) {
    yield* set_error_state(pe, pci_channel_io_frozen);
    const state = yield read(pe + eeh_pe.state);
    if ((state & EEH_PE_CFG_RESTRICTED) !== 0) {
      yield write(pe + eeh_pe.state, state | EEH_PE_CFG_BLOCKED);
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
}

/** The channel of every device of one PE. The walk is not the safe one: nothing blocks inside. */
function* set_error_state(pe: Ptr, channel: number): Proc<void> {
  let entry = yield read(pe + eeh_pe.edevs.next);
  while (entry !== pe + eeh_pe.edevs.at) {
    const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
    if (pdev !== 0) yield write(pdev + pci_dev.error_state, channel);
    entry = yield read(entry + list_head.next);
  }
}

/** state &= ~bits in the subtree; clearing ISOLATED brings channels and config access back. */
export function* eeh_pe_state_clear(
  k: Kernel,
  root: Ptr,
  bits: number,
  include_passed: number,
): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    const state = yield read(pe + eeh_pe.state);
    const passed = yield read(pe + eeh_pe.pass_dev_cnt);
    if ((state & EEH_PE_REMOVED) === 0 && (include_passed !== 0 || passed === 0)) {
      yield write(pe + eeh_pe.state, state & ~bits);
      if ((bits & EEH_PE_ISOLATED) !== 0) yield* back_to_normal(pe);
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

function* back_to_normal(pe: Ptr): Proc<void> {
  yield write(pe + eeh_pe.check_count, 0);
  yield* set_error_state(pe, pci_channel_io_normal);
  const state = yield read(pe + eeh_pe.state);
  if ((state & EEH_PE_CFG_RESTRICTED) !== 0) {
    yield write(pe + eeh_pe.state, state & ~EEH_PE_CFG_BLOCKED);
  }
}

/** mode |= bits of every edev in the subtree. */
export function* eeh_pe_dev_mode_mark(k: Kernel, root: Ptr, bits: number): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const edev = entry - eeh_dev.entry.at;
      const next = yield read(entry + list_head.next);
      yield write(edev + eeh_dev.mode, (yield read(edev + eeh_dev.mode)) | bits);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

/** P5: a flag left by an earlier removal must not suppress callbacks. */
export function* clear_no_handler(k: Kernel, root: Ptr): Proc<void> {
  let pe = yield* k.eeh_walk_begin(k, root);
  while (pe !== 0) {
    let entry = yield read(pe + eeh_pe.edevs.next);
    while (entry !== pe + eeh_pe.edevs.at) {
      const edev = entry - eeh_dev.entry.at;
      const next = yield read(entry + list_head.next);
      const mode = yield read(edev + eeh_dev.mode);
      yield write(edev + eeh_dev.mode, mode & ~EEH_DEV_NO_HANDLER);
      entry = next;
    }
    pe = yield* k.eeh_pe_next(k, pe, root);
  }
  yield* k.eeh_walk_end(k);
}

export function* not_cleared_here(_k: Kernel, _pe: Ptr): Proc<void> {
  // The era clears it at the other place.
}

/** Bus of the first device. Unlocked until V2 (CVE-2024-41064), and V5's form for lock holders. */
function* first_device_bus(pe: Ptr): Proc<Ptr> {
  const entry = yield read(pe + eeh_pe.edevs.next);
  if (entry === pe + eeh_pe.edevs.at) return 0;
  const pdev = yield read(entry - eeh_dev.entry.at + eeh_dev.pdev);
  return pdev === 0 ? 0 : yield read(pdev + pci_dev.bus);
}

/** The bus where it is known without looking at devices: of a PHB PE, or cached (powernv). */
function* bus_without_devices(pe: Ptr): Proc<Ptr> {
  if (((yield read(pe + eeh_pe.type)) & EEH_PE_PHB) !== 0) {
    return yield read((yield read(pe + eeh_pe.phb)) + pci_controller.bus);
  }
  const state = yield read(pe + eeh_pe.state);
  return (state & EEH_PE_PRI_BUS) === 0 ? 0 : yield read(pe + eeh_pe.bus);
}

export function* eeh_pe_bus_get_unlocked(_k: Kernel, pe: Ptr): Proc<Ptr> {
  const bus = yield* bus_without_devices(pe);
  return bus !== 0 ? bus : yield* first_device_bus(pe);
}

/** a1216e62d039: pdev->bus is copied under the rescan lock, whoever may hold it already. */
export function* eeh_pe_bus_get_locking(k: Kernel, pe: Ptr): Proc<Ptr> {
  const known = yield* bus_without_devices(pe);
  if (known !== 0) return known;
  yield* pci_lock_rescan_remove(k);
  const bus = yield* first_device_bus(pe);
  yield* pci_unlock_rescan_remove(k);
  return bus;
}

/** 815a8d2feb56: the form for callers that hold the rescan lock. */
export function* eeh_pe_bus_get_nolock(k: Kernel, pe: Ptr): Proc<Ptr> {
  yield lockdep_assert_held(k.pci_rescan_remove_lock);
  return yield* eeh_pe_bus_get_unlocked(k, pe);
}

/** P12 until V3: the bus that was looked up at the start. */
export function* bus_as_found(_k: Kernel, _pe: Ptr, bus: Ptr): Proc<Ptr> {
  return bus;
}

/** powernv: the PE of the bridge that leads to a bus; NULL on a root bus. */
export function* bridge_pe(bus: Ptr): Proc<Ptr> {
  const bridge = yield read(bus + pci_bus.self);
  if (bridge === 0) return 0;
  const edev = yield read(bridge + pci_dev.edev);
  return edev === 0 ? 0 : yield read(edev + eeh_dev.pe);
}

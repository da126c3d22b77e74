/** The locking designs of eeh-pe as records of procedures (eeh.md 0, 1.3.5, 2.4). */
import { check_deferred, decided_by_eehd, eeh_send_suspect } from '../../actors/eeh/deferral.ts';
import { eeh_check_state } from '../../actors/eeh/eeh_check.ts';
import {
  eeh_add_device_late,
  eeh_probe_device,
  eeh_remove_device,
  eeh_remove_device_v0,
  no_teardown,
} from '../../actors/eeh/eeh_dev.ts';
import {
  eeh_event_enqueue,
  eeh_send_failure_event,
  eeh_send_failure_event_v0,
} from '../../actors/eeh/eeh_event.ts';
import {
  bus_as_found,
  clear_no_handler,
  eeh_pe_bus_get_locking,
  eeh_pe_bus_get_nolock,
  eeh_pe_bus_get_unlocked,
  eeh_pe_next,
  eeh_phb_pe_get,
  not_cleared_here,
  pe_not_counted,
  pe_not_put,
  pe_parent,
} from '../../actors/eeh/eeh_pe.ts';
import {
  eeh_pe_cleanup,
  eeh_pe_tree_insert,
  eeh_pe_tree_remove,
  eeh_rmv_from_parent_pe_v0,
  no_cleanup,
} from '../../actors/eeh/eeh_pe_tree.ts';
import {
  eeh_clear_slot_attention,
  no_attention,
  presence_not_checked,
  presence_or_cleanup,
  presence_or_failure,
  recovering_at_start,
  recovering_since_detection,
} from '../../actors/eeh/eeh_presence.ts';
import {
  report_edev_locked,
  report_edev_snapshot,
  report_edev_unlocked,
  report_in_place,
} from '../../actors/eeh/eeh_report.ts';
import { decided_by_detector } from '../../actors/eeh/eehd.ts';
import { permanent_failure_v2, permanent_failure_v3 } from '../../actors/eeh/eehd_outcome.ts';
import {
  eeh_add_to_parent_pe_mutex,
  eeh_lock,
  eeh_pe_bus_get_mutex,
  eeh_rmv_from_parent_pe_mutex,
  eeh_unlock,
  eeh_walk_begin_mutex,
  recovering_at_start_mutex,
} from '../../actors/eeh/global_mutex.ts';
import type { DesignProcedures } from '../../actors/eeh/kernel.ts';
import {
  count_on_pe_in_hand,
  count_on_pe_of_edev,
  not_counted,
} from '../../actors/eeh/pe_holder.ts';
import { eeh_event_enqueue_per_phb } from '../../actors/eeh/per_phb.ts';
import {
  eeh_add_to_parent_pe_counted,
  eeh_get_pe,
  eeh_pe_cleanup_counted,
  eeh_pe_move_to_parent_counted,
  eeh_pe_next_counted,
  eeh_phb_pe_get_counted,
  eeh_put_pe,
  eeh_rmv_from_parent_pe_counted,
  eeh_send_failure_event_counted,
} from '../../actors/eeh/refcount.ts';
import { eeh_pe_next_snapshot, eeh_walk_begin_snapshot } from '../../actors/eeh/snapshot.ts';
import {
  eeh_check_state_two_lock,
  eeh_pe_bus_get_two_lock,
  eeh_pe_cleanup_two_lock,
  eeh_pe_tree_insert_two_lock,
  eeh_pe_tree_remove_two_lock,
  eeh_probe_device_two_lock,
  eeh_remove_device_two_lock,
  report_edev_two_lock,
  report_from_snapshot,
} from '../../actors/eeh/two_lock.ts';
import {
  no_lock,
  pci_lock_rescan_remove,
  pci_unlock_rescan_remove,
} from '../../actors/pci/rescan_lock.ts';

/** V0: Linux 4.19. */
const none: DesignProcedures = Object.freeze({
  eeh_pe_hold: pe_not_counted,
  eeh_pe_put: pe_not_put,
  eeh_pe_next,
  eeh_walk_begin: pe_not_counted,
  eeh_walk_end: no_lock,
  eeh_pe_move_to_parent: pe_parent,
  eeh_phb_pe_get,
  eeh_pe_tree_insert,
  eeh_pe_tree_remove: eeh_rmv_from_parent_pe_v0,
  eeh_pe_cleanup: no_cleanup,
  eeh_bind_device: eeh_add_device_late,
  eeh_del_device: no_teardown,
  eeh_release_device: eeh_remove_device_v0,
  eeh_check_state,
  eeh_count_ignored: count_on_pe_in_hand,
  eeh_send_failure_event: eeh_send_failure_event_v0,
  eeh_event_enqueue,
  thread_per_phb: 0,
  recovery_decide: decided_by_detector,
  recovery_lock: no_lock,
  recovery_unlock: no_lock,
  inner_lock: pci_lock_rescan_remove,
  inner_unlock: pci_unlock_rescan_remove,
  eeh_pe_bus_get: eeh_pe_bus_get_unlocked,
  recovery_begin: recovering_at_start,
  eeh_check_presence: presence_not_checked,
  clear_no_handler_early: not_cleared_here,
  clear_no_handler_late: clear_no_handler,
  eeh_report_walk: report_in_place,
  eeh_pe_report_edev: report_edev_unlocked,
  notify_permanent_failure: permanent_failure_v2,
  bus_to_remove: bus_as_found,
  eeh_clear_slot_attention: no_attention,
  php_lock: no_lock,
  php_unlock: no_lock,
  vfio_lock: no_lock,
  vfio_unlock: no_lock,
  vfio_refused: no_lock,
  tce_region_done: no_lock,
});

/** V1: Linux 5.4, with 799abe283e51 and 2e25505147b8. */
const v1: DesignProcedures = Object.freeze({
  ...none,
  eeh_pe_tree_remove,
  eeh_pe_cleanup,
  eeh_release_device: eeh_remove_device,
  eeh_send_failure_event,
  recovery_begin: recovering_since_detection,
  eeh_check_presence: presence_or_cleanup,
  eeh_pe_report_edev: report_edev_snapshot,
  eeh_clear_slot_attention,
});

/** V2: Linux 5.8, with 466381ecdc74: EEH's teardown is part of device_del(). */
const keepFlag: DesignProcedures = Object.freeze({
  ...v1,
  eeh_bind_device: eeh_probe_device,
  eeh_del_device: eeh_remove_device,
  eeh_release_device: no_teardown,
});

/** V4: Linux 6.17, with what came between (V3) and 1010b4c012b0. */
const rescanLock: DesignProcedures = Object.freeze({
  ...keepFlag,
  recovery_lock: pci_lock_rescan_remove,
  recovery_unlock: pci_unlock_rescan_remove,
  inner_lock: no_lock,
  inner_unlock: no_lock,
  eeh_pe_bus_get: eeh_pe_bus_get_locking,
  eeh_check_presence: presence_or_failure,
  clear_no_handler_early: clear_no_handler,
  clear_no_handler_late: not_cleared_here,
  eeh_pe_report_edev: report_edev_locked,
  notify_permanent_failure: permanent_failure_v3,
  bus_to_remove: eeh_pe_bus_get_locking,
});

/** V5: 815a8d2feb56. */
const rescanLockNolock: DesignProcedures = Object.freeze({
  ...rescanLock,
  eeh_pe_bus_get: eeh_pe_bus_get_nolock,
  bus_to_remove: eeh_pe_bus_get_nolock,
});

/** RFC-A, on the kernel of its day. */
const refcount: DesignProcedures = Object.freeze({
  ...v1,
  eeh_pe_hold: eeh_get_pe,
  eeh_walk_begin: eeh_get_pe,
  eeh_pe_put: eeh_put_pe,
  eeh_pe_next: eeh_pe_next_counted,
  eeh_pe_move_to_parent: eeh_pe_move_to_parent_counted,
  eeh_phb_pe_get: eeh_phb_pe_get_counted,
  eeh_pe_tree_insert: eeh_add_to_parent_pe_counted,
  eeh_pe_tree_remove: eeh_rmv_from_parent_pe_counted,
  eeh_pe_cleanup: eeh_pe_cleanup_counted,
  eeh_send_failure_event: eeh_send_failure_event_counted,
});

/** S: eehd's walks over a list of what was there, on RFC-A. */
const snapshot: DesignProcedures = Object.freeze({
  ...refcount,
  eeh_pe_next: eeh_pe_next_snapshot,
  eeh_walk_begin: eeh_walk_begin_snapshot,
});

/** G: Linux before V0, with a mutex around the tree. */
const globalMutex: DesignProcedures = Object.freeze({
  ...none,
  eeh_walk_begin: eeh_walk_begin_mutex,
  eeh_walk_end: eeh_unlock,
  eeh_pe_tree_insert: eeh_add_to_parent_pe_mutex,
  eeh_pe_tree_remove: eeh_rmv_from_parent_pe_mutex,
  eeh_pe_bus_get: eeh_pe_bus_get_mutex,
  recovery_begin: recovering_at_start_mutex,
});

/** RFC-B, on V2. */
const twoLock: DesignProcedures = Object.freeze({
  ...keepFlag,
  eeh_walk_begin: eeh_walk_begin_mutex,
  eeh_walk_end: eeh_unlock,
  eeh_pe_tree_insert: eeh_pe_tree_insert_two_lock,
  eeh_pe_tree_remove: eeh_pe_tree_remove_two_lock,
  eeh_pe_cleanup: eeh_pe_cleanup_two_lock,
  eeh_bind_device: eeh_probe_device_two_lock,
  eeh_del_device: eeh_remove_device_two_lock,
  eeh_check_state: eeh_check_state_two_lock,
  eeh_count_ignored: count_on_pe_of_edev,
  eeh_pe_bus_get: eeh_pe_bus_get_two_lock,
  eeh_report_walk: report_from_snapshot,
  eeh_pe_report_edev: report_edev_two_lock,
  php_lock: eeh_lock,
  php_unlock: eeh_unlock,
  vfio_lock: eeh_lock,
  vfio_unlock: eeh_unlock,
  tce_region_done: eeh_unlock,
});

/** D: detectors record a suspect, eehd decides, on V5. */
const deferral: DesignProcedures = Object.freeze({
  ...rescanLockNolock,
  eeh_check_state: check_deferred,
  eeh_count_ignored: not_counted,
  eeh_send_failure_event: eeh_send_suspect,
  recovery_decide: decided_by_eehd,
});

/** P: RFC-B with the threads of its v2. */
const perPhbThread: DesignProcedures = Object.freeze({
  ...twoLock,
  eeh_event_enqueue: eeh_event_enqueue_per_phb,
  thread_per_phb: 1,
});

const PROCEDURES: Readonly<Record<string, DesignProcedures>> = {
  none,
  'keep-flag': keepFlag,
  'rescan-lock': rescanLock,
  'rescan-lock-nolock': rescanLockNolock,
  refcount,
  snapshot,
  'global-mutex': globalMutex,
  'two-lock': twoLock,
  deferral,
  'per-phb-thread': perPhbThread,
};

/** @throws Error `[hotrace bug]` for a design that eeh_pe_design_list.ts does not have. */
export function designProcedures(id: string): DesignProcedures {
  const procedures = PROCEDURES[id];
  if (procedures === undefined) throw new Error(`[hotrace bug] no eeh-pe design ${id}`);
  return procedures;
}

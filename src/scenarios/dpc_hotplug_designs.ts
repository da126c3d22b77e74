/** The kernels and proposals of pciehp.md 3.2.4 as frozen records of procedures. */
import { bus_reset_sleep, bus_reset_wait } from '../../actors/aer/bus_reset.ts';
import {
  aer_bus_reset,
  aer_slot_reset,
  reset_slot_ignored,
  reset_slot_locked,
  reset_slot_masked,
} from '../../actors/aer/slot_reset.ts';
import {
  first_child_unpinned,
  nothing_to_put,
  pci_dev_put,
  pci_get_slot,
} from '../../actors/dpc/bus.ts';
import type { DpcDesign } from '../../actors/dpc/design.ts';
import {
  broadcast_frozen,
  broadcast_resume,
  callbacks_give_up,
} from '../../actors/dpc/err_callbacks.ts';
import { fatal_give_up, fatal_remove, fatal_rescan } from '../../actors/dpc/err_fatal.ts';
import {
  dpc_release,
  dpc_release_and_poll,
  dpc_release_and_wait,
  dpc_reset_telling_hotplug,
} from '../../actors/dpc/err_reset.ts';
import { error_done, error_notify, error_sleep } from '../../actors/dpc/err_thread.ts';
import { drop_caused, drop_dpc_same_card } from '../../actors/dpc/hp_ignore.ts';
import {
  check_link_418,
  check_link_419,
  check_link_420,
  polls_never_abort,
} from '../../actors/dpc/hp_link.ts';
import {
  driver_under_reset_lock,
  handle_change,
  keep_all,
  notify_thread,
  reset_lock_drop,
  reset_lock_retake,
  thread_done,
  thread_sleep,
  thread_take,
} from '../../actors/dpc/hp_slot.ts';
import {
  handle_item,
  notify_workqueue,
  worker_done,
  worker_sleep,
  worker_take,
} from '../../actors/dpc/hp_slot_418.ts';
import { drop_recovered_by_dpc, drop_recovered_patiently } from '../../actors/dpc/hp_wait_dpc.ts';
import { gone_is_empty, gone_is_error } from '../../actors/dpc/nested.ts';
import {
  end_hotplug_turn,
  end_turn,
  error_queue,
  error_turn,
  hotplug_queue,
  hotplug_turn,
  queued_remove,
  queued_rescan,
} from '../../actors/dpc/one_queue.ts';
import { port_forget_and_restore, port_restore } from '../../actors/dpc/port_below.ts';
import {
  thread_done_early,
  thread_done_running,
  thread_take_running,
  user_no_wait,
  user_wait_pending,
  user_wait_running,
} from '../../actors/dpc/power_file.ts';
import {
  consume_and_broadcast,
  drop_all,
  mark_and_notify,
  masked_remove,
  masked_rescan,
  polls_abort_offline,
  rescan_and_unmark,
  reset_slot_rescan_locked,
  reset_slot_synchronised,
  thread_done_waking,
} from '../../actors/dpc/proposals.ts';
import { presence_unguarded } from '../../actors/dpc/rivals.ts';
import { STATIC_STATE } from '../../actors/dpc/structs.ts';
import { ON_STATE } from '../../actors/pciehp/structs.ts';

/** A kernel: its procedures, and what its slot state and its policy are. */
export interface Generation {
  readonly procedures: DpcDesign;
  /** Value of the slot's state while it is on and nothing happens. */
  readonly restingOn: number;
  /** Removals that recovery itself makes: 1 where it removes and enumerates again. */
  readonly removals: number;
  /** Lock classes of reset_lock: one, or one for each depth (085a9f43433f). */
  readonly lockClasses: 1 | 2;
}

const v418: DpcDesign = {
  isr_loops: 0,
  isr_masks: 0,
  isr_notes_fault: 0,
  hp_notify: notify_workqueue,
  hp_sleep: worker_sleep,
  hp_take: worker_take,
  hp_drop_ignored: keep_all,
  hp_handle: handle_item,
  hp_done: worker_done,
  user_wait: user_no_wait,
  hp_check_link: check_link_418,
  hp_poll_aborts: polls_never_abort,
  hp_driver_begin: driver_under_reset_lock,
  hp_driver_end: driver_under_reset_lock,
  presence_begin: presence_unguarded,
  presence_end: presence_unguarded,
  hp_marks_early: 0,
  nested_present: gone_is_empty,
  port_slot_reset: port_restore,
  vfio_skips_gone: 0,
  dpc_knows_surprise: 0,
  hp_drops_own: 0,
  err_notify: error_notify,
  err_sleep: error_sleep,
  err_done: error_done,
  err_before: fatal_remove,
  dpc_reset: dpc_release,
  dpc_release,
  aer_reset: aer_bus_reset,
  child_get: pci_get_slot,
  child_put: pci_dev_put,
  driver_reset: aer_bus_reset,
  reset_slot: reset_slot_masked,
  bus_reset: bus_reset_sleep,
  err_after: fatal_rescan,
  err_give_up: fatal_give_up,
};

/** 7b4ce26bcf69: threads, before what the same summer repaired in them. */
const threaded: DpcDesign = {
  ...v418,
  hp_notify: notify_thread,
  hp_sleep: thread_sleep,
  hp_take: thread_take,
  hp_handle: handle_change,
  hp_done: thread_done,
  user_wait: user_wait_pending,
};

const v419: DpcDesign = {
  ...threaded,
  hp_check_link: check_link_419,
  presence_begin: reset_lock_retake,
  presence_end: reset_lock_drop,
  reset_slot: reset_slot_locked,
};

const v420: DpcDesign = {
  ...v419,
  hp_check_link: check_link_420,
  err_before: broadcast_frozen,
  dpc_reset: dpc_release_and_wait,
  dpc_release: dpc_release_and_wait,
  aer_reset: aer_slot_reset,
  err_after: broadcast_resume,
  err_give_up: callbacks_give_up,
};

const v514: DpcDesign = {
  ...v420,
  isr_loops: 1,
  hp_take: thread_take_running,
  hp_done: thread_done_running,
  user_wait: user_wait_running,
  nested_present: gone_is_error,
  hp_drops_own: 1,
  hp_drop_ignored: drop_recovered_by_dpc,
  dpc_reset: dpc_reset_telling_hotplug,
};

const v613: DpcDesign = {
  ...v514,
  isr_notes_fault: 1,
  hp_marks_early: 1,
  dpc_knows_surprise: 1,
  port_slot_reset: port_forget_and_restore,
  hp_driver_begin: reset_lock_drop,
  hp_driver_end: reset_lock_retake,
  dpc_release: dpc_release_and_poll,
  bus_reset: bus_reset_wait,
};

const v616: DpcDesign = {
  ...v613,
  hp_drop_ignored: drop_caused,
  reset_slot: reset_slot_ignored,
};

const oneQueue: DpcDesign = {
  ...v419,
  hp_notify: hotplug_queue,
  hp_sleep: hotplug_turn,
  hp_done: end_hotplug_turn,
  err_notify: error_queue,
  err_sleep: error_turn,
  err_done: end_turn,
  err_before: queued_remove,
  err_after: queued_rescan,
};

const on = { restingOn: ON_STATE, removals: 0, lockClasses: 2 } as const;
const onBefore = { ...on, lockClasses: 1 } as const;
const removing = { ...onBefore, removals: 1 } as const;

const GENERATIONS: Readonly<Record<string, Generation>> = {
  '4-18': { procedures: v418, restingOn: STATIC_STATE, removals: 1, lockClasses: 1 },
  threaded: { procedures: threaded, ...removing },
  '4-19': { procedures: v419, ...removing },
  'one-queue': { procedures: oneQueue, ...removing },
  '4-20': { procedures: v420, ...onBefore },
  '5-14': { procedures: v514, ...onBefore },
  annotated: { procedures: v514, ...on },
  '6-13': { procedures: v613, ...on },
  'same-card': { procedures: { ...v613, hp_drop_ignored: drop_dpc_same_card }, ...on },
  '6-16': { procedures: v616, ...on },
  'no-surprise': { procedures: { ...v616, dpc_knows_surprise: 0 }, ...on },
  'skip-gone': { procedures: { ...v616, vfio_skips_gone: 1 }, ...on },
  'early-exit': { procedures: { ...v514, hp_done: thread_done_early }, ...onBefore },
  mask: {
    procedures: { ...v419, err_before: masked_remove, err_after: masked_rescan },
    ...removing,
  },
  'offline-poll': {
    procedures: {
      ...v419,
      err_notify: mark_and_notify,
      err_after: rescan_and_unmark,
      hp_poll_aborts: polls_abort_offline,
    },
    ...removing,
  },
  'pending-check': { procedures: { ...v420, err_before: consume_and_broadcast }, ...onBefore },
  'hpie-sync': {
    procedures: { ...v613, reset_slot: reset_slot_synchronised, hp_done: thread_done_waking },
    ...on,
  },
  'enabled-only': { procedures: { ...v613, isr_masks: 1 }, ...on },
  'ignore-hotplug': { procedures: { ...v613, hp_notify: drop_all }, ...on },
  'rescan-hold': {
    procedures: {
      ...v613,
      reset_slot: reset_slot_rescan_locked,
      driver_reset: reset_slot_rescan_locked,
    },
    ...on,
  },
  'raw-child': {
    procedures: { ...v613, child_get: first_child_unpinned, child_put: nothing_to_put },
    ...on,
  },
  'long-wait': {
    procedures: { ...v514, hp_drop_ignored: drop_recovered_patiently },
    ...on,
  },
};

export function generationOf(design: string): Generation {
  const generation = GENERATIONS[design];
  if (generation === undefined) throw new Error(`[hotrace bug] dpc-hotplug: no design ${design}`);
  return generation;
}

/** A shell at the sysfs files `remove` and `rescan`, one write after the other (eeh.md 4.4). */
import { createMachine } from 'xstate';

export const phb_sysfs = createMachine({
  id: 'phb_sysfs',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'NEXT' } },
    NEXT: {
      invoke: { src: 'sysfs_next' },
      on: { REMOVE: 'LOCK_REMOVE', RESCAN: 'LOCK_RESCAN', AWAIT: 'AWAIT', FINISHED: 'DONE' },
    },
    AWAIT: { invoke: { src: 'sysfs_await' }, on: { STARTED: 'NEXT' } },
    LOCK_REMOVE: {
      invoke: { src: 'sysfs_lock_remove' },
      on: { LOCKED: 'STOP', NO_DEVICE: 'UNLOCK' },
    },
    STOP: { invoke: { src: 'sysfs_stop' }, on: { STOPPED: 'DESTROY' } },
    DESTROY: { invoke: { src: 'sysfs_destroy' }, on: { DESTROYED: 'UNLOCK' } },
    LOCK_RESCAN: { invoke: { src: 'sysfs_lock_rescan' }, on: { LOCKED: 'SCAN' } },
    SCAN: { invoke: { src: 'sysfs_scan' }, on: { SCANNED: 'ADD' } },
    ADD: { invoke: { src: 'sysfs_add' }, on: { ADDED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'sysfs_unlock' }, on: { UNLOCKED: 'NEXT' } },
    DONE: { type: 'final' },
  },
});

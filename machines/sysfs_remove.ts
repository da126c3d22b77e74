/** A write to /sys/bus/pci/devices/<bdf>/remove: eeh.md 1.0.4, LIVE to UNLISTED of 4.4. */
import { createMachine } from 'xstate';

export const sysfs_remove = createMachine({
  id: 'sysfs_remove',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'sysfs_wait' }, on: { STARTED: 'OPEN' } },
    OPEN: { invoke: { src: 'sysfs_open' }, on: { OPENED: 'CLAIM', NO_DEVICE: 'TELL' } },
    CLAIM: { invoke: { src: 'sysfs_claim' }, on: { CLAIMED: 'LOCK', TAKEN: 'TELL' } },
    LOCK: { invoke: { src: 'sysfs_lock' }, on: { LOCKED: 'STOP' } },
    STOP: { invoke: { src: 'sysfs_stop' }, on: { STOPPED: 'DESTROY' } },
    DESTROY: { invoke: { src: 'sysfs_destroy' }, on: { DESTROYED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'sysfs_unlock' }, on: { UNLOCKED: 'TELL' } },
    TELL: { invoke: { src: 'sysfs_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

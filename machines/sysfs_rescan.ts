/** A write to rescan: eeh.md 1.0.5, ABSENT to LIVE of 4.4. */
import { createMachine } from 'xstate';

export const sysfs_rescan = createMachine({
  id: 'sysfs_rescan',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'sysfs_wait' }, on: { STARTED: 'LOCK' } },
    LOCK: { invoke: { src: 'sysfs_lock' }, on: { LOCKED: 'SCAN' } },
    SCAN: { invoke: { src: 'sysfs_scan' }, on: { SCANNED: 'ADD' } },
    ADD: { invoke: { src: 'sysfs_add' }, on: { ADDED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'sysfs_unlock' }, on: { UNLOCKED: 'TELL' } },
    TELL: { invoke: { src: 'sysfs_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

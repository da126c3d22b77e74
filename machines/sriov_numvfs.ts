/** A write to sriov_numvfs since a5338e365c45: device_lock first, the rescan lock inside (T11e). */
import { createMachine } from 'xstate';

export const sriov_numvfs = createMachine({
  id: 'sriov_numvfs',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'sysfs_wait' }, on: { STARTED: 'OPEN' } },
    OPEN: { invoke: { src: 'sysfs_open' }, on: { OPENED: 'LOCK_DEVICE', NO_DEVICE: 'TELL' } },
    LOCK_DEVICE: { invoke: { src: 'sriov_lock_device' }, on: { LOCKED: 'LOCK_RESCAN' } },
    LOCK_RESCAN: { invoke: { src: 'sysfs_lock' }, on: { LOCKED: 'CONFIGURE' } },
    CONFIGURE: { invoke: { src: 'sriov_configure' }, on: { CONFIGURED: 'UNLOCK_RESCAN' } },
    UNLOCK_RESCAN: { invoke: { src: 'sysfs_unlock' }, on: { UNLOCKED: 'UNLOCK_DEVICE' } },
    UNLOCK_DEVICE: { invoke: { src: 'sriov_unlock_device' }, on: { UNLOCKED: 'TELL' } },
    TELL: { invoke: { src: 'sysfs_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

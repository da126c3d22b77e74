/** The system sleeps for a moment and wakes up again, as pciehp's port service sees it. */
import { createMachine } from 'xstate';

export const pciehp_pm = createMachine({
  id: 'pciehp_pm',
  initial: 'AWAKE',
  states: {
    AWAKE: { invoke: { src: 'pciehp_pm_wait' }, on: { DUE: 'SUSPEND' } },
    SUSPEND: { invoke: { src: 'pciehp_suspend' }, on: { SUSPENDED: 'ASLEEP' } },
    ASLEEP: { invoke: { src: 'pciehp_pm_sleep' }, on: { WOKEN: 'RESUME' } },
    RESUME: { invoke: { src: 'pciehp_resume' }, on: { RESUMED: 'CHECK_PRESENCE' } },
    CHECK_PRESENCE: { invoke: { src: 'pciehp_check_presence' }, on: { PRESENCE_CHECKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** The IRQ thread of pciehp as of Linux 4.19 and 4.20, pciehp.md 2.6 and 5.2. */
import { createMachine } from 'xstate';

export const pciehp_ist = createMachine({
  id: 'pciehp_ist',
  initial: 'SLEEP',
  states: {
    SLEEP: { invoke: { src: 'irq_thread_wait' }, on: { RUNTHREAD: 'SYNC_HARDIRQ' } },
    SYNC_HARDIRQ: { invoke: { src: 'pciehp_ist_sync' }, on: { SYNCED: 'FETCH' } },
    FETCH: { invoke: { src: 'pciehp_ist_fetch' }, on: { EVENTS: 'BUTTON', NONE: 'EXIT' } },
    BUTTON: { invoke: { src: 'pciehp_ist_button' }, on: { BUTTON_DONE: 'RESET_LOCK' } },
    RESET_LOCK: {
      invoke: { src: 'pciehp_ist_reset_lock' },
      on: { DISABLE: 'DISABLE', CHANGE: 'CHANGE', NEITHER: 'UNLOCK' },
    },
    DISABLE: { invoke: { src: 'pciehp_ist_disable' }, on: { DISABLED: 'UNLOCK' } },
    CHANGE: { invoke: { src: 'pciehp_ist_change' }, on: { CHANGED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'pciehp_ist_unlock' }, on: { UNLOCKED: 'POWERFAULT' } },
    POWERFAULT: { invoke: { src: 'pciehp_ist_power_fault' }, on: { FAULT_DONE: 'WAKE_REQUESTER' } },
    WAKE_REQUESTER: {
      invoke: { src: 'pciehp_ist_wake_requester' },
      on: { REQUESTER_WOKEN: 'EXIT' },
    },
    EXIT: { invoke: { src: 'irq_thread_done' }, on: { SLEEPS: 'SLEEP' } },
  },
});

/**
 * pciehp's poll thread (module parameter pciehp_poll_mode): handler and thread function in turn, as
 * long as there is something to do, then sleep. The handler does not ask for HPIE (pciehp.md 2.5).
 */
import { createMachine } from 'xstate';

export const pciehp_poll = createMachine({
  id: 'pciehp_poll',
  initial: 'SLEEP',
  states: {
    SLEEP: { invoke: { src: 'pciehp_poll_sleep' }, on: { DUE: 'CHECK_POWER', ENDED: 'DONE' } },
    CHECK_POWER: {
      invoke: { src: 'pciehp_isr_check_power' },
      on: { POWERED: 'READ', NONE: 'REQUESTS' },
    },
    READ: { invoke: { src: 'pciehp_isr_read' }, on: { STATUS: 'FILTER', NONE: 'REQUESTS' } },
    FILTER: { invoke: { src: 'pciehp_isr_filter' }, on: { EVENTS: 'W1C', NONE: 'REQUESTS' } },
    W1C: { invoke: { src: 'pciehp_isr_clear' }, on: { CLEARED: 'COMMAND' } },
    COMMAND: {
      invoke: { src: 'pciehp_isr_command' },
      on: { COMPLETED: 'IGNORE', ONLY_COMPLETED: 'REQUESTS' },
    },
    IGNORE: {
      invoke: { src: 'pciehp_isr_ignore' },
      on: { ACCEPTED: 'PENDING', IGNORED: 'REQUESTS' },
    },
    PENDING: { invoke: { src: 'pciehp_isr_accumulate' }, on: { PENDING: 'FETCH' } },
    REQUESTS: { invoke: { src: 'pciehp_poll_requests' }, on: { EVENTS: 'FETCH', NONE: 'SLEEP' } },
    FETCH: { invoke: { src: 'pciehp_ist_fetch' }, on: { EVENTS: 'BUTTON', NONE: 'CHECK_POWER' } },
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
      on: { REQUESTER_WOKEN: 'SERVED' },
    },
    SERVED: { invoke: { src: 'pciehp_poll_served' }, on: { NOTED: 'CHECK_POWER' } },
    DONE: { type: 'final' },
  },
});

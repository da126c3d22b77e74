/** drmgr adds a slot (eeh.md 1.0.6). */
import { createMachine } from 'xstate';

export const phb_dlpar_slot = createMachine({
  id: 'phb_dlpar_slot',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'LOCK' } },
    LOCK: { invoke: { src: 'rpadlpar_lock' }, on: { LOCKED: 'ADD' } },
    ADD: { invoke: { src: 'dlpar_add_slot' }, on: { ADDED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'rpadlpar_unlock' }, on: { UNLOCKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

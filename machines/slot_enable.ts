/** A slot of a guest is turned on: NOT_CONFIGURED -> CONFIGURED (eeh.md 1.0.6). */
import { createMachine } from 'xstate';

export const slot_enable = createMachine({
  id: 'slot_enable',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'enable_wait' }, on: { STARTED: 'EDEVS' } },
    EDEVS: { invoke: { src: 'enable_edevs' }, on: { PREPARED: 'LOCK' } },
    LOCK: { invoke: { src: 'enable_lock' }, on: { LOCKED: 'ADD' } },
    ADD: { invoke: { src: 'enable_devices' }, on: { ADDED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'enable_unlock' }, on: { UNLOCKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

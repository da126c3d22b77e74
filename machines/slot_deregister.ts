/** A slot driver takes its slot back: eeh.md 1.0.6. */
import { createMachine } from 'xstate';

export const slot_deregister = createMachine({
  id: 'slot_deregister',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'slot_wait' }, on: { STARTED: 'LOCK' } },
    LOCK: { invoke: { src: 'slot_lock' }, on: { LOCKED: 'DEREGISTER' } },
    DEREGISTER: { invoke: { src: 'slot_deregister' }, on: { DEREGISTERED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'slot_unlock' }, on: { UNLOCKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

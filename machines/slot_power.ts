/** A writer of 0 to a slot's file `power`: eeh.md 1.0.6, 2.3 T21. */
import { createMachine } from 'xstate';

export const slot_power = createMachine({
  id: 'slot_power',
  initial: 'OPEN',
  states: {
    OPEN: { invoke: { src: 'power_open' }, on: { OPENED: 'DISABLE' } },
    DISABLE: { invoke: { src: 'power_off' }, on: { OFF: 'CLOSE' } },
    CLOSE: { invoke: { src: 'power_close' }, on: { CLOSED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

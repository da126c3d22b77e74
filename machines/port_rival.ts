/** Somebody who does one thing to the device in the slot while others recover or remove it. */
import { createMachine } from 'xstate';

export const port_rival = createMachine({
  id: 'port_rival',
  initial: 'ACT',
  states: {
    ACT: { invoke: { src: 'rival' }, on: { DONE: 'END' } },
    END: { type: 'final' },
  },
});

/** What happens to the port in one run: an error below it, a card pulled or swapped. */
import { createMachine } from 'xstate';

export const port_fault = createMachine({
  id: 'port_fault',
  initial: 'FAULT',
  states: {
    FAULT: { invoke: { src: 'port_fault' }, on: { HAPPENED: 'HAND' } },
    HAND: { invoke: { src: 'port_hand' }, on: { DONE: 'END' } },
    END: { type: 'final' },
  },
});

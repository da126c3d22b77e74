/** A slot whose link goes down and comes back (eeh.md 2.1.3 F5). */
import { createMachine } from 'xstate';

export const phb_link = createMachine({
  id: 'phb_link',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'LINK_DOWN' } },
    LINK_DOWN: { invoke: { src: 'link_down' }, on: { DOWN: 'PRESENT' } },
    PRESENT: { invoke: { src: 'card_present' }, on: { UP: 'DONE' } },
    DONE: { type: 'final' },
  },
});

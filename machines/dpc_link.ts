/** What a link does by itself, pciehp.md 5.4: it trains, then the card behind it becomes ready. */
import { createMachine } from 'xstate';

export const dpc_link = createMachine({
  id: 'dpc_link',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'link_wait' }, on: { DUE: 'STEP' } },
    // The state itself is the port's: software may take the link down at any time.
    STEP: {
      invoke: { src: 'link_step' },
      on: { TRAINED: 'WAIT', READY: 'WAIT', NOTHING: 'WAIT' },
    },
  },
});

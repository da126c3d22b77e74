/** A PHB on which one error happens: eeh.md 4.2. */
import { createMachine } from 'xstate';

export const phb = createMachine({
  id: 'phb',
  initial: 'ACTIVE',
  states: {
    ACTIVE: { invoke: { src: 'phb_error' }, on: { FROZEN: 'PE_FROZEN' } },
    PE_FROZEN: { invoke: { src: 'phb_signal' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

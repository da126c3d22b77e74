/** A PHB on which an error happens after something else: eeh.md 4.2. */
import { createMachine } from 'xstate';

export const phb_later = createMachine({
  id: 'phb_later',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'phb_wait' }, on: { DUE: 'ACTIVE' } },
    ACTIVE: { invoke: { src: 'phb_error' }, on: { FROZEN: 'PE_FROZEN' } },
    PE_FROZEN: { invoke: { src: 'phb_signal' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

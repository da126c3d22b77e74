/** A detector that has found its PE, on its way out (eeh.md 1.3.4 step 5). */
import { createMachine } from 'xstate';

export const pe_holder = createMachine({
  id: 'pe_holder',
  initial: 'LOOK',
  states: {
    LOOK: { invoke: { src: 'holder_look' }, on: { KNOWN: 'PUT' } },
    PUT: { invoke: { src: 'holder_put' }, on: { PUT: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** An empty PHB leaves and comes back: eeh.md 4.2, DLPAR. */
import { createMachine } from 'xstate';

export const dlpar_phb = createMachine({
  id: 'dlpar_phb',
  initial: 'ACTIVE',
  states: {
    ACTIVE: { invoke: { src: 'remove_phb_dynamic' }, on: { REMOVED: 'FREED' } },
    FREED: { invoke: { src: 'init_phb_dynamic' }, on: { ADDED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

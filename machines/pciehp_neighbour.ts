/** Another service of the port (PME, bandwidth notification) on the same vector. */
import { createMachine } from 'xstate';

export const pciehp_neighbour = createMachine({
  id: 'pciehp_neighbour',
  initial: 'QUIET',
  states: {
    QUIET: { invoke: { src: 'port_service_wait' }, on: { DUE: 'SIGNAL' } },
    SIGNAL: { invoke: { src: 'port_service_signal' }, on: { SIGNALLED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

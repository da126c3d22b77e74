/** A worker of a workqueue: an item a turn. */
import { createMachine } from 'xstate';

export const pci_worker = createMachine({
  id: 'pci_worker',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'take' }, on: { TAKEN: 'RUN' } },
    RUN: { invoke: { src: 'run' }, on: { RETURNED: 'RETIRE' } },
    RETIRE: { invoke: { src: 'retire' }, on: { RETIRED: 'IDLE' } },
  },
});

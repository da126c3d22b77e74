/** A thread that calls one function of the PCI core and is done: the races of pciehp.md 4. */
import { createMachine } from 'xstate';

export const pci_caller = createMachine({
  id: 'pci_caller',
  initial: 'CALL',
  states: {
    CALL: { invoke: { src: 'call' }, on: { RETURNED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

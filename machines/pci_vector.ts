/** The hard IRQ handler of a service on a vector that it may share: aer_irq, pcie_bwnotif_irq. */
import { createMachine } from 'xstate';

export const pci_vector = createMachine({
  id: 'pci_vector',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'enter' }, on: { IRQ: 'HANDLE' } },
    HANDLE: { invoke: { src: 'handle' }, on: { NONE: 'EXIT', HANDLED: 'EXIT' } },
    EXIT: { invoke: { src: 'exit' }, on: { RETURNED: 'IDLE' } },
  },
});

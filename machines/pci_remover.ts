/** Removal of a device in its two phases (pciehp.md 2.10): stop the driver, destroy the device. */
import { createMachine } from 'xstate';

export const pci_remover = createMachine({
  id: 'pci_remover',
  initial: 'LOOKUP',
  states: {
    LOOKUP: { invoke: { src: 'lookup' }, on: { FOUND: 'STOP', NO_DEVICE: 'DONE' } },
    STOP: { invoke: { src: 'stop' }, on: { STOPPED: 'DESTROY' } },
    DESTROY: { invoke: { src: 'destroy' }, on: { DESTROYED: 'PUT' } },
    PUT: { invoke: { src: 'put' }, on: { RETURNED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** drmgr on a PCI slot: away with it, and back again (eeh.md 1.0.6). */
import { createMachine } from 'xstate';

export const dlpar = createMachine({
  id: 'dlpar',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'dlpar_wait' }, on: { STARTED: 'REMOVE_LOCK' } },
    REMOVE_LOCK: { invoke: { src: 'dlpar_lock' }, on: { LOCKED: 'REMOVE' } },
    REMOVE: { invoke: { src: 'dlpar_remove_pci_slot' }, on: { REMOVED: 'REMOVE_UNLOCK' } },
    REMOVE_UNLOCK: { invoke: { src: 'dlpar_unlock' }, on: { UNLOCKED: 'ADD_LOCK' } },
    ADD_LOCK: { invoke: { src: 'dlpar_lock' }, on: { LOCKED: 'ADD' } },
    ADD: { invoke: { src: 'dlpar_add_pci_slot' }, on: { ADDED: 'ADD_UNLOCK' } },
    ADD_UNLOCK: { invoke: { src: 'dlpar_unlock' }, on: { UNLOCKED: 'TELL' } },
    TELL: { invoke: { src: 'dlpar_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

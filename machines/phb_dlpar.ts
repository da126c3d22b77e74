/**
 * drmgr removes a PHB, has it isolated and adds it again (eeh.md 1.0.6, 4.7). A PHB that cannot be
 * isolated stays away.
 */
import { createMachine } from 'xstate';

export const phb_dlpar = createMachine({
  id: 'phb_dlpar',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'LOCK_REMOVE' } },
    LOCK_REMOVE: { invoke: { src: 'rpadlpar_lock' }, on: { LOCKED: 'EMPTY' } },
    EMPTY: { invoke: { src: 'dlpar_remove_devices' }, on: { EMPTIED: 'REMOVE' } },
    REMOVE: {
      invoke: { src: 'remove_phb_dynamic' },
      on: { REMOVED: 'UNLOCK_REMOVE', BUSY: 'GIVE_UP' },
    },
    UNLOCK_REMOVE: { invoke: { src: 'rpadlpar_unlock' }, on: { UNLOCKED: 'ISOLATE' } },
    ISOLATE: { invoke: { src: 'rtas_isolate' }, on: { ISOLATED: 'LOCK_ADD', REFUSED: 'DONE' } },
    LOCK_ADD: { invoke: { src: 'rpadlpar_lock' }, on: { LOCKED: 'ADD' } },
    ADD: { invoke: { src: 'init_phb_dynamic' }, on: { ADDED: 'GIVE_UP' } },
    GIVE_UP: { invoke: { src: 'rpadlpar_unlock' }, on: { UNLOCKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

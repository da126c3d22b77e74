/** pnv_php's work item for a card that was pulled: POPULATED -> REGISTERED (eeh.md 4.6). */
import { createMachine } from 'xstate';

export const php_work = createMachine({
  id: 'php_work',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'php_work_wait' }, on: { STARTED: 'LOCK' } },
    LOCK: { invoke: { src: 'php_work_lock' }, on: { LOCKED: 'REMOVE' } },
    REMOVE: { invoke: { src: 'php_work_remove' }, on: { REMOVED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'php_work_unlock' }, on: { UNLOCKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

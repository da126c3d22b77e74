/** A driver's leftover: uses a mapping while it is good, and once more when nobody expects it. */
import { createMachine } from 'xstate';

export const late_user = createMachine({
  id: 'late_user',
  initial: 'USE',
  states: {
    USE: { invoke: { src: 'use_mapping' }, on: { USED: 'LATE_USE' } },
    LATE_USE: { invoke: { src: 'use_again' }, on: { REACHED_BUS: 'DONE', FAULTED: 'OOPS' } },
    // Killed by the page fault: what one would rather have (Herrenschmidt, 18 Feb 2015).
    OOPS: { type: 'final' },
    DONE: { type: 'final' },
  },
});

/** A destructor that runs iounmap() when the last user is gone, state by state as eeh.md 1.2.3. */
import { createMachine } from 'xstate';

export const late_unmap = createMachine({
  id: 'late_unmap',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'destructor_wait' }, on: { DUE: 'CLEAR' } },
    CLEAR: { invoke: { src: 'destructor_clear' }, on: { CLEARED: 'UNLINK' } },
    UNLINK: { invoke: { src: 'destructor_unlink' }, on: { UNLINKED: 'TELL' } },
    TELL: { invoke: { src: 'destructor_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

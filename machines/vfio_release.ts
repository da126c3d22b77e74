/** The last user of a passed-through PE closes it, and the host resets it: eeh.md 2.3 T18. */
import { createMachine } from 'xstate';

export const vfio_release = createMachine({
  id: 'vfio_release',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'vfio_wait' }, on: { STARTED: 'RECOVER' } },
    RECOVER: { invoke: { src: 'vfio_recover' }, on: { RECOVERED: 'TELL', BUSY: 'TELL' } },
    TELL: { invoke: { src: 'vfio_tell' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** One ioctl of a user of VFIO. */
import { createMachine } from 'xstate';

export const vfio_ioctl = createMachine({
  id: 'vfio_ioctl',
  initial: 'IOCTL',
  states: {
    IOCTL: { invoke: { src: 'vfio_ioctl' }, on: { DONE: 'RETURNED', REFUSED: 'RETURNED' } },
    RETURNED: { type: 'final' },
  },
});

/** A reader of a failed device: eeh.md 1.3.4, and region Health of 4.1 up to QUEUED. */
import { createMachine } from 'xstate';

export const mmio_detector = createMachine({
  id: 'mmio_detector',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'mmio_wait' }, on: { CALLED: 'READ' } },
    READ: { invoke: { src: 'mmio_read' }, on: { ALL_ONES: 'LOOKUP', VALUE: 'RETURN' } },
    LOOKUP: { invoke: { src: 'mmio_lookup' }, on: { EDEV: 'CHECK', NO_EDEV: 'RETURN' } },
    CHECK: {
      invoke: { src: 'mmio_check' },
      on: { FROZEN: 'ISOLATED', KNOWN: 'RETURN', ACTIVE: 'RETURN' },
    },
    ISOLATED: { invoke: { src: 'mmio_isolated' }, on: { NOTED: 'SEND' } },
    SEND: { invoke: { src: 'mmio_send' }, on: { SENT: 'RETURN' } },
    RETURN: { invoke: { src: 'mmio_return' }, on: { RETURNED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** The CPU side of one level-triggered interrupt line. */
import { createMachine } from 'xstate';

export const phb_intx = createMachine({
  id: 'phb_intx',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'intx_wait' }, on: { IRQ: 'HANDLE' } },
    HANDLE: { invoke: { src: 'handle_fasteoi_irq' }, on: { HANDLED: 'EXIT' } },
    EXIT: { invoke: { src: 'intx_return' }, on: { RETURNED: 'WAIT' } },
  },
});

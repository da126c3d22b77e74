/** The handler of one interrupt line. */
import { createMachine } from 'xstate';

export const history_irq = createMachine({
  id: 'history_irq',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'irq_wait' }, on: { IRQ: 'HANDLE' } },
    HANDLE: { invoke: { src: 'handle' }, on: { DONE: 'WAIT' } },
  },
});

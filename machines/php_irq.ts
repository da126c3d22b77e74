/** pnv_php's interrupt for a card that was pulled (eeh.md 4.6). */
import { createMachine } from 'xstate';

export const php_irq = createMachine({
  id: 'php_irq',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'php_irq_wait' }, on: { IRQ: 'FREEZE' } },
    FREEZE: { invoke: { src: 'php_freeze_pe' }, on: { FROZEN: 'QUEUE', NO_PE: 'QUEUE' } },
    QUEUE: { invoke: { src: 'php_queue_event' }, on: { QUEUED: 'RETURN' } },
    RETURN: { invoke: { src: 'php_irq_return' }, on: { RETURNED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

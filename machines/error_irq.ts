/** The hard IRQ handler of DPC or AER, pciehp.md 2.9. */
import { createMachine } from 'xstate';

export const error_irq = createMachine({
  id: 'error_irq',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'err_irq_enter' }, on: { IRQ: 'ACKNOWLEDGE' } },
    ACKNOWLEDGE: { invoke: { src: 'err_isr_ack' }, on: { TRIGGERED: 'WAKE', NONE: 'EXIT' } },
    WAKE: { invoke: { src: 'err_isr_wake' }, on: { WOKEN: 'EXIT' } },
    EXIT: { invoke: { src: 'err_irq_exit' }, on: { RETURNED: 'IDLE' } },
  },
});

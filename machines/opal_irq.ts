/** The interrupt of OPAL's PCI error event, once (eeh.md 1.0.1 OPALIRQ). */
import { createMachine } from 'xstate';

export const opal_irq = createMachine({
  id: 'opal_irq',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'opal_irq_wait' }, on: { IRQ: 'HANDLE' } },
    HANDLE: { invoke: { src: 'opal_eeh_event' }, on: { SENT: 'RETURN' } },
    RETURN: { invoke: { src: 'opal_irq_return' }, on: { RETURNED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

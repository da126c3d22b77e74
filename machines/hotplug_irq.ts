/** The hard IRQ handler of a hotplug port as dpc-hotplug needs it, pciehp.md 5.2. */
import { createMachine } from 'xstate';

export const hotplug_irq = createMachine({
  id: 'hotplug_irq',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'hp_irq_enter' }, on: { IRQ: 'READ' } },
    READ: {
      invoke: { src: 'hp_isr_read' },
      on: { EVENTS: 'W1C', ACCUMULATED: 'NOTIFY', NONE: 'EXIT' },
    },
    W1C: { invoke: { src: 'hp_isr_clear' }, on: { CLEARED: 'NOTIFY', AGAIN: 'READ' } },
    NOTIFY: { invoke: { src: 'hp_isr_notify' }, on: { NOTIFIED: 'EXIT' } },
    EXIT: { invoke: { src: 'hp_irq_exit' }, on: { RETURNED: 'IDLE' } },
  },
});

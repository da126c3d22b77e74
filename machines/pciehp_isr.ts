/** The hard IRQ handler of pciehp, pciehp.md 5.2. */
import { createMachine } from 'xstate';

export const pciehp_isr = createMachine({
  id: 'pciehp_isr',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'pciehp_irq_enter' }, on: { IRQ: 'CHECK_POWER' } },
    CHECK_POWER: {
      invoke: { src: 'pciehp_isr_check_power' },
      on: { POWERED: 'CHECK_ENABLED', NONE: 'EXIT' },
    },
    CHECK_ENABLED: {
      invoke: { src: 'pciehp_isr_check_enabled' },
      on: { ENABLED: 'READ', NONE: 'EXIT' },
    },
    READ: { invoke: { src: 'pciehp_isr_read' }, on: { STATUS: 'FILTER', NONE: 'EXIT' } },
    FILTER: { invoke: { src: 'pciehp_isr_filter' }, on: { EVENTS: 'W1C', NONE: 'EXIT' } },
    W1C: { invoke: { src: 'pciehp_isr_clear' }, on: { CLEARED: 'COMMAND' } },
    COMMAND: {
      invoke: { src: 'pciehp_isr_command' },
      on: { COMPLETED: 'IGNORE', ONLY_COMPLETED: 'EXIT' },
    },
    IGNORE: {
      invoke: { src: 'pciehp_isr_ignore' },
      on: { ACCEPTED: 'PENDING', IGNORED: 'EXIT' },
    },
    PENDING: { invoke: { src: 'pciehp_isr_accumulate' }, on: { PENDING: 'WAKE' } },
    WAKE: { invoke: { src: 'pciehp_isr_wake' }, on: { WOKEN: 'EXIT' } },
    EXIT: { invoke: { src: 'pciehp_irq_exit' }, on: { RETURNED: 'IDLE' } },
  },
});

/** eehd as far as interrupts go: disabled before a reset, enabled after it (I0-G). */
import { createMachine } from 'xstate';

export const phb_eehd = createMachine({
  id: 'phb_eehd',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'SNAPSHOT' } },
    SNAPSHOT: { invoke: { src: 'eeh_take_device' }, on: { TAKEN: 'REPORT', NO_DEVICE: 'DONE' } },
    REPORT: { invoke: { src: 'eeh_disable_irq' }, on: { DISABLED: 'RESET' } },
    RESET: { invoke: { src: 'eeh_reset' }, on: { RESET: 'RESUME' } },
    RESUME: { invoke: { src: 'eeh_enable_irq' }, on: { ENABLED: 'PUT' } },
    PUT: { invoke: { src: 'eeh_put_device' }, on: { PUT: 'DONE' } },
    DONE: { type: 'final' },
  },
});

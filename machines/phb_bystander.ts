/** Somebody elsewhere in the kernel who allocates memory of the size of irq_map. */
import { createMachine } from 'xstate';

export const phb_bystander = createMachine({
  id: 'phb_bystander',
  initial: 'ALLOCATE',
  states: {
    ALLOCATE: { invoke: { src: 'kmalloc_16_user' }, on: { STORED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

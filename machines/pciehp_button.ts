/** The delayed work that acts five seconds after the attention button was pressed. */
import { createMachine } from 'xstate';

export const pciehp_button = createMachine({
  id: 'pciehp_button',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'pciehp_button_wait' }, on: { DUE: 'WORK' } },
    WORK: { invoke: { src: 'pciehp_queue_pushbutton_work' }, on: { WORKED: 'IDLE' } },
  },
});

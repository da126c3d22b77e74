/** A driver that stays bound: one interrupt, then its interface goes down and up (I0-C). */
import { createMachine } from 'xstate';

export const phb_intx_user = createMachine({
  id: 'phb_intx_user',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait_for_boot' }, on: { STARTED: 'WORK' } },
    WORK: { invoke: { src: 'intx_user_work' }, on: { SERVED: 'DOWN', TIMED_OUT: 'DOWN' } },
    DOWN: { invoke: { src: 'intx_user_down' }, on: { DOWN: 'UP' } },
    UP: { invoke: { src: 'intx_user_up' }, on: { UP: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** A worker of a workqueue with one kind of work. */
import { createMachine } from 'xstate';

export const history_work = createMachine({
  id: 'history_work',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'work_take' }, on: { WORK: 'RUN' } },
    RUN: { invoke: { src: 'run' }, on: { DONE: 'IDLE' } },
  },
});

/** A thread with one thing to do, as the rows of a history table have them: its turn, the thing. */
import { createMachine } from 'xstate';

export const history_task = createMachine({
  id: 'history_task',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'turn_wait' }, on: { STARTED: 'RUN' } },
    RUN: { invoke: { src: 'run' }, on: { DONE: 'TELL' } },
    TELL: { invoke: { src: 'turn_tell' }, on: { TOLD: 'END' } },
    END: { type: 'final' },
  },
});

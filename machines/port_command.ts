/** The sequencer of a port that completes its commands later: one command after the other. */
import { createMachine } from 'xstate';

export const port_command = createMachine({
  id: 'port_command',
  initial: 'IDLE',
  states: {
    IDLE: { invoke: { src: 'port_command_wait' }, on: { COMMAND: 'BUSY' } },
    BUSY: { invoke: { src: 'port_command_complete' }, on: { COMPLETED: 'IDLE' } },
  },
});

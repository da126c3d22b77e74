/** Statecharts of the synthetic programs: run once, or wait and handle for ever. */
import { createMachine } from 'xstate';

export const once = createMachine({
  id: 'once',
  initial: 'RUN',
  states: {
    RUN: { invoke: { src: 'main' }, on: { DONE: 'END' } },
    END: { type: 'final' },
  },
});

export const serve = createMachine({
  id: 'serve',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'wait' }, on: { CAME: 'HANDLE' } },
    HANDLE: { invoke: { src: 'handle' }, on: { HANDLED: 'WAIT' } },
  },
});

/** OFF -> ON -> OFF: what demo.state may do. */
export const lamp = createMachine({
  id: 'lamp',
  initial: 'OFF',
  states: {
    OFF: { on: { PRESS: 'ON' } },
    ON: { on: { PRESS: 'OFF', BREAK: 'BROKEN' } },
    BROKEN: {},
  },
});

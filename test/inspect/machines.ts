/** Machines with everything that a chart can have, and with names that nobody should have. */
import { type AnyStateMachine, createMachine } from 'xstate';

/** Nested and parallel states, edges across borders, to parents, from the root, to themselves. */
export const nested: AnyStateMachine = createMachine({
  id: 'nested',
  initial: 'A',
  on: { RESET: '.B', KILL: '.C' },
  states: {
    A: {
      description: 'where it begins',
      invoke: { src: 'prepare' },
      on: {
        GO: [{ target: 'B', guard: 'ready' }, { target: 'C' }],
        STAY: {},
        AGAIN: { target: 'A', reenter: true },
        DEEP: '#nested.B.q.y',
        always: 'B',
        BOTH: { target: ['#nested.B.p.y', '#nested.B.q.y'] },
      },
      always: { target: 'B', guard: 'hasty' },
    },
    B: {
      type: 'parallel',
      onDone: 'C',
      on: { BACK: 'A', AGAIN: { target: 'B', reenter: true }, IN: '.p.y' },
      states: {
        p: {
          initial: 'x',
          states: {
            x: { on: { STEP: 'y', OUT: '#nested.A', UP: '#nested.B', CROSS: '#nested.B.q.y' } },
            y: { type: 'final' },
          },
        },
        q: { initial: 'x', states: { x: { after: { 10: 'y' } }, y: { type: 'final' } } },
      },
    },
    C: { type: 'final' },
  },
});

/** The root itself is parallel: it has no initial state. */
export const regions: AnyStateMachine = createMachine({
  id: 'regions',
  type: 'parallel',
  states: {
    left: { initial: 'off', states: { off: { on: { KEY: 'on' } }, on: { on: { KEY: 'off' } } } },
    right: { initial: 'off', states: { off: { on: { KEY: 'on' } }, on: {} } },
  },
});

export const HOSTILE = '"]];</title></script><b onload=x>&amp;\u202e\u0000\n--> [*] : `%%{init}';

/** Every name is an attack, or a word of some format's grammar. */
export const hostile: AnyStateMachine = createMachine({
  id: HOSTILE,
  initial: 'end',
  states: {
    end: { invoke: { src: HOSTILE }, on: { [HOSTILE]: 'state', note: 'NOTE' } },
    state: { on: { 'a:b--c;': HOSTILE } },
    NOTE: { on: { x: 'class' } },
    class: { on: { y: 'default' } },
    default: { on: { y: '字' } },
    字: {},
    [HOSTILE]: { type: 'final' },
  },
});

/** Somebody who calls into pciehp once: a user, kexec, the core after an error. */
import { createMachine } from 'xstate';

export const pciehp_visitor = createMachine({
  id: 'pciehp_visitor',
  initial: 'AWAY',
  states: {
    AWAY: { invoke: { src: 'visitor_wait' }, on: { DUE: 'ACT' } },
    ACT: { invoke: { src: 'visitor_act' }, on: { ACTED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

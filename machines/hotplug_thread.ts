/**
 * Who acts on hotplug events: the ordered workqueue of Linux 4.18, the IRQ thread since 4.19
 * (pciehp.md 2.6, 5.2). IGNORE_CHECK is where later generations ask whether recovery caused them.
 */
import { createMachine } from 'xstate';

export const hotplug_thread = createMachine({
  id: 'hotplug_thread',
  initial: 'SLEEP',
  states: {
    SLEEP: { invoke: { src: 'hp_wait' }, on: { WOKEN: 'FETCH' } },
    FETCH: { invoke: { src: 'hp_fetch' }, on: { EVENTS: 'IGNORE_CHECK', NONE: 'EXIT' } },
    IGNORE_CHECK: { invoke: { src: 'hp_ignore' }, on: { KEPT: 'CHANGE', DROPPED: 'EXIT' } },
    CHANGE: { invoke: { src: 'hp_change' }, on: { HANDLED: 'EXIT' } },
    EXIT: { invoke: { src: 'hp_exit' }, on: { SLEEPS: 'SLEEP' } },
  },
});

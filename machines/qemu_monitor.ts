/** A person at the QEMU monitor: lets the guest become quiet, then types one command. */
import { createMachine } from 'xstate';

export const qemu_monitor = createMachine({
  id: 'qemu_monitor',
  initial: 'WAIT_QUIET',
  states: {
    WAIT_QUIET: {
      invoke: { src: 'qemu_monitor_wait' },
      on: { ADD: 'DEVICE_ADD', DEL: 'DEVICE_DEL' },
    },
    DEVICE_ADD: { invoke: { src: 'device_add' }, on: { ADDED: 'DONE', REFUSED: 'DONE' } },
    DEVICE_DEL: { invoke: { src: 'device_del' }, on: { REQUESTED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

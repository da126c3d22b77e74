/** drmgr takes a device out of a slot; where a race has a second device, that is plugged next. */
import { createMachine } from 'xstate';

export const slot_exchange = createMachine({
  id: 'slot_exchange',
  initial: 'WAIT',
  states: {
    WAIT: { invoke: { src: 'unplug_wait' }, on: { USED: 'LOCK' } },
    LOCK: { invoke: { src: 'unplug_lock' }, on: { LOCKED: 'REMOVE' } },
    REMOVE: { invoke: { src: 'take_away' }, on: { REMOVED: 'UNLOCK' } },
    UNLOCK: { invoke: { src: 'unplug_unlock' }, on: { UNLOCKED: 'FLUSH' } },
    FLUSH: { invoke: { src: 'path_flush' }, on: { FLUSHED: 'DEVICE_TREE' } },
    DEVICE_TREE: { invoke: { src: 'drmgr_settle' }, on: { SETTLED: 'ISOLATE' } },
    ISOLATE: {
      invoke: { src: 'drmgr_release' },
      on: { RELEASED: 'ASSIGN', REFUSED: 'FAILED' },
    },
    ASSIGN: { invoke: { src: 'replug_assign' }, on: { ASSIGNED: 'ADD', EMPTY: 'DONE' } },
    ADD: { invoke: { src: 'replug_add' }, on: { ADDED: 'DONE' } },
    // The device is gone from Linux and still belongs to the partition.
    FAILED: { type: 'final' },
    DONE: { type: 'final' },
  },
});

/** slot->state of Linux 4.18, pciehp.md 5.8: the last request that was queued, or STATIC. */
import { createMachine } from 'xstate';

export const slot_static = createMachine({
  id: 'slot_static',
  initial: 'STATIC',
  states: {
    STATIC: { on: { ENABLE: 'POWERON', DISABLE: 'POWEROFF' } },
    POWERON: { on: { DISABLE: 'POWEROFF', FINISHED: 'STATIC', ENABLE: 'POWERON' } },
    POWEROFF: { on: { ENABLE: 'POWERON', FINISHED: 'STATIC', DISABLE: 'POWEROFF' } },
  },
});

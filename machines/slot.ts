/**
 * controller->state, the state of a hotplug slot since Linux 4.19 (pciehp.md 5.1). Every transition
 * is a write by the IRQ thread under state_lock; the first one is pcie_init()'s.
 */
import { createMachine } from 'xstate';

export const slot = createMachine({
  id: 'slot',
  initial: 'NONE',
  states: {
    // Before pcie_init() there is no controller; it starts ON when boot found a device.
    NONE: { on: { EMPTY_AT_PROBE: 'OFF', POPULATED_AT_PROBE: 'ON' } },
    OFF: { on: { BUTTON: 'BLINKINGON', OCCUPIED: 'POWERON', DISABLE: 'POWEROFF' } },
    BLINKINGON: { on: { BUTTON: 'OFF', OCCUPIED: 'POWERON', DISABLE: 'POWEROFF' } },
    POWERON: { on: { BROUGHT_UP: 'ON', FAILED: 'OFF' } },
    ON: { on: { BUTTON: 'BLINKINGOFF', CHANGED: 'POWEROFF', DISABLE: 'POWEROFF' } },
    BLINKINGOFF: { on: { BUTTON: 'ON', CHANGED: 'POWEROFF', DISABLE: 'POWEROFF' } },
    POWEROFF: { on: { BROUGHT_DOWN: 'OFF' } },
  },
});

/**
 * pciehp_probe() in the order of Linux 4.20-rc1 (pciehp.md 2.6, probe order). The slot object, made
 * before the interrupt is requested, and its sysfs files, published before presence is checked,
 * have no word in the memory.
 */
import { createMachine } from 'xstate';

export const pciehp_probe = createMachine({
  id: 'pciehp_probe',
  initial: 'PCIE_INIT',
  states: {
    PCIE_INIT: { invoke: { src: 'pcie_init' }, on: { INITIALISED: 'REQUEST_IRQ' } },
    REQUEST_IRQ: {
      invoke: { src: 'pciehp_request_irq' },
      on: { IRQ_REQUESTED: 'ENABLE_NOTIFICATION' },
    },
    ENABLE_NOTIFICATION: {
      invoke: { src: 'pcie_init_notification' },
      on: { NOTIFICATION_ENABLED: 'CHECK_PRESENCE' },
    },
    CHECK_PRESENCE: { invoke: { src: 'pciehp_check_presence' }, on: { PRESENCE_CHECKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/**
 * pciehp_probe() with what the rows of pciehp.md 4 add to it: the quirk that enumeration applies,
 * and the two places where the slot's files may be published.
 */
import { createMachine } from 'xstate';

export const pciehp_boot = createMachine({
  id: 'pciehp_boot',
  initial: 'QUIRKS',
  states: {
    QUIRKS: { invoke: { src: 'pciehp_quirks' }, on: { QUIRKED: 'PCIE_INIT' } },
    PCIE_INIT: { invoke: { src: 'pcie_init' }, on: { INITIALISED: 'INIT_SLOT' } },
    INIT_SLOT: {
      invoke: { src: 'pciehp_slot_initialised' },
      on: { SLOT_INITIALISED: 'REQUEST_IRQ' },
    },
    REQUEST_IRQ: {
      invoke: { src: 'pciehp_request_irq' },
      on: { IRQ_REQUESTED: 'ENABLE_NOTIFICATION' },
    },
    ENABLE_NOTIFICATION: {
      invoke: { src: 'pcie_init_notification' },
      on: { NOTIFICATION_ENABLED: 'ADD_SLOT' },
    },
    ADD_SLOT: { invoke: { src: 'pciehp_slot_added' }, on: { SLOT_ADDED: 'CHECK_PRESENCE' } },
    CHECK_PRESENCE: { invoke: { src: 'pciehp_check_presence' }, on: { PRESENCE_CHECKED: 'DONE' } },
    DONE: { type: 'final' },
  },
});

/** Boot of a PHB: it is scanned, its functions are added, then others may begin. */
import { createMachine } from 'xstate';

export const phb_boot = createMachine({
  id: 'phb_boot',
  initial: 'SCAN',
  states: {
    SCAN: { invoke: { src: 'pcibios_init' }, on: { SCANNED: 'ADD' } },
    ADD: { invoke: { src: 'boot_add_devices' }, on: { ADDED: 'TELL' } },
    TELL: { invoke: { src: 'boot_done' }, on: { TOLD: 'DONE' } },
    DONE: { type: 'final' },
  },
});

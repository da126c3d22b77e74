/** DR connectors as PAPR has them (eeh.md 4.7): of a PCI slot (physical) and of a PHB (logical). */
import { createMachine } from 'xstate';

export const drc_physical = createMachine({
  id: 'drc_physical',
  initial: 'CONFIGURED',
  states: {
    POWERON: { on: { UNISOLATE: 'UNISOLATE' } },
    // Isolating it here is a parameter error.
    UNISOLATE: { on: { CONFIGURE_CONNECTOR: 'CONFIGURED' } },
    CONFIGURED: { on: { ISOLATE: 'POWERON' } },
  },
});

export const drc_logical = createMachine({
  id: 'drc_logical',
  initial: 'CONFIGURED',
  states: {
    UNUSABLE: { on: { USABLE: 'AVAILABLE' } },
    AVAILABLE: { on: { UNISOLATE: 'UNISOLATE', UNUSABLE: 'UNUSABLE' } },
    UNISOLATE: { on: { CONFIGURE_CONNECTOR: 'CONFIGURED' } },
    CONFIGURED: { on: { ISOLATE: 'AVAILABLE' } },
  },
});

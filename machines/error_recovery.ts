/**
 * Recovery from a fatal error by DPC or AER (pciehp.md 5.5, 5.6). DETECTED is the broadcast of
 * error_detected, or the removal of all devices (4.18, 4.19); RESUME their counterpart.
 */
import { createMachine } from 'xstate';

export const error_recovery = createMachine({
  id: 'error_recovery',
  initial: 'ARMED',
  states: {
    ARMED: { invoke: { src: 'err_wait' }, on: { CONTAINED: 'DETECTED' } },
    DETECTED: {
      invoke: { src: 'err_detected' },
      on: { TOLD: 'RESETTING', SURPRISE: 'SURPRISE_CLEAN' },
    },
    RESETTING: {
      invoke: { src: 'err_reset_link' },
      on: { RECOVERED: 'RESUME', DISCONNECT: 'FAILED' },
    },
    SURPRISE_CLEAN: { invoke: { src: 'err_surprise' }, on: { CLEANED: 'EXIT' } },
    RESUME: { invoke: { src: 'err_resume' }, on: { RESUMED: 'EXIT', DISCONNECT: 'FAILED' } },
    FAILED: { invoke: { src: 'err_failed' }, on: { TOLD: 'EXIT' } },
    EXIT: { invoke: { src: 'err_exit' }, on: { SLEEPS: 'ARMED' } },
  },
});

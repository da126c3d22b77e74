/**
 * eehd, the EEH recovery thread: eeh.md 4.3 with the phases of 1.3.5. What a phase finds is the
 * event that leaves it. END undoes P0 and gives the event back, on every way out.
 */
import { createMachine } from 'xstate';

export const eehd = createMachine({
  id: 'eehd',
  initial: 'START',
  states: {
    START: { invoke: { src: 'eehd_start' }, on: { STARTED: 'IDLE' } },
    IDLE: {
      invoke: { src: 'eeh_event_handler' },
      on: { NO_EVENT: 'IDLE', EVENT: 'P0', SPECIAL: 'SPECIAL' },
    },
    SPECIAL: { invoke: { src: 'eeh_special_event' }, on: { FROZEN: 'P0', NO_ERROR: 'IDLE' } },
    P0: { invoke: { src: 'P0_lock' }, on: { LOCKED: 'P1', NOT_FROZEN: 'END' } },
    P1: { invoke: { src: 'P1_bus' }, on: { BUS: 'P2', NO_BUS: 'END' } },
    P2: {
      invoke: { src: 'P2_presence' },
      on: { PRESENT: 'P3', EMPTY: 'P13', EMPTY_FAILED: 'P12' },
    },
    P3: { invoke: { src: 'P3_log' }, on: { LOGGED: 'P4' } },
    P4: { invoke: { src: 'P4_count' }, on: { COUNTED: 'P5', TOO_MANY: 'P12' } },
    P5: { invoke: { src: 'P5_report_error' }, on: { REPORTED: 'P6', DISCONNECT: 'P12' } },
    P6: { invoke: { src: 'P6_wait' }, on: { READY: 'P7', FAILED: 'P12' } },
    P7: {
      invoke: { src: 'P7_collect' },
      on: { NO_DRIVER: 'P8', CAN_RECOVER: 'P9', NEED_RESET: 'P10', RECOVERED: 'P11' },
    },
    P8: { invoke: { src: 'P8_full_reset' }, on: { RESET: 'P11', FAILED: 'P12' } },
    P9: {
      invoke: { src: 'P9_enable' },
      on: { RECOVERED: 'P11', NEED_RESET: 'P10', DISCONNECT: 'P12' },
    },
    P10: { invoke: { src: 'P10_reset' }, on: { RECOVERED: 'P11', DISCONNECT: 'P12' } },
    P11: { invoke: { src: 'P11_resume' }, on: { RESUMED: 'P13' } },
    P12: { invoke: { src: 'P12_fail' }, on: { REMOVED: 'END' } },
    P13: { invoke: { src: 'P13_cleanup' }, on: { CLEANED: 'END' } },
    END: { invoke: { src: 'END_unlock' }, on: { HANDLED: 'IDLE', AGAIN: 'SPECIAL' } },
  },
});

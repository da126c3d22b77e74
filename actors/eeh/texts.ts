/** Words that go into log lines through %s (eeh.md 5), as the numbers that stand for texts. */
import { registerText } from '../../src/ops/sites.ts';
import {
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_NONE,
  PCI_ERS_RESULT_RECOVERED,
} from '../driver/structs.ts';
import { REPORT_ERROR, REPORT_MMIO_ENABLED, REPORT_RESET, REPORT_RESUME } from './flags.ts';

export const NO_DEVICE = registerText('no device');
export const NO_DRIVER = registerText('no driver');
export const NOT_AWARE = registerText('driver not EEH aware');
export const BOUND_TOO_LATE = registerText('driver bound too late');
export const DEVICE_CHANGED = registerText('Device changed during processing!');

const ERROR = registerText('error_detected(IO frozen)');
const MMIO_ENABLED = registerText('mmio_enabled');
const MMIO_ENABLED_CALL = registerText('mmio_enabled()');
const SLOT_RESET = registerText('slot_reset');
const SLOT_RESET_CALL = registerText('slot_reset()');
const RESUME = registerText('resume');
const RESUME_CALL = registerText('resume()');
const FAILURE = registerText('error_detected(permanent failure)');

const NONE = registerText('none');
const CAN_RECOVER = registerText('can recover');
const NEED_RESET = registerText('need reset');
const DISCONNECT = registerText('disconnect');
const RECOVERED = registerText('recovered');
const NO_AER_DRIVER = registerText('no AER driver');

/** A report's name. */
export function report_name(phase: number): number {
  switch (phase) {
    case REPORT_ERROR:
      return ERROR;
    case REPORT_MMIO_ENABLED:
      return MMIO_ENABLED;
    case REPORT_RESET:
      return SLOT_RESET;
    case REPORT_RESUME:
      return RESUME;
    default:
      return FAILURE;
  }
}

/** The callback that a report invokes. */
export function callback_name(phase: number): number {
  switch (phase) {
    case REPORT_MMIO_ENABLED:
      return MMIO_ENABLED_CALL;
    case REPORT_RESET:
      return SLOT_RESET_CALL;
    case REPORT_RESUME:
      return RESUME_CALL;
    default:
      return report_name(phase);
  }
}

export function result_name(result: number): number {
  switch (result) {
    case PCI_ERS_RESULT_NONE:
      return NONE;
    case PCI_ERS_RESULT_CAN_RECOVER:
      return CAN_RECOVER;
    case PCI_ERS_RESULT_NEED_RESET:
      return NEED_RESET;
    case PCI_ERS_RESULT_DISCONNECT:
      return DISCONNECT;
    case PCI_ERS_RESULT_RECOVERED:
      return RECOVERED;
    default:
      return NO_AER_DRIVER;
  }
}

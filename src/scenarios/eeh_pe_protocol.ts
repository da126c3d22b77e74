/** The order in which a driver may see its callbacks (eeh.md 4.5, 2.5 #12). */
import {
  DRIVER_ERROR_DETECTED,
  DRIVER_MMIO_ENABLED,
  DRIVER_PERM_FAILURE,
  DRIVER_PROBE,
  DRIVER_REMOVE,
  DRIVER_RESUME,
  DRIVER_RETURNED,
  DRIVER_SLOT_RESET,
  HISTORY,
  pci_driver,
} from '../../actors/driver/structs.ts';
import type { MemoryView } from '../actor/program.ts';

const NAMES: Readonly<Record<number, string>> = {
  [DRIVER_PROBE]: 'probe',
  [DRIVER_REMOVE]: 'remove',
  [DRIVER_ERROR_DETECTED]: 'error_detected',
  [DRIVER_MMIO_ENABLED]: 'mmio_enabled',
  [DRIVER_SLOT_RESET]: 'slot_reset',
  [DRIVER_RESUME]: 'resume',
  [DRIVER_PERM_FAILURE]: 'error_detected(permanent failure)',
};

/** Drivers of devices that are there at the start have no probe in their history. */
interface DriverState {
  bound: boolean | undefined;
  /** The last error callback since the error began; undefined: no error is going on. */
  last: number | undefined;
}

function historyOf(memory: MemoryView, driver: number): number[] {
  const length = Math.min(memory.read(driver + pci_driver.history_length), HISTORY);
  const at = driver + pci_driver.history.at;
  return Array.from({ length }, (_, i) => memory.read(at + i));
}

/** Its device was taken away in the middle of a recovery, and nobody said that it is lost. */
export function lostUntold(memory: MemoryView, driver: number): boolean {
  let told: boolean | undefined;
  for (const code of historyOf(memory, driver)) {
    if (code === DRIVER_ERROR_DETECTED) told = false;
    else if (code === DRIVER_PERM_FAILURE || code === DRIVER_RESUME) told = true;
    else if (code === DRIVER_REMOVE && told === false) return true;
  }
  return false;
}

/** What is wrong with a driver's history, or null. */
export function protocolBreach(memory: MemoryView, driver: number): string | null {
  const state: DriverState = { bound: undefined, last: undefined };
  let open: number | undefined;
  for (const code of historyOf(memory, driver)) {
    const what = code & ~DRIVER_RETURNED;
    if ((code & DRIVER_RETURNED) !== 0) {
      open = undefined;
      continue;
    }
    if (open !== undefined) return `${nameOf(what)} while ${nameOf(open)} was running`;
    open = what;
    const breach = step(state, what);
    if (breach !== null) return breach;
  }
  return null;
}

function nameOf(code: number): string {
  return NAMES[code] ?? String(code);
}

function step(state: DriverState, what: number): string | null {
  if (what === DRIVER_PROBE) {
    if (state.bound === true) return 'probe of a driver that is bound';
    state.bound = true;
    state.last = undefined;
    return null;
  }
  if (state.bound === false) return `${nameOf(what)} after remove`;
  state.bound = what !== DRIVER_REMOVE;
  switch (what) {
    case DRIVER_MMIO_ENABLED:
    case DRIVER_SLOT_RESET:
      if (state.last === undefined) return `${nameOf(what)} without error_detected`;
      state.last = what;
      return null;
    case DRIVER_RESUME:
      if (state.last === undefined) return 'resume without error_detected';
      state.last = undefined;
      return null;
    case DRIVER_ERROR_DETECTED:
      state.last = what;
      return null;
    default:
      state.last = undefined;
      return null;
  }
}

/** A device driver: which error callbacks it has, what they answer, how long they take. */
import { completion } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** Entries of a driver's history; later ones are not kept. */
export const HISTORY = 24;

export const pci_driver = struct('pci_driver', {
  name: word('its name, as the number of a text (registerText)', 'const'),
  err_handler: word('HAS_* bits of pci_error_handlers; 0 = not EEH aware', 'const'),
  error_detected_answer: word('pci_ers_result of error_detected(frozen)', 'const'),
  mmio_enabled_answer: word('pci_ers_result of mmio_enabled', 'const'),
  slot_reset_answer: word('pci_ers_result of slot_reset', 'const'),
  error_detected_ms: word('how long error_detected blocks; 0 = not at all; or CRASHES', 'const'),
  remove_ms: word('how long remove() blocks, with device_lock held; 0 = not at all', 'const'),
  uses_msi: word('probe() enables MSI; otherwise it requests the INTx line', 'const'),
  removes_children: word('error_detected removes what is behind its bridge', 'const'),
  uevent: word('completion of whoever listens to its uevents; 0 = nobody', 'const'),
  do_exit: embed(completion, 'where a thread that crashed in a callback stands for ever'),
  history_length: word('callbacks recorded'),
  history: words(HISTORY, 'bookkeeping: DRIVER_* codes in the order they happened'),
});

/** error_detected_ms of a driver that dereferences NULL in its callback. */
export const CRASHES = -1;

export const HAS_ERROR_DETECTED = 1;
export const HAS_MMIO_ENABLED = 2;
export const HAS_SLOT_RESET = 4;
export const HAS_RESUME = 8;

/** History codes; plus DRIVER_RETURNED when the callback returned. */
export const DRIVER_PROBE = 1;
export const DRIVER_REMOVE = 2;
export const DRIVER_ERROR_DETECTED = 3;
export const DRIVER_MMIO_ENABLED = 4;
export const DRIVER_SLOT_RESET = 5;
export const DRIVER_RESUME = 6;
/** error_detected(permanent failure). */
export const DRIVER_PERM_FAILURE = 7;
export const DRIVER_RETURNED = 16;

/** enum pci_ers_result. */
export const PCI_ERS_RESULT_NONE = 1;
export const PCI_ERS_RESULT_CAN_RECOVER = 2;
export const PCI_ERS_RESULT_NEED_RESET = 3;
export const PCI_ERS_RESULT_DISCONNECT = 4;
export const PCI_ERS_RESULT_RECOVERED = 5;
export const PCI_ERS_RESULT_NO_AER_DRIVER = 6;

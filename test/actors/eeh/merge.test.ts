import { describe, expect, test } from 'vitest';
import {
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_NO_AER_DRIVER,
  PCI_ERS_RESULT_NONE,
  PCI_ERS_RESULT_RECOVERED,
} from '../../../actors/driver/structs.ts';
import { pci_ers_merge_result } from '../../../actors/eeh/eeh_report.ts';
import { state_bits, state_delay_ms, with_delay } from '../../../actors/eeh/flags.ts';

/** eeh.md 4.5, lowest first. */
const ORDER = [
  PCI_ERS_RESULT_NONE,
  PCI_ERS_RESULT_NO_AER_DRIVER,
  PCI_ERS_RESULT_RECOVERED,
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
];

describe('answers of drivers', () => {
  test('merge to the highest of eeh.md 4.5, in whatever order they come', () => {
    ORDER.forEach((a, i) => {
      ORDER.forEach((b, j) => {
        expect(pci_ers_merge_result(a, b)).toBe(ORDER[Math.max(i, j)]);
      });
    });
  });
});

describe('get_state', () => {
  test('answers bits and a delay in one word', () => {
    expect(state_bits(with_delay(1, 300_000))).toBe(1);
    expect(state_delay_ms(with_delay(1, 300_000))).toBe(300_000);
    expect(state_delay_ms(0x7f)).toBe(0);
  });
});

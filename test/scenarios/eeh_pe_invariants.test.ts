/** Every invariant has a canary: one word wrong at the end of a good execution, and it fails. */
import { describe, expect, test } from 'vitest';
import {
  EEH_DEV_IRQ_DISABLED,
  EEH_PE_INVALID,
  EEH_PE_ISOLATED,
  EEH_PE_RECOVERING,
  EEH_PE_REMOVED,
} from '../../actors/eeh/flags.ts';
import { brokenInvariants } from './eeh_pe_cell.ts';

const { eeh_dev, eeh_ledger, eeh_pe } = await import('../../actors/eeh/structs.ts');
const { pci_function, pe_regs } = await import('../../actors/hardware/phb_regs.ts');
const { pci_dev } = await import('../../actors/pci/structs.ts');
const {
  DRIVER_ERROR_DETECTED,
  DRIVER_PERM_FAILURE,
  DRIVER_REMOVE,
  DRIVER_RESUME,
  DRIVER_RETURNED,
  DRIVER_SLOT_RESET,
  pci_driver,
} = await import('../../actors/driver/structs.ts');

type Change = (words: Int32Array, at: (name: string) => number) => void;

const broken = (change: Change): readonly string[] => brokenInvariants('T11a', 'keep-flag', change);
const set =
  (object: string, field: number, value: number): Change =>
  (words, at) => {
    words[at(object) + field] = value;
  };
const add =
  (object: string, field: number, bits: number): Change =>
  (words, at) => {
    const place = at(object) + field;
    words[place] = (words[place] ?? 0) | bits;
  };
const history =
  (...codes: readonly number[]): Change =>
  (words, at) => {
    words[at('driver nvme') + pci_driver.history_length] = codes.length;
    words.set(codes, at('driver nvme') + pci_driver.history.at);
  };

test('a good end breaks no invariant', () => {
  expect(broken(() => undefined)).toEqual([]);
});

describe('canaries', () => {
  const edev = 'edev 0000:01:00.0';
  test('child-links', () => {
    expect(broken(set('PE#2', eeh_pe.parent, 0))).toContain('child-links');
  });
  test('device-links', () => {
    expect(broken(set(edev, eeh_dev.pe, 0))).toContain('device-links');
    expect(broken(set('0000:01:00.0', pci_dev.edev, 0))).toContain('device-links');
  });
  test('lost-event', () => {
    expect(broken(add('PE#2', eeh_pe.state, EEH_PE_ISOLATED))).toContain('lost-event');
  });
  test('sticky-recovering', () => {
    const change = add('PE#2', eeh_pe.state, EEH_PE_RECOVERING);
    expect(broken(change)).toEqual(['sticky-recovering']);
  });
  test('zombie-pe', () => {
    expect(broken(add('PE#2', eeh_pe.type, EEH_PE_INVALID))).toEqual(['zombie-pe']);
    expect(broken(add('PE#2', eeh_pe.state, EEH_PE_REMOVED))).toEqual(['zombie-pe']);
  });
  test('counted-once', () => {
    expect(broken(set('PE#2', eeh_pe.freeze_count, 2))).toEqual(['counted-once']);
  });
  test('clean-after-success', () => {
    const regs = 'PE#2 registers';
    for (const change of [
      set(regs, pe_regs.freeze_status, 1),
      set('function 0000:01:00.0', pci_function.bar0, 0),
      set('0000:01:00.0', pci_dev.error_state, 2),
      add(edev, eeh_dev.mode, EEH_DEV_IRQ_DISABLED),
      set('INTA', 2, 1),
    ]) {
      expect(broken(change)).toEqual(['clean-after-success']);
    }
  });
  test('callback-protocol', () => {
    expect(broken(history(DRIVER_SLOT_RESET))).toEqual(['callback-protocol']);
    expect(broken(history(DRIVER_RESUME))).toEqual(['callback-protocol']);
    const overlapping = history(DRIVER_ERROR_DETECTED, DRIVER_SLOT_RESET);
    expect(broken(overlapping)).toEqual(['callback-protocol']);
  });
  test('unreported-failure', () => {
    const ends = (status: number) =>
      brokenInvariants('T20', 'none', set('PE#2 registers', pe_regs.freeze_status, status));
    expect(ends(3)).toContain('unreported-failure');
    expect(ends(0)).not.toContain('unreported-failure');
  });
  test('stale-phb-pe', () => {
    expect(brokenInvariants('T14', 'none', () => undefined)).toEqual(['stale-phb-pe']);
    const apart = set('eeh_pe#1', eeh_pe.type, EEH_PE_INVALID);
    expect(brokenInvariants('T14', 'none', apart)).toEqual([]);
  });
  test('fair-queue', () => {
    const ends = (times: number) =>
      brokenInvariants('T22', 'per-phb-thread', set('ledger', eeh_ledger.overtaken, times));
    expect(ends(1)).toEqual([]);
    expect(ends(2)).toEqual(['fair-queue']);
  });
  test('told-of-failure', () => {
    const ends = (...codes: readonly number[]) =>
      brokenInvariants('B31', 'rescan-lock', history(...codes));
    expect(ends(DRIVER_ERROR_DETECTED, DRIVER_RETURNED | DRIVER_ERROR_DETECTED)).toEqual([]);
    const told = [DRIVER_ERROR_DETECTED, DRIVER_RETURNED, DRIVER_PERM_FAILURE, DRIVER_RETURNED];
    expect(ends(...told, DRIVER_REMOVE)).toEqual([]);
    const untold = [DRIVER_ERROR_DETECTED, DRIVER_RETURNED, DRIVER_REMOVE];
    expect(ends(...untold)).toEqual(['told-of-failure']);
  });
  test('orphan-pe', () => {
    const names = broken((words, at) => {
      const entry = at('PE#2') + eeh_pe.orphan.at;
      words[at('eeh_orphan_pes')] = entry;
      words[entry] = at('eeh_orphan_pes');
    });
    expect(names).toEqual(['orphan-pe']);
  });
});

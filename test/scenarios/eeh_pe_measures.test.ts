/** Every measure has a known value: of an execution, or of words set at the end of one. */
import { describe, expect, test } from 'vitest';
import { EEH_PE_INVALID, EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import { measured, programOf, searched } from './eeh_pe_cell.ts';

const { eeh_ledger, eeh_pe } = await import('../../actors/eeh/structs.ts');
const { mutex } = await import('../../src/memory/kernel_structs.ts');

/** A word of the ledger is set at the end of T11a: one recovery, nothing left of it. */
const withWord = (name: string, field: number, value: number): number =>
  measured(name, 'T11a', 'keep-flag', (words, at) => {
    words[at('ledger') + field] = value;
  });

function range(name: string, race: string, design: string, bound = 0) {
  const found = searched(race, design, bound).measures.find((one) => one.name === name);
  return [found?.min, found?.max];
}

test('each measure has a name and a unit of its own', () => {
  const { measures } = programOf('T1', 'none');
  expect(new Set(measures.map(({ name }) => name)).size).toBe(measures.length);
  for (const { unit } of measures) expect(unit).not.toBe('');
});

describe('traversal completeness', () => {
  const name = 'traversal completeness';
  test('is all of it where nobody unplugs anything', () => {
    expect(measured(name, 'T11a', 'keep-flag')).toBe(100);
    expect(range(name, 'N2', 'per-phb-thread')).toEqual([100, 100]);
  });

  test('is a share of the devices that were there through a whole report', () => {
    const share = measured(name, 'T11a', 'keep-flag', (words, at) => {
      words[at('ledger') + eeh_ledger.edevs_existing] = 4;
      words[at('ledger') + eeh_ledger.edevs_visited] = 3;
    });
    expect(share).toBe(75);
  });

  test('is not reduced by devices that left or came meanwhile', () => {
    expect(range(name, 'T2', 'deferral', 1)).toEqual([100, 100]);
  });

  test('counts devices: T11a has two, with one of them unplugged in the reset', () => {
    // error_detected: both; slot_reset and resume: both again, as the second one is back.
    expect(measured('edevs to visit', 'T11a', 'keep-flag')).toBe(6);
    expect(measured('edevs visited once', 'T11a', 'keep-flag')).toBe(6);
  });
});

describe('latencies', () => {
  test('a detector that takes spinlocks only needs no virtual time', () => {
    for (const design of ['none', 'rescan-lock-nolock', 'two-lock', 'deferral']) {
      expect(measured('detector latency', 'N2', design)).toBe(0);
    }
    expect(withWord('detector latency', eeh_ledger.detector_ms, 7)).toBe(7);
  });

  test('a suspect waits for as long as eehd is at other recoveries', () => {
    expect(range('decision latency', 'T1', 'deferral')).toEqual([0, 1000]);
    expect(range('decision latency', 'T1', 'keep-flag')).toEqual([0, 0]);
    // The suspect of the last PHB waits for the callbacks of the others.
    expect(range('decision latency', 'N2', 'deferral')).toEqual([5000, 5000]);
    expect(range('decision latency', 'N3', 'deferral')).toEqual([10_000, 10_000]);
  });
});

describe('longest hold of pci_rescan_remove_lock', () => {
  const name = 'longest hold of pci_rescan_remove_lock';
  test('is a callback of five seconds in V5, and nothing where the lock is for reading', () => {
    expect(measured(name, 'N2', 'rescan-lock-nolock')).toBe(5000);
    expect(measured(name, 'N2', 'keep-flag')).toBe(0);
  });

  test('includes a hold that has not ended', () => {
    const held = measured(name, 'T11a', 'keep-flag', (words, at) => {
      words[at('pci_rescan_remove_lock') + mutex.owner] = 1;
      words[at('ledger') + eeh_ledger.rescan_since_ms] = 1000;
    });
    // 250 ms and 1800 ms of reset, 5 s before the hotplug; the clock started at 1000.
    expect(held).toBe(7050);
  });
});

describe('recovery makespan', () => {
  const name = 'recovery makespan';
  test('adds up with one thread, and does not with a thread for each PHB', () => {
    for (const design of ['none', 'keep-flag', 'rescan-lock-nolock', 'refcount', 'deferral']) {
      expect(range(name, 'N2', design)).toEqual([10_000, 10_000]);
      expect(range(name, 'N3', design)).toEqual([15_000, 15_000]);
    }
    expect(range(name, 'N2', 'per-phb-thread')).toEqual([5000, 5000]);
    expect(range(name, 'N3', 'per-phb-thread')).toEqual([5000, 5000]);
  });
});

test('a full hotplug keeps pci_rescan_remove_lock for 5 s, which PHBs do not share', () => {
  const reset = 250 + 1800;
  const serial = 2 * (reset + 5000);
  expect(range('recovery makespan', 'N2h', 'two-lock')).toEqual([serial, serial]);
  const parallel = reset + 2 * 5000;
  expect(range('recovery makespan', 'N2h', 'per-phb-thread')).toEqual([parallel, parallel]);
  const hold = 'longest hold of pci_rescan_remove_lock';
  expect(range(hold, 'N2h', 'two-lock')).toEqual([5000, 5000]);
  expect(range(hold, 'N2h', 'rescan-lock-nolock')).toEqual([reset + 5000, reset + 5000]);
});

describe('leaked PEs', () => {
  const name = 'leaked PEs';
  const change =
    (field: number, bits: number) =>
    (words: Int32Array, at: (object: string) => number): void => {
      const place = at('PE#2') + field;
      words[place] = (words[place] ?? 0) | bits;
    };

  test('none after a recovery without hotplug', () => {
    expect(measured(name, 'T11a', 'keep-flag')).toBe(0);
  });

  test('one that is INVALID counts once', () => {
    const invalid = change(eeh_pe.type, EEH_PE_INVALID);
    expect(measured(name, 'T11a', 'keep-flag', invalid)).toBe(1);
    const stuck = change(eeh_pe.state, EEH_PE_RECOVERING);
    expect(measured('PEs left RECOVERING', 'T11a', 'keep-flag', stuck)).toBe(1);
  });

  test('the PE of a device that was given up stays', () => {
    expect(range(name, 'B31', 'rescan-lock-nolock')).toEqual([1, 1]);
  });
});

test('times an event was overtaken: not at all with a queue for each PHB', () => {
  const name = 'times an event was overtaken';
  expect(range(name, 'T22', 'per-phb-thread')).toEqual([0, 0]);
  // Of three events the oldest is overtaken twice, unless eehd takes it before the others come.
  expect(range(name, 'N3', 'keep-flag', 1)).toEqual([1, 2]);
});

import { describe, expect, test } from 'vitest';
import {
  drc,
  hash_table,
  mmio_function,
  nth,
  rpa_slot,
  translation,
  vmap_cpu,
  vmap_ledger,
} from '../../actors/mm/structs.ts';
import { DRC_CONFIGURED, DRC_POWERON } from '../../actors/pseries/drc_states.ts';
import { TopologyError } from '../../src/topology/error.ts';
import {
  brokenInvariants,
  defaultMachine,
  programOf,
  system,
  undisturbed,
} from './vmap_alias_cell.ts';

const D1_MAPPING = 1;
const D2_MAPPING = 2;
const D1_PAGE = 1;

describe('the invariants of eeh.md 2.2.3', () => {
  test('none is broken by the upstream design, with and without a connector', () => {
    expect(brokenInvariants('I1-A', 'B')).toEqual([]);
    expect(brokenInvariants('I1-B', 'B')).toEqual([]);
  });

  test('own-bar-only: D2 was reached through what was made for D1', () => {
    const broken = brokenInvariants('I1-B', 'B', (words, at) => {
      words[at('D2') + mmio_function.origins] = 1 << D1_MAPPING;
    });
    expect(broken).toEqual(['own-bar-only: wild-device-access']);
  });

  test('isolated-is-unmapped: one TLB entry is enough', () => {
    const broken = brokenInvariants('I1-A', 'B', (words, at) => {
      words[at('drc') + drc.state] = DRC_POWERON;
      words[nth(at('cpu1') + vmap_cpu.tlb.at, 2)] = translation(D1_MAPPING, D1_PAGE);
    });
    expect(broken).toEqual(['isolated-is-unmapped: assertion']);
  });

  test('isolated-is-unmapped: translations to other pages do not count', () => {
    const broken = brokenInvariants('I1-A', 'B', (words, at) => {
      words[nth(at('hash_table') + hash_table.hpte.at, 2)] = translation(D2_MAPPING, 5);
    });
    expect(broken).toEqual([]);
  });

  test('lazy-pages-not-reused: a page in use still translates to its old mapping', () => {
    const broken = brokenInvariants('I1-B', 'B', (words, at) => {
      for (const va of [1, 2]) {
        words[nth(at('cpu0') + vmap_cpu.tlb.at, va)] = translation(D1_MAPPING, D1_PAGE);
      }
    });
    expect(broken).toEqual(['lazy-pages-not-reused: assertion']);
  });

  test('owners-agree: gone from Linux, still owned by the partition', () => {
    const broken = brokenInvariants('I1-A', 'B', (words, at) => {
      words[at('drc') + drc.state] = DRC_CONFIGURED;
      words[at('drc') + drc.unplug_requested] = 1;
    });
    expect(broken).toEqual(['owners-agree: assertion']);
  });

  test('owners-agree: a refusal is no quarrel while Linux has a device there', () => {
    const broken = brokenInvariants('I1-A', 'B', (words, at) => {
      words[at('drc') + drc.state] = DRC_CONFIGURED;
      words[at('drc') + drc.unplug_requested] = 1;
      words[at('slot') + rpa_slot.dev] = 1;
    });
    expect(broken).toEqual([]);
  });

  test('unmapped-access-faults: judged in the strict race only', () => {
    const late = (words: Int32Array, at: (name: string) => number): void => {
      words[at('ledger') + vmap_ledger.reached_late] = 1 << D1_MAPPING;
    };
    expect(brokenInvariants('I1-B-strict', 'E', late)).toEqual([
      'unmapped-access-faults: assertion',
    ]);
    expect(brokenInvariants('I1-B-gone', 'E', late)).toEqual([]);
  });
});

describe('the machine', () => {
  test('numbers the slot that the kernel log names', () => {
    const { trace } = undisturbed(programOf('I1-A', 'B'));
    expect(trace.log.map(({ text }) => text)).toEqual(['rpadlpar_io: slot 1 removed']);
  });

  test('must have an endpoint, or two for I1-D', () => {
    const machine = defaultMachine('I1-D');
    const alone = { ...machine, pciDevs: [], pes: [], slots: [], buses: [], phbs: [] };
    expect(() => programOf('I1-D', 'A', alone)).toThrow(TopologyError);
  });

  test('is a guest where connectors are asked, bare metal where none are', () => {
    expect(system.platformDefault('I1-A')).toBe('pseries');
    expect(system.platformDefault('I1-B')).toBe('powernv');
  });
});

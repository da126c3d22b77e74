import { describe, expect, test } from 'vitest';
import { TopologyError } from '../../src/topology/error.ts';
import type { Machine, Slot } from '../../src/topology/machine.ts';
import { machine, programOf, searched, system } from './dpc_cell.ts';

/** Addresses of the ports, buses and functions that the program is laid out on. */
function placeOf(race: string, given?: Machine): readonly string[] {
  const { layout } = programOf(race, '5-14', given);
  return layout.objects
    .map(({ name }) => name)
    .filter((name) => /^(bus )?\d{4}:/.test(name))
    .toSorted();
}

function indexOf(address: string): number {
  return machine.pciDevs.findIndex((dev) => dev.address === address);
}

/** The default machine with the first slot only, and another function in it. */
const nvme = machine.pciDevs[indexOf('0030:03:00.0')];
const twoFunctions: Machine = {
  ...machine,
  slots: machine.slots.slice(0, 1),
  pciDevs:
    nvme === undefined ? [] : [...machine.pciDevs, { ...nvme, address: '0030:03:00.1', devfn: 1 }],
};

/** The default machine with a slot at the root port above the switch. */
const outer: Slot = {
  number: 9,
  bridge: indexOf('0030:00:00.0'),
  capabilities: machine.slots[0]?.capabilities ?? null,
  pe: null,
};
const nested: Machine = { ...machine, slots: [...machine.slots, outer] };

test('a race is at the first slot with the fewest functions, D2 at the first such port', () => {
  expect(placeOf('b')).toEqual(['0030:02:00.0', '0030:03:00.0', 'bus 0030:03']);
  expect(placeOf('D2')).toEqual(['0002:00:00.0', '0002:01:00.0', 'bus 0002:01']);
});

test('R13 without a topology is on a dock, otherwise on the nested slots of the machine', () => {
  expect(placeOf('R13')).toContain('0000:05:00.0');
  expect(placeOf('R13', nested)).toContain('0030:01:00.0');
});

describe('a card of two functions', () => {
  test('is laid out whole', () => {
    const place = ['0030:02:00.0', '0030:03:00.0', '0030:03:00.1', 'bus 0030:03'];
    expect(placeOf('b', twoFunctions)).toEqual(place);
  });

  test('is left alone since 5.14, and removed twice in 4.19', () => {
    expect(searched('b', '5-14', 1, twoFunctions).verdict).toBe('pass');
    expect(searched('b', '4-19', 1, twoFunctions).counterexample?.finding.message).toBe(
      'removed after its recovery was reported successful',
    );
  });

  test('comes back whole where removal is the policy', () => {
    expect(searched('a', '4-18', 1, twoFunctions).verdict).toBe('pass');
    expect(searched('swap', '4-19', 1, twoFunctions).verdict).toBe('pass');
  });
});

test('a machine without the part says what is needed and what is there', () => {
  const without: Machine = { ...machine, slots: [] };
  for (const { id, needs } of system.races) {
    if (id === 'D2') continue;
    const build = (): unknown => programOf(id, '5-14', without);
    expect(build).toThrow(TopologyError);
    expect(build).toThrow(`race ${id} needs ${needs}; a file has `);
  }
  expect(() => programOf('b', '5-14', without)).toThrow('0 of them with a hot-plug slot');
  expect(() => programOf('D2', '5-14', { ...machine, pciDevs: [] })).toThrow(TopologyError);
});

test('O1 is at the first two slots', () => {
  const ports = ['0030:02:00.0', '0030:03:00.0', '0030:04:00.0', 'bus 0030:03'];
  expect(placeOf('O1')).toEqual(ports);
});

test('row-8 is at the port above the first slot, with the slot behind it', () => {
  const ports = ['0030:00:00.0', '0030:02:00.0', '0030:03:00.0', 'bus 0030:03'];
  expect(placeOf('row-8')).toEqual(ports);
});

import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine, type Machine } from '../../src/topology/machine.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { programOf, system } from './eeh_pe_cell.ts';

const { TopologyError } = await import('../../src/topology/error.ts');

function machine(race: string, ...lines: readonly string[]): Machine {
  const topology = readTopology(Buffer.from(`${lines.join('\n')}\n`), readLimits);
  return buildMachine(topology, system.platformDefault(race));
}

function build(race: string, on: Machine) {
  return system.build({
    race,
    design: 'none',
    machine: on,
    machineName: 'small.lspci',
    quarantine: 8,
  });
}

describe('eeh-pe on a machine of one function', () => {
  const lines = ['00:00.0 Ethernet controller: Some card'];

  test('hosts races of one function', () => {
    for (const race of ['T1', 'T4', 'T5', 'T6', 'T9', 'T11e', 'T12', 'T13', 'T17', 'B6']) {
      expect(build(race, machine(race, ...lines)).target).toBe(`eeh-pe/${race}`);
    }
  });

  test('says what the other races need', () => {
    const several = ['T11b', 'T11c', 'T11f', 'T22', 'N2', 'N2h', 'N3'];
    for (const race of ['T2', 'T3', 'T8', 'T9a', 'T10', 'T11a', ...several]) {
      const attempt = () => build(race, machine(race, ...lines));
      expect(attempt).toThrow(TopologyError);
      expect(attempt).toThrow(`race ${race} needs`);
    }
  });
});

test('names on the board are the addresses of the machine', () => {
  const names = programOf('T3', 'none').layout.objects.map(({ name }) => name);
  expect(names).toContain('0000:00:00.0');
  expect(names).toContain('edev 0000:01:00.0');
  expect(names).toContain('PE#1');
});

test('every board stays below 1000 words', () => {
  for (const { id } of system.races) {
    expect(programOf(id, 'refcount').layout.words).toBeLessThan(1000);
  }
});

test('a PE number may be any number', () => {
  const usual = buildMachine(defaultTopology, 'powernv');
  const pes = usual.pes.map((pe) => ({ ...pe, addr: pe.addr + 0xc8 }));
  const { objects } = build('T4', { ...usual, pes }).layout;
  expect(objects.map(({ name }) => name)).toContain('PE#ca registers');
});

test('with a thread for each PHB there is one for each, the first in the place of eehd', () => {
  const names = (race: string, design: string) =>
    programOf(race, design).actors.map(({ name }) => name);
  expect(names('N3', 'two-lock')).toEqual(['eehd', 'MMIO', 'MMIO-1', 'MMIO-2']);
  const [first, ...others] = names('N3', 'per-phb-thread');
  expect(first).toBe('eehd/0');
  expect(others.filter((name) => name.startsWith('eehd/'))).toHaveLength(2);
  expect(names('T14', 'per-phb-thread')).toEqual(names('T14', 'two-lock'));
});

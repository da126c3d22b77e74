import { expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { TopologyError } from '../../src/topology/error.ts';
import { buildMachine, type Machine } from '../../src/topology/machine.ts';
import { programOf, system, undisturbed } from './phb_irq_map_cell.ts';

const machine = buildMachine(defaultTopology, 'powernv');

function functionsOf(race: string, given?: Machine): readonly string[] {
  const setting = given === undefined ? {} : { machine: given, machineName: 'a file' };
  const { layout } = programOf(race, 'F5', setting);
  return layout.objects
    .filter(({ name }) => name.startsWith('function '))
    .map(({ name }) => name.slice('function '.length))
    .toSorted();
}

test('I0-A without a topology is on the machine of its log', () => {
  expect(functionsOf('I0-A')).toEqual([
    '0035:01:00.0',
    '0035:02:04.0',
    '0035:02:05.0',
    '0035:08:00.0',
    '0035:0d:00.0',
  ]);
});

test('I0-A is on the first nested bridges of a given machine', () => {
  expect(functionsOf('I0-A', machine)).toEqual([
    '0030:01:00.0',
    '0030:02:00.0',
    '0030:02:01.0',
    '0030:03:00.0',
    '0030:04:00.0',
  ]);
});

test('every race finds its place on the default machine of both platforms', () => {
  for (const platform of ['powernv', 'pseries'] as const) {
    const given = buildMachine(defaultTopology, platform);
    for (const { id } of system.races) expect(functionsOf(id, given)).not.toEqual([]);
  }
});

test('a machine without the part says what is needed', () => {
  const empty: Machine = { ...machine, pciDevs: [] };
  for (const { id, needs } of system.races) {
    const build = (): unknown => programOf(id, 'F5', { machine: empty, machineName: 'a file' });
    expect(build).toThrow(TopologyError);
    expect(build).toThrow(`race ${id} needs ${needs}; a file has`);
  }
});

test('an execution is a few hundred steps, memory under a thousand words', () => {
  for (const { id } of system.races) {
    const program = programOf(id, 'F5');
    expect(program.layout.words).toBeLessThan(1000);
    expect(undisturbed(program).trace.steps.length).toBeLessThan(700);
  }
});

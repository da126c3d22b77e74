import { describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { type MadeFunction, madeDump } from './dumps.ts';

function made(...functions: MadeFunction[]): Topology {
  return readTopology(madeDump(functions), readLimits);
}

function parents({ buses }: Topology): string[] {
  return buses.map(({ number, parent }) => `${number} < ${parent}`);
}

describe('the buses of a dump', () => {
  test('hang below the bridge with the narrowest range, so SR-IOV buses have one too', () => {
    const topology = made(
      { at: [0, 0, 1, 0], bridge: [0, 1, 9] },
      { at: [0, 1, 0, 0], bridge: [1, 2, 4] },
      { at: [0, 2, 0, 0] },
      { at: [0, 3, 0, 0] },
      { at: [0, 7, 0, 0] },
    );
    expect(parents(topology)).toEqual([
      '0 < null',
      '1 < 0000:00:01.0',
      '2 < 0000:01:00.0',
      '3 < 0000:01:00.0',
      '7 < 0000:00:01.0',
    ]);
  });

  test('exist when a bridge leads to them, though nothing is there', () => {
    expect(parents(made({ at: [0, 0, 1, 0], bridge: [0, 5, 5] }))).toEqual([
      '0 < null',
      '5 < 0000:00:01.0',
    ]);
  });

  test('that bridges lead to in a circle get a root bus', () => {
    const topology = made(
      { at: [0, 1, 0, 0], bridge: [1, 2, 2] },
      { at: [0, 2, 0, 0], bridge: [2, 1, 1] },
    );
    expect(parents(topology)).toEqual(['1 < null', '2 < 0000:01:00.0']);
    expect(topology.domains).toEqual([{ number: 0, rootBuses: [1] }]);
    expect(topology.notes).toEqual(['bus 0000:01 is below itself and taken for a root bus']);
  });

  test('that are their own secondary bus are root buses', () => {
    const topology = made({ at: [0, 3, 0, 0], bridge: [3, 3, 3] });
    expect(parents(topology)).toEqual(['3 < null']);
    expect(topology.notes).toEqual(['0000:03:00.0 leads to the bus it sits on']);
  });

  test('claimed twice belong to the last bridge, and the note says so', () => {
    const topology = made(
      { at: [0, 0, 1, 0], bridge: [0, 1, 1] },
      { at: [0, 0, 2, 0], bridge: [0, 1, 1] },
    );
    expect(parents(topology)).toEqual(['0 < null', '1 < 0000:00:02.0']);
    expect(topology.notes).toEqual(['bus 0000:01 is the secondary bus of several bridges']);
  });

  test('above an unconfigured bridge, secondary bus 0, are not below it', () => {
    expect(parents(made({ at: [0, 1, 0, 0], bridge: [0, 0, 255] }))).toEqual(['1 < null']);
  });

  test('in ranges that end before they begin have no parent but the secondary bus', () => {
    const topology = made({ at: [0, 0, 1, 0], bridge: [0, 4, 2] }, { at: [0, 3, 0, 0] });
    expect(parents(topology)).toEqual(['0 < null', '3 < null', '4 < 0000:00:01.0']);
    expect(topology.notes).toEqual(['0000:00:01.0: subordinate bus below secondary bus']);
  });
});

test('functions with one address are kept in the order of the file and noted once', () => {
  const topology = readTopology('00:01.0 A: b\n00:01.0 C: d\n00:01.0 E: f\n', readLimits);
  expect(topology.devices.map((device) => device.className)).toEqual(['A', 'C', 'E']);
  expect(topology.notes).toEqual(['0000:00:01.0 is there more than once']);
});

test('there are at most fifty notes, however many oddities', () => {
  const functions = Array.from(
    { length: 255 },
    (_, bus): MadeFunction => ({
      at: [0, bus + 1, 0, 0],
      bridge: [0, bus + 1, 0],
    }),
  );
  expect(made(...functions).notes).toHaveLength(50);
});

import { describe, expect, test } from 'vitest';
import { TopologyError } from '../../src/topology/error.ts';
import { findHost } from '../../src/topology/host.ts';
import { hostMachine } from '../../src/topology/host-machine.ts';
import { parseTopologyJson, topologyJson } from '../../src/topology/json.ts';
import { formatListing } from '../../src/topology/listing.ts';
import { buildMachine } from '../../src/topology/machine.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { formatTree } from '../../src/topology/tree.ts';
import { madeDump, madeFunctions, seeded } from './dumps.ts';
import { fixture } from './fixture-file.ts';

const rounds = 1500;

/** Texts to spoil: each kind of input. */
const models = [
  fixture('pciutils-2.2.lspci-vvv'),
  fixture('pciutils-3.13.lspci-vvv'),
  madeDump(madeFunctions(seeded(5))),
  '0001:00:00.0 PCI bridge [0604]: IBM POWER9 Host Bridge (PHB4) [1014:04c1]\n01:00.0 Modem: x\n',
  JSON.stringify(topologyJson(readTopology('00:00.0 PCI bridge: x\n', readLimits))),
];

/** What is put in: signs that mean something here, and signs that mean something to a terminal. */
const pieces = [
  ...['\n', '\n\n', '\r', '\t', ' ', ': ', ':', '.', '00: ', 'ff', 'fff: 00', '[', ']', '{', '"'],
  ...['\u0000', '\u001b[2J', '\u202e', '\ufffd', '\ud800', '\ufeff', '00:1f.7 PCI bridge: x\n'],
  ...['\tBus: primary=00, secondary=00, subordinate=ff\n', 'Slot #9999', '\tSltCap:', '-1', '1e9'],
];

function spoilt(text: string, next: (below: number) => number): string {
  let result = text;
  for (let cuts = 1 + next(5); cuts > 0; cuts -= 1) {
    const at = next(result.length + 1);
    const gap = next(3) === 0 ? next(60) : 0;
    const piece =
      next(4) === 0 ? result.slice(next(at + 1), at) : (pieces[next(pieces.length)] ?? '');
    result = result.slice(0, at) + piece + result.slice(at + gap);
  }
  return result;
}

describe(`${rounds} spoilt inputs`, () => {
  test('are read or refused, and never show a control character or break the machine', () => {
    let read = 0;
    for (let seed = 1; seed <= rounds; seed += 1) {
      const next = seeded(seed);
      const input = spoilt(models[seed % models.length] ?? '', next);
      if (isRead(input, `seed ${seed}`)) read += 1;
    }
    // Most are still lspci output: were they all refused, nothing behind the reader would be tried.
    expect(read).toBeGreaterThan(rounds / 4);
    expect(read).toBeLessThan(rounds);
  });
});

function isRead(input: string, seed: string): boolean {
  try {
    const topology = readTopology(seedIsEven(seed) ? input : Buffer.from(input), readLimits);
    const shown = [formatListing(topology), formatTree(topology), ...topology.notes];
    for (const text of shown) expect(text, seed).toMatch(/^[\x20-\x7e\n…]*$/);
    expect(parseTopologyJson(JSON.stringify(topologyJson(topology)), readLimits), seed).toEqual(
      topology,
    );
    for (const platform of ['powernv', 'pseries'] as const) {
      const machine = buildMachine(topology, platform);
      const result = findHost(machine, { devices: 1 });
      if (result.found) {
        const part = hostMachine(machine, result.host);
        expect(JSON.stringify(part), seed).not.toMatch(/[:[,]-1[,}\]]/);
      }
    }
    return true;
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    expect(error.message, seed).toMatch(/^[\x20-\x7e…]{1,400}$/);
    return false;
  }
}

function seedIsEven(seed: string): boolean {
  return Number(seed.slice(5)) % 2 === 0;
}

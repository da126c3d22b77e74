import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { parseTopologyJson, topologyJson } from '../../src/topology/json.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { madeDump, madeFunctions, seeded } from './dumps.ts';
import { fixture } from './fixture-file.ts';

function roundTrip(topology: Topology): Topology {
  return parseTopologyJson(JSON.stringify(topologyJson(topology)), readLimits);
}

/** The JSON of the default topology with something replaced in its first device. */
function edited(change: Record<string, unknown>): string {
  const json = topologyJson(defaultTopology);
  const devices = json.devices.map((device, at) => (at === 0 ? { ...device, ...change } : device));
  return JSON.stringify({ ...json, devices });
}

describe('topology JSON', () => {
  test('comes back as it was: listings, -vvv text, dumps, the default', () => {
    const inputs = [
      '00:00.0 PCI bridge: a\n01:00.0 Modem: M\u001bb\u00fc\n',
      fixture('pciutils-2.2.lspci-vvv'),
      fixture('pciutils-3.13.lspci-vvv'),
    ];
    for (const input of inputs) {
      const topology = readTopology(input, readLimits);
      expect(roundTrip(topology)).toEqual(topology);
    }
    expect(roundTrip(defaultTopology)).toEqual(defaultTopology);
    for (let seed = 1; seed <= 50; seed += 1) {
      const topology = readTopology(madeDump(madeFunctions(seeded(seed))), readLimits);
      expect(roundTrip(topology), `seed ${seed}`).toEqual(topology);
    }
  });

  test('has domains, buses, devices, and bridges with bus numbers, slot, AER and DPC', () => {
    const json = topologyJson(defaultTopology);
    expect(json).toMatchObject({ format: 'hotrace-topology-1', kind: 'verbose' });
    expect(json.domains).toHaveLength(10);
    expect(json.bridges.find((bridge) => bridge.address === '0030:02:01.0')).toMatchObject({
      secondary: 4,
      subordinate: 4,
      inferred: false,
      slot: { number: 2, hotplug: true },
      aer: { offset: 0x100 },
      dpc: { offset: 0x270 },
    });
  });

  test('is plain data: numbers, strings, booleans, nulls, lists and objects', () => {
    const json = topologyJson(defaultTopology);
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
  });

  test('is read wherever a file is read', () => {
    const text = `\n  ${JSON.stringify(topologyJson(defaultTopology), null, 2)}`;
    expect(readTopology(text, readLimits)).toEqual(defaultTopology);
  });

  test('is not believed about addresses, buses and domains', () => {
    const json = { ...topologyJson(defaultTopology), domains: [], buses: 7, bridges: null };
    const devices = json.devices.map((device) => ({ ...device, address: '\u001b[2J' }));
    expect(parseTopologyJson(JSON.stringify({ ...json, devices }), readLimits)).toEqual(
      defaultTopology,
    );
  });

  test('with control characters in a name gives it spelled out', () => {
    const { devices } = parseTopologyJson(edited({ name: 'a\u001b[2J\u202e' }), readLimits);
    expect(devices[0]?.name).toBe('a\\x1b[2J\\u202e');
  });

  test.each([
    ['no JSON', '{"a":', /^expected JSON, found "/],
    ['another format', '{"format":"x"}', /\(format: /],
    ['a bus of 256', edited({ bus: 256 }), /\(devices\.0\.bus: /],
    ['half a device number', edited({ device: 0.5 }), /\(devices\.0\.device: /],
    ['a function of -1', edited({ fn: -1 }), /\(devices\.0\.fn: /],
    ['a bridge without numbers', edited({ bridge: {} }), /\(devices\.0\.bridge\.primary: /],
    ['a domain beyond 32 bits', edited({ domain: 2 ** 32 }), /\(devices\.0\.domain: /],
    ['a name that is none', edited({ name: null }), /\(devices\.0\.name: /],
    [
      'no devices',
      '{"format":"hotrace-topology-1","kind":"hex","devices":[],"notes":[]}',
      /expected at least one device/,
    ],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseTopologyJson(text, readLimits)).toThrow(message);
    expect(() => parseTopologyJson(text, readLimits)).toThrow(
      expect.objectContaining({ name: 'TopologyError' }),
    );
  });

  test('nested a hundred thousand deep is refused', () => {
    const text = `{"devices":${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    expect(() => parseTopologyJson(text, readLimits)).toThrow(/^expected /);
  });
});

import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { TopologyError } from '../../src/topology/error.ts';
import { findHost, type Host, misfit, type Need } from '../../src/topology/host.ts';
import { hostMachine } from '../../src/topology/host-machine.ts';
import { buildMachine, type Machine } from '../../src/topology/machine.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';

const powernv = buildMachine(defaultTopology, 'powernv');
const pseries = buildMachine(defaultTopology, 'pseries');

function host(machine: Machine, need: Need): Host {
  const result = findHost(machine, need);
  return result.found ? result.host : expect.fail(result.missing);
}

function addresses(machine: Machine, indexes: readonly number[]): string[] {
  return indexes.map((at) => machine.pciDevs[at]?.address ?? '');
}

function lacking(listing: string, need: Need): { missing: string; has: string } {
  const result = findHost(buildMachine(readTopology(listing, readLimits), 'powernv'), need);
  return result.found ? expect.fail('found a host') : result;
}

describe('the smallest part of a machine with', () => {
  test('two endpoints in one PE is a card with two functions and the bridge above', () => {
    const { devices, bridges, phbs, buses, pes } = host(powernv, { devices: 2, samePe: true });
    expect(addresses(powernv, devices)).toEqual(['0000:01:00.0', '0000:01:00.1']);
    expect(addresses(powernv, bridges)).toEqual(['0000:00:00.0']);
    expect(phbs).toEqual([0]);
    expect(buses.map((bus) => powernv.buses[bus]?.number)).toEqual([0, 1]);
    expect(pes.map((pe) => powernv.pes[pe]?.kind)).toEqual(['PHB', 'DEVICE', 'BUS']);
  });

  test('a bridge PE above an endpoint is PHB PE, bridge PE, child PE', () => {
    const { pes, devices } = host(powernv, { bridgeAboveEndpoint: true });
    expect(devices).toHaveLength(1);
    expect(pes.map((pe) => powernv.pes[pe]?.parent)).toEqual([null, pes[0], pes[1]]);
  });

  test('two PHBs has an endpoint on each', () => {
    const { phbs, devices } = host(powernv, { phbs: 2 });
    expect(phbs).toEqual([0, 2]);
    expect(addresses(powernv, devices)).toEqual(['0000:01:00.0', '0002:01:00.0']);
  });

  test('two endpoints on different buses has them below one PHB', () => {
    const { phbs, devices } = host(powernv, { devices: 2, differentBuses: true });
    expect(addresses(powernv, devices)).toEqual(['0030:03:00.0', '0030:04:00.0']);
    expect(phbs).toHaveLength(1);
  });

  test('a hot-plug slot is the port and the way to it', () => {
    const { slots, bridges, devices } = host(powernv, { hotplugSlot: true });
    expect(powernv.slots[slots[0] ?? -1]?.number).toBe(1);
    expect(addresses(powernv, bridges)).toEqual(['0030:00:00.0', '0030:01:00.0', '0030:02:00.0']);
    expect(devices).toEqual([]);
  });

  test('an empty or an occupied hot-plug slot is the one asked for', () => {
    const empty = host(powernv, { hotplugSlot: true, emptySlot: true });
    expect(empty.slots.map((slot) => powernv.slots[slot]?.number)).toEqual([5]);
    expect(empty.buses.map((bus) => powernv.buses[bus]?.number)).toEqual([0, 1, 2, 7]);
    const full = host(powernv, { hotplugSlot: true, emptySlot: false, devices: 1 });
    expect(addresses(powernv, full.devices)).toEqual(['0030:03:00.0']);
  });

  test('an empty slot and an endpoint has the endpoint elsewhere below the PHB', () => {
    const { devices } = host(powernv, { hotplugSlot: true, emptySlot: true, devices: 1 });
    expect(addresses(powernv, devices)).toEqual(['0030:03:00.0']);
  });

  test('two bridges on one bus has both and those above', () => {
    const { bridges } = host(powernv, { childBridges: 2 });
    expect(addresses(powernv, bridges).slice(-2)).toEqual(['0030:02:00.0', '0030:02:01.0']);
  });

  test('a slot on pseries is any connector, with what is connected', () => {
    const { slots, devices } = host(pseries, { hotplugSlot: true, devices: 2 });
    expect(slots).toHaveLength(1);
    expect(addresses(pseries, devices)).toEqual(['0000:01:00.0', '0000:01:00.1']);
  });
});

describe('a machine that lacks what a race needs', () => {
  const listing = '00:00.0 PCI bridge: a\n01:00.0 Modem: b\n';
  const has =
    '1 PHB, 1 bridge, 1 endpoint, at most 1 in one PE, no hot-plug slot that the input shows';

  test('says what is missing and what is there', () => {
    expect(lacking(listing, { devices: 2, samePe: true })).toEqual({
      found: false,
      missing: 'a PE with 2 endpoints',
      has,
    });
  });

  test('names every kind of need', () => {
    const missing = (need: Need): string => lacking(listing, need).missing;
    expect(missing({ phbs: 2 })).toBe('2 PHBs, each with an endpoint');
    expect(missing({ devices: 2, differentBuses: true })).toBe('2 endpoints on different buses');
    expect(missing({ hotplugSlot: true })).toBe('a hot-plug slot');
    expect(missing({ hotplugSlot: true, emptySlot: true })).toBe('an empty hot-plug slot');
    expect(missing({ childBridges: 2 })).toBe('a bus with 2 bridges on it');
    expect(missing({ bridgeAboveEndpoint: true, devices: 5 })).toBe(
      '5 endpoints and a bridge PE between an endpoint and its PHB PE',
    );
  });

  test('makes an error that names race and file, control characters spelled out', () => {
    const error = misfit('T2', 'evil\u001b[2J.txt', lacking(listing, { devices: 2, samePe: true }));
    expect(error).toBeInstanceOf(TopologyError);
    expect(error.message).toBe(`race T2 needs a PE with 2 endpoints; evil\\x1b[2J.txt has ${has}`);
  });
});

describe('the machine of a host', () => {
  test('holds that part alone, with references that fit', () => {
    const part = hostMachine(powernv, host(powernv, { devices: 2, samePe: true, phbs: 2 }));
    expect(part.phbs).toEqual([
      { domain: 0, rootBus: 0 },
      { domain: 4, rootBus: 2 },
    ]);
    expect(part.buses.map(({ number, phb, parentBridge }) => [number, phb, parentBridge])).toEqual([
      [0, 0, null],
      [1, 0, 0],
      [0, 1, null],
      [1, 1, 3],
    ]);
    expect(part.pciDevs.map(({ address, bus }) => [address, bus])).toEqual([
      ['0000:00:00.0', 0],
      ['0000:01:00.0', 1],
      ['0000:01:00.1', 1],
      ['0004:00:00.0', 2],
      ['0004:01:00.0', 3],
      ['0004:01:00.1', 3],
    ]);
    expect(part.pes.map(({ phb, parent, devices }) => [phb, parent, devices])).toEqual([
      [0, null, []],
      [0, 0, [0]],
      [0, 1, [1, 2]],
      [1, null, []],
      [1, 3, [3]],
      [1, 4, [4, 5]],
    ]);
    expect(part.slots).toEqual([]);
  });

  test('has an empty slot where the host leaves its functions out', () => {
    const part = hostMachine(powernv, host(powernv, { hotplugSlot: true }));
    expect(part.slots).toHaveLength(1);
    expect(part.slots[0]).toMatchObject({ number: 1, bridge: 2, pe: null });
    const whole = hostMachine(powernv, host(powernv, { hotplugSlot: true, devices: 1 }));
    expect(whole.slots[0]).toMatchObject({ bridge: 2, pe: 4 });
  });
});

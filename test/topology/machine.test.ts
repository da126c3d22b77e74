import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine, type Machine, type Platform } from '../../src/topology/machine.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { madeDump, madeFunctions, seeded } from './dumps.ts';

function machine(listing: string, platform: Platform): Machine {
  return buildMachine(readTopology(listing, readLimits), platform);
}

/** "addr kind < parent's addr: functions" of every PE. */
function peTexts({ pes, pciDevs }: Machine): string[] {
  return pes.map(({ addr, kind, parent, devices }) => {
    const above = parent === null ? '-' : pes[parent]?.addr;
    const names = devices.map((device) => pciDevs[device]?.address.slice(5));
    return `${addr} ${kind} < ${above}: ${names.join(' ')}`.trimEnd();
  });
}

const switchListing = [
  '0000:00:00.0 PCI bridge: root port',
  '0000:01:00.0 PCI bridge: upstream port',
  '0000:02:00.0 PCI bridge: downstream port',
  '0000:02:01.0 PCI bridge: downstream port',
  '0000:03:00.0 Modem: a',
  '0000:03:00.1 Modem: a',
  '0000:04:00.0 Modem: b',
].join('\n');

describe('on powernv', () => {
  test('every bus is a PE, below the PE of the bus its bridge sits on', () => {
    expect(peTexts(machine(switchListing, 'powernv'))).toEqual([
      '0 PHB < -:',
      '1 DEVICE < 0: 00:00.0',
      '2 DEVICE < 1: 01:00.0',
      '3 BUS < 2: 02:00.0 02:01.0',
      '4 BUS < 3: 03:00.0 03:00.1',
      '5 DEVICE < 3: 04:00.0',
    ]);
  });

  test('everything below a PCIe-to-PCI bridge is one PE', () => {
    const text = [
      '00:01.0 PCI bridge: a',
      '\tBus: primary=00, secondary=01, subordinate=03, sec-latency=0',
      '\tCapabilities: [40] Express (v1) PCI-Express to PCI/PCI-X Bridge, MSI 00',
      '01:02.0 PCI bridge: b',
      '\tBus: primary=01, secondary=02, subordinate=02, sec-latency=0',
      '02:04.0 FDDI network controller: c',
      '01:05.0 ATM network controller: d',
    ].join('\n');
    expect(peTexts(machine(text, 'powernv'))).toEqual([
      '0 PHB < -:',
      '1 DEVICE < 0: 00:01.0',
      '2 BUS < 1: 01:02.0 01:05.0 02:04.0',
    ]);
  });

  test('an empty bus has no PE', () => {
    const { buses, pes } = machine('00:00.0 PCI bridge: root port\n', 'powernv');
    expect(buses).toHaveLength(2);
    expect(pes).toHaveLength(2);
  });

  test('slots are the ports with slot registers; an empty one has no PE', () => {
    const { slots, pes, pciDevs } = buildMachine(defaultTopology, 'powernv');
    expect(slots.map((slot) => slot.number)).toEqual([1, 2, 3, 4, 5]);
    const occupants = slots.map(({ pe }) => (pe === null ? null : pes[pe]?.devices[0]));
    expect(occupants.map((at) => (at == null ? null : pciDevs[at]?.address))).toEqual([
      '0030:03:00.0',
      '0030:04:00.0',
      '0030:05:00.0',
      '0030:06:00.0',
      null,
    ]);
    expect(slots[0]?.capabilities).toMatchObject({ attentionButton: true, powerController: true });
  });
});

describe('on pseries', () => {
  test('a slot below a root port is one PE with all that is below it', () => {
    const built = machine(switchListing, 'pseries');
    expect(peTexts(built)).toEqual([
      '0 PHB < -:',
      '1 DEVICE < 0: 00:00.0',
      '2 BUS < 1: 01:00.0 02:00.0 02:01.0 03:00.0 03:00.1 04:00.0',
    ]);
    expect(built.slots).toEqual([{ number: 1, bridge: 0, capabilities: null, pe: 2 }]);
  });

  test('each device on a root bus is a PE and a slot of its own', () => {
    const built = machine('00:01.0 Modem: a\n00:01.1 Modem: a\n00:02.0 Modem: b\n', 'pseries');
    expect(peTexts(built)).toEqual([
      '0 PHB < -:',
      '1 BUS < 0: 00:01.0 00:01.1',
      '2 DEVICE < 0: 00:02.0',
    ]);
    expect(built.slots.map(({ number, bridge, pe }) => [number, bridge, pe])).toEqual([
      [1, null, 1],
      [2, null, 2],
    ]);
  });
});

describe('a machine', () => {
  test('has a PHB for every root bus, also where they share a domain', () => {
    const { phbs, buses } = machine('00:00.0 Modem: a\nff:00.0 Modem: b\n', 'powernv');
    expect(phbs).toEqual([
      { domain: 0, rootBus: 0 },
      { domain: 0, rootBus: 1 },
    ]);
    expect(buses.map((bus) => [bus.number, bus.phb, bus.parentBridge])).toEqual([
      [0, 0, null],
      [0xff, 1, null],
    ]);
  });

  test('counts PE addresses from 0 in every PHB', () => {
    const { pes } = buildMachine(defaultTopology, 'powernv');
    for (let phb = 0; phb < 10; phb += 1) {
      const addresses = pes.filter((pe) => pe.phb === phb).map((pe) => pe.addr);
      expect(addresses).toEqual(addresses.map((_, at) => at));
    }
  });

  test('keeps the first of two functions with one address', () => {
    const { pciDevs } = machine('00:01.0 Modem: a\n00:01.0 Modem: b\n', 'powernv');
    expect(pciDevs.map((device) => device.name)).toEqual(['a']);
  });

  test('knows MSI, devfn, header and where a bridge leads', () => {
    const { pciDevs, buses } = buildMachine(defaultTopology, 'powernv');
    const port = pciDevs.find((device) => device.address === '0030:02:03.0');
    expect(port).toMatchObject({
      devfn: 0x18,
      isBridge: true,
      headerType: 1,
      portType: 6,
      msi: true,
    });
    expect(buses[port?.subordinateBus ?? -1]).toMatchObject({ domain: 0x30, number: 6 });
  });

  test('is consistent whatever the dump: every function in one PE, parents before children', () => {
    for (let seed = 1; seed <= 150; seed += 1) {
      const topology = readTopology(madeDump(madeFunctions(seeded(seed))), readLimits);
      for (const platform of ['powernv', 'pseries'] as const) {
        expect(faults(buildMachine(topology, platform)), `seed ${seed}, ${platform}`).toEqual([]);
      }
    }
  });
});

function faults({ phbs, buses, pciDevs, pes, slots }: Machine): string[] {
  const found: string[] = [];
  const check = (holds: boolean, what: string): void => {
    if (!holds) found.push(what);
  };
  const owners = pciDevs.map((_, device) => pes.filter((pe) => pe.devices.includes(device)).length);
  check(
    owners.every((count) => count === 1),
    'a function is not in exactly one PE',
  );
  check(new Set(pciDevs.map(({ address }) => address)).size === pciDevs.length, 'double address');
  phbs.forEach(({ rootBus }, phb) => {
    check(buses[rootBus]?.phb === phb && buses[rootBus].parentBridge === null, 'wrong root bus');
  });
  buses.forEach((bus, at) => {
    const above = bus.parentBridge === null ? null : pciDevs[bus.parentBridge]?.bus;
    check(above === null || (above !== undefined && above < at), 'a bus before its parent');
  });
  pciDevs.forEach(({ subordinateBus }, at) => {
    const back = subordinateBus === null ? at : buses[subordinateBus]?.parentBridge;
    check(back === at, 'a bridge whose bus does not lead back');
  });
  pes.forEach(({ parent, kind, phb, devices }, at) => {
    check((parent === null) === (kind === 'PHB'), 'a PHB PE with a parent, or another without');
    check(parent === null || parent < at, 'a PE before its parent');
    check(kind === 'PHB' || devices.length > 0, 'a PE without functions');
    check(
      devices.every((device) => buses[pciDevs[device]?.bus ?? -1]?.phb === phb),
      'a PE across PHBs',
    );
  });
  check(
    slots.every((slot) => slot.bridge !== null || slot.pe !== null),
    'a slot of nothing',
  );
  return found;
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { slotCapabilities } from '../../src/topology/config-space.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import type { Device } from '../../src/topology/topology.ts';
import { rows } from './dumps.ts';
import { sharedTopology } from './fixture-file.ts';

/** A downstream port with PCIe (slot), MSI, MSI-X, AER and DPC capabilities. */
function portBytes(): Uint8Array {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x00, 0x8562_11f8, true);
  view.setUint16(0x06, 0x0010, true);
  view.setUint16(0x0a, 0x0604, true);
  bytes.set([0x81], 0x0e);
  bytes.set([2, 3, 9], 0x18);
  bytes[0x34] = 0x40;
  view.setUint32(0x40, 0x008a_5005, true);
  view.setUint32(0x50, 0x8003_7011, true);
  view.setUint32(0x70, 0x0162_0010, true);
  view.setUint32(0x7c, 0x0518_1043, true);
  view.setUint32(0x84, (12 << 19) | (250 << 7) | (1 << 15) | 0x7b, true);
  view.setUint32(0x100, 0x2701_0001, true);
  view.setUint32(0x270, 0x0001_001d, true);
  view.setUint16(0x274, 0x10c2, true);
  return bytes;
}

function read(text: string): Device {
  return readTopology(text, readLimits).devices[0] ?? expect.fail('no device');
}

describe('a hex dump', () => {
  test('shows all that config space says', () => {
    const text = `0030:02:00.0 PCI bridge: Switch\n${rows(portBytes())}`;
    expect(readTopology(text, readLimits).kind).toBe('hex');
    expect(read(text)).toMatchObject({
      vendorId: 0x11f8,
      deviceId: 0x8562,
      classCode: 0x0604,
      headerType: 1,
      configBytes: 4096,
      bridge: { primary: 2, secondary: 3, subordinate: 9, inferred: false },
      pcie: {
        portType: 6,
        link: { speed: 3, width: 4, surpriseDown: true, linkActive: true, portNumber: 5 },
        slot: {
          number: 12,
          attentionButton: true,
          powerController: true,
          mrlSensor: false,
          attentionIndicator: true,
          powerIndicator: true,
          surprise: true,
          hotplug: true,
          powerLimitMilliwatts: 25_000,
        },
      },
      msi: { enabled: false, vectors: 32 },
      msix: { enabled: true, vectors: 4 },
      aer: { offset: 0x100 },
      dpc: {
        offset: 0x270,
        interruptMessage: 2,
        rootPort: false,
        poisonedTlp: true,
        softwareTrigger: true,
        linkActive: true,
      },
    });
  });

  test('of 256 bytes shows no extended capabilities, of 64 bytes no capabilities', () => {
    const shorter = (length: number): Device =>
      read(`00:00.0 A: b\n${rows(portBytes().subarray(0, length))}`);
    expect(shorter(256)).toMatchObject({ msi: { vectors: 32 }, aer: null, dpc: null });
    expect(shorter(64)).toMatchObject({ bridge: { secondary: 3 }, msi: null, pcie: null });
    expect(shorter(16)).toMatchObject({ classCode: 0x0604, headerType: 1 });
  });

  test('cut below 64 bytes is noted', () => {
    const text = `00:00.0 A: b\n${rows(portBytes().subarray(0, 32))}`;
    expect(readTopology(text, readLimits).notes).toEqual([
      'functions with fewer than 64 bytes of config space: 1',
    ]);
  });

  test('may have rows of any length, in any order, in capitals, with blanks at the end', () => {
    const expected = read(`00:00.0 A: b\n${rows(portBytes())}`);
    const lines = rows(portBytes()).trimEnd().split('\n');
    const spoilt = lines.toReversed().map((line) => `${line.toUpperCase()} \t`);
    expect(read(`00:00.0 A: b\n${spoilt.join('\n')}\n`)).toEqual(expected);
    const joined = rows(portBytes())
      .trimEnd()
      .replaceAll(/\n[0-9a-f]+: /g, ' ');
    expect(read(`00:00.0 A: b\n${joined}\n`)).toEqual(expected);
  });

  test('whose capability lists run in circles ends', () => {
    const bytes = portBytes();
    bytes[0x51] = 0x40;
    new DataView(bytes.buffer).setUint32(0x270, 0x2701_001d, true);
    expect(read(`00:00.0 A: b\n${rows(bytes)}`)).toMatchObject({ msix: { vectors: 4 } });
  });

  test('of a CardBus bridge takes its capability list from 0x14', () => {
    const bytes = portBytes();
    bytes[0x0e] = 2;
    bytes[0x14] = 0x40;
    bytes[0x34] = 0;
    expect(read(`00:00.0 A: b\n${rows(bytes)}`)).toMatchObject({
      headerType: 2,
      bridge: { secondary: 3 },
      msi: { vectors: 32 },
    });
  });

  test('of a function that is gone, all ones, shows no capability', () => {
    const gone = read(`00:00.0 A: b\n${rows(new Uint8Array(4096).fill(0xff))}`);
    expect(gone).toMatchObject({
      headerType: 0x7f,
      bridge: null,
      pcie: null,
      msi: null,
      aer: null,
    });
  });

  test('rows below a blank line belong to no function', () => {
    expect(read(`00:00.0 A: b\n\n${rows(portBytes())}`).configBytes).toBe(0);
  });

  test('of a real machine has its slots, its MSI-X and its AER', ({ skip }) => {
    const path = sharedTopology('asus-p6t6.lspci-xxxx');
    if (path === null) return skip('../shared/topologies is not there');
    const { devices, buses, domains, notes } = readTopology(readFileSync(path), readLimits);
    expect(devices).toHaveLength(53);
    expect(domains).toEqual([{ number: 0, rootBuses: [0, 0xff] }]);
    expect(buses.find((bus) => bus.number === 5)?.parent).toBe('0000:03:02.0');
    const slots = devices.flatMap((device) => device.pcie?.slot?.number ?? []);
    expect(slots).toEqual([1, 2, 5, 0, 0, 0, 1, 3]);
    expect(devices.filter((device) => device.aer !== null)).toHaveLength(7);
    expect(notes).toEqual([]);
  });
});

describe('slot capabilities', () => {
  test('power limits scale by 1, 0.1, 0.01 and 0.001 W, with three special values', () => {
    const limit = (value: number, scale: number): number =>
      slotCapabilities(((value << 7) | (scale << 15)) >>> 0).powerLimitMilliwatts;
    expect([limit(75, 0), limit(250, 1), limit(100, 2), limit(9, 3)]).toEqual([
      75_000, 25_000, 1000, 9,
    ]);
    expect([limit(0xf0, 0), limit(0xf1, 0), limit(0xf2, 0)]).toEqual([250_000, 275_000, 300_000]);
  });

  test('the largest slot number is 8191', () => {
    expect(slotCapabilities(0xfff8_0000)).toMatchObject({ number: 8191, hotplug: false });
  });
});

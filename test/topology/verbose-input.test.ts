import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import type { Device } from '../../src/topology/topology.ts';
import { fixture, sharedTopology } from './fixture-file.ts';

function device(text: string, address: string): Device {
  const { devices } = readTopology(text, readLimits);
  return devices.find((found) => found.address === address) ?? expect.fail(`no ${address}`);
}

describe('the text of -vvv', () => {
  test('in the spelling of pciutils 2.2 shows bus numbers, slot, link and MSI', () => {
    const text = fixture('pciutils-2.2.lspci-vvv');
    expect(readTopology(text, readLimits).kind).toBe('verbose');
    expect(device(text, '0000:00:1c.0')).toMatchObject({
      name: 'Intel Corporation 82801G (ICH7 Family) PCI Express Port 1',
      bridge: { primary: 0, secondary: 2, subordinate: 2, inferred: false },
      pcie: {
        portType: 4,
        link: { speed: 1, width: 1, portNumber: 1, linkActive: false },
        slot: {
          number: 2,
          attentionButton: false,
          hotplug: true,
          surprise: true,
          powerLimitMilliwatts: 6500,
        },
      },
      msi: { enabled: true, vectors: 2 },
    });
    expect(device(text, '0000:02:00.0')).toMatchObject({
      bridge: null,
      pcie: { portType: 0, slot: null },
      msi: { enabled: false, vectors: 1 },
      msix: null,
    });
  });

  test('in the spelling of pciutils 3.13 shows DPC, AER and a 17-bit domain too', () => {
    const text = fixture('pciutils-3.13.lspci-vvv');
    expect(device(text, '10000:e0:06.0')).toMatchObject({
      domain: 0x10000,
      bridge: { primary: 0xe0, secondary: 0xe1, subordinate: 0xe1 },
      pcie: {
        portType: 4,
        link: { speed: 4, width: 4, portNumber: 5, linkActive: true, surpriseDown: false },
        slot: { number: 17, hotplug: true, noCommandCompleted: true, powerLimitMilliwatts: 75_000 },
      },
      aer: { offset: 0x150 },
      dpc: {
        offset: 0xa00,
        interruptMessage: 3,
        rootPort: true,
        poisonedTlp: true,
        softwareTrigger: true,
        linkActive: true,
      },
    });
    expect(device(text, '10000:e1:00.0')).toMatchObject({
      name: 'KIOXIA Corporation NVMe SSD Controller BG4 (DRAM-less)',
      msix: { enabled: true, vectors: 32 },
      msi: { enabled: false, vectors: 8 },
      aer: { offset: 0x100 },
      dpc: null,
    });
  });

  test('without the right to read capabilities shows none', () => {
    const text = fixture('pciutils-3.13.lspci-vvv');
    expect(device(text, '10000:e1:00.1')).toMatchObject({ pcie: null, msi: null, aer: null });
  });

  test('of a version that knew DPC only by number shows it', () => {
    const text = '00:01.0 PCI bridge: x\n\tCapabilities: [b60 v1] #1d\n';
    expect(device(text, '0000:00:01.0').dpc).toMatchObject({ offset: 0xb60 });
  });

  test('of a port without a slot shows no slot, whatever follows', () => {
    const text =
      '00:01.0 PCI bridge: x\n\tCapabilities: [68] Express (v2) Upstream Port, MSI 00\n' +
      '\t\tSltCap:\tAttnBtn+ PwrCtrl+ MRL- AttnInd- PwrInd- HotPlug+ Surprise+\n';
    expect(device(text, '0000:00:01.0').pcie).toEqual({ portType: 5, link: null, slot: null });
  });

  test('says what a function is for every port type', () => {
    const spellings = [
      ['Endpoint, MSI 00', 0],
      ['Legacy Endpoint, MSI 00', 1],
      ['Downstream Port (Slot-), MSI 00', 6],
      ['PCI-Express to PCI/PCI-X Bridge, MSI 00', 7],
      ['PCI/PCI-X to PCI-Express Bridge (Slot-), MSI 00', 8],
      ['Root Complex Integrated Endpoint, IntMsgNum 0', 9],
      ['Root Complex Event Collector, MSI 00', 10],
      ['Unknown type 11', 11],
    ] as const;
    for (const [spelling, portType] of spellings) {
      const text = `00:01.0 A: b\n\tCapabilities: [40] Express (v2) ${spelling}\n`;
      expect(device(text, '0000:00:01.0').pcie?.portType, spelling).toBe(portType);
    }
  });

  test('gives way to bytes where a dump has both', ({ skip }) => {
    const path = sharedTopology('plx9716-slot-dpc.lspci-vvv');
    if (path === null) return skip('../shared/topologies is not there');
    const text = readFileSync(path, 'utf8');
    const fromBoth = device(text, '0000:05:01.0');
    const fromText = device(text.replaceAll(/^[0-9a-f]{2,3}: .*\n/gm, ''), '0000:05:01.0');
    expect(fromBoth.configBytes).toBe(256);
    expect(fromText.configBytes).toBe(0);
    expect(fromText.pcie).toEqual(fromBoth.pcie);
    expect(fromText.bridge).toEqual(fromBoth.bridge);
    expect(fromText.msi).toEqual(fromBoth.msi);
    expect(fromBoth.pcie?.slot).toMatchObject({
      number: 1,
      powerController: true,
      attentionIndicator: true,
      powerLimitMilliwatts: 25_000,
    });
    // The bytes end at 256, so the extended capabilities are the text's.
    expect(fromBoth.dpc).toMatchObject({ offset: 0xb60, softwareTrigger: true, rootPort: false });
    expect(fromBoth.aer).toEqual({ offset: 0xfb4 });
  });
});

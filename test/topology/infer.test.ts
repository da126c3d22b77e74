import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { sharedTopology } from './fixture-file.ts';

/** "address [secondary-subordinate]" of every bridge. */
function ranges(input: string | Uint8Array): string[] {
  return readTopology(input, readLimits).devices.flatMap(({ address, bridge }) =>
    bridge === null
      ? []
      : `${address} ${bridge.secondary.toString(16)}-${bridge.subordinate.toString(16)}`,
  );
}

/** Each bus with the bridge above it. */
function parents(input: string): string[] {
  return readTopology(input, readLimits).buses.map(
    ({ number, parent }) => `${number.toString(16)} < ${parent}`,
  );
}

describe('bus numbers of a listing', () => {
  test('follow from walking bridges depth first', () => {
    const listing = [
      '00:01.0 PCI bridge: a',
      '00:02.0 PCI bridge: b',
      '01:00.0 PCI bridge: c',
      '02:00.0 Modem: d',
      '03:00.0 Modem: e',
    ].join('\n');
    expect(ranges(listing)).toEqual(['0000:00:01.0 1-2', '0000:00:02.0 3-3', '0000:01:00.0 2-2']);
    expect(readTopology(listing, readLimits).devices[0]?.bridge?.inferred).toBe(true);
  });

  test('skip a number for an empty slot while enough bridges are left for the buses listed', () => {
    expect(ranges('00:01.0 PCI bridge: a\n00:02.0 PCI bridge: b\n02:00.0 Modem: c\n')).toEqual([
      '0000:00:01.0 1-1',
      '0000:00:02.0 2-2',
    ]);
  });

  test('jump over numbers kept free when there are not enough bridges to fill them', () => {
    expect(ranges('00:01.0 PCI bridge: a\n40:00.0 Modem: b\n')).toEqual(['0000:00:01.0 40-40']);
  });

  test('never lead to a bus with a host bridge: that is a root bus', () => {
    const listing =
      '00:00.0 Host bridge: a\n00:01.0 PCI bridge: b\n01:00.0 Host bridge: c\n02:00.0 Modem: d\n';
    expect(ranges(listing)).toEqual(['0000:00:01.0 2-2']);
    expect(parents(listing)).toEqual(['0 < null', '1 < null', '2 < 0000:00:01.0']);
  });

  test('leave buses nobody can lead to as root buses', () => {
    expect(parents('00:00.0 Modem: a\n80:00.0 Modem: b\n')).toEqual(['0 < null', '80 < null']);
  });

  test('count within each domain, and start at its lowest bus', () => {
    const listing =
      '0001:20:00.0 PCI bridge: a\n0001:21:00.0 Modem: b\n0002:00:00.0 CardBus bridge: c\n';
    expect(ranges(listing)).toEqual(['0001:20:00.0 21-21', '0002:00:00.0 1-1']);
  });

  test('shown by some bridges are not given to others', () => {
    const text =
      '00:01.0 PCI bridge: a\n00:02.0 PCI bridge: b\n' +
      '\tBus: primary=00, secondary=01, subordinate=04, sec-latency=0\n\n05:00.0 Modem: c\n';
    expect(ranges(text)).toEqual(['0000:00:01.0 5-5', '0000:00:02.0 1-4']);
  });

  test('run out at 255', () => {
    expect(ranges('ff:00.0 PCI bridge: a\n')).toEqual(['0000:ff:00.0 0-0']);
  });

  test('of a POWER9 workstation lead from every PHB to its card', ({ skip }) => {
    const path = sharedTopology('talos2-switchtec.lspci');
    if (path === null) return skip('../shared/topologies is not there');
    expect(ranges(readFileSync(path)).slice(-9)).toEqual([
      '0030:01:00.0 2-6',
      '0030:02:00.0 3-3',
      '0030:02:01.0 4-4',
      '0030:02:02.0 5-5',
      '0030:02:03.0 6-6',
      '0031:00:00.0 1-2',
      '0031:01:00.0 2-2',
      '0032:00:00.0 1-1',
      '0033:00:00.0 1-1',
    ]);
  });
});

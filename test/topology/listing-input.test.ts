import { describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import type { Device, Topology } from '../../src/topology/topology.ts';

function read(text: string | Uint8Array): Topology {
  return readTopology(text, readLimits);
}

function only(text: string): Device {
  const { devices } = read(text);
  expect(devices).toHaveLength(1);
  return devices[0] ?? expect.fail('no device');
}

describe('a short listing', () => {
  test('gives address, class and name, without the revision', () => {
    const device = only('00:1f.2 SATA controller: Intel Corporation 82801JI SATA (rev 02)\n');
    expect(device).toMatchObject({
      address: '0000:00:1f.2',
      className: 'SATA controller',
      name: 'Intel Corporation 82801JI SATA',
      classCode: null,
      bridge: null,
      configBytes: 0,
    });
    expect(read('00:1f.2 A: b\n').kind).toBe('listing');
  });

  test('with -nn gives ids and class beside the names', () => {
    const line =
      '0003:09:00.0 USB controller [0c03]: TI TUSB73x0 [104c:8241] (rev 02) (prog-if 30 [XHCI])';
    expect(only(line)).toMatchObject({
      address: '0003:09:00.0',
      className: 'USB controller [0c03]',
      name: 'TI TUSB73x0 [104c:8241]',
      classCode: 0x0c03,
      vendorId: 0x104c,
      deviceId: 0x8241,
    });
  });

  test('with -n gives ids alone, in the spellings of old and new versions', () => {
    const ids = { classCode: 0x0600, vendorId: 0x8086, deviceId: 0x3405 };
    expect(only('00:00.0 0600: 8086:3405 (rev 13)')).toMatchObject(ids);
    expect(only('00:00.0 Class 0600: 8086:3405 (rev 13)')).toMatchObject(ids);
    expect(only('00:00.0 Class 0600: Device 8086:3405')).toMatchObject(ids);
  });

  test('with -k and -v lines below each function is read', () => {
    const text = [
      '00:00.0 Host bridge: Intel Corporation Device 0d57',
      '\tSubsystem: Red Hat, Inc. Device 1100',
      '\tKernel driver in use: hsw_uncore',
      '00:01.0 VGA compatible controller: Red Hat, Inc. QXL',
      '        Kernel modules: qxl',
    ].join('\n');
    const { kind, devices, notes } = read(text);
    expect(kind).toBe('verbose');
    expect(devices.map((device) => device.address)).toEqual(['0000:00:00.0', '0000:00:01.0']);
    expect(notes).toEqual([]);
  });

  test('domains may have four to eight digits, and none means domain 0', () => {
    const { domains } = read('00:00.0 A: b\n10000:00:00.0 A: b\nfffe1234:00:00.0 A: b\n');
    expect(domains.map((domain) => domain.number)).toEqual([0, 0x10000, 0xfffe1234]);
  });

  test('is sorted by address, whatever order it comes in', () => {
    const { devices } = read('0001:00:00.0 A: b\n00:02.1 A: b\n01:00.0 A: b\n00:02.0 A: b\n');
    expect(devices.map((device) => device.address)).toEqual([
      '0000:00:02.0',
      '0000:00:02.1',
      '0000:01:00.0',
      '0001:00:00.0',
    ]);
  });

  test('is read with carriage returns, a byte order mark, tabs and no end of the last line', () => {
    const expected = read('00:00.0 A: b\n00:01.0 C: d\n').devices;
    expect(read('\ufeff00:00.0 A: b\r\n00:01.0 C: d\r\n').devices).toEqual(expected);
    expect(read('00:00.0\tA: b\n00:01.0\tC: d').devices).toEqual(expected);
    expect(read('00:00.0 A: b\r00:01.0 C: d\r').devices).toEqual(expected);
  });

  test('is read from UTF-16, as a Windows shell redirects it, and from Latin-1', () => {
    const text = '00:00.0 Modem: Müller & Söhne\n';
    const little = Buffer.from(`\ufeff${text}`, 'utf16le');
    const big = Buffer.from(little).swap16();
    for (const bytes of [Buffer.from(text), little, big, Buffer.from(text, 'latin1')]) {
      expect(read(bytes).devices[0]?.name).toBe('Müller & Söhne');
    }
  });

  test('may be indented or quoted in a mail', () => {
    const plain =
      '00:00.0 PCI bridge: b\n\tBus: primary=00, secondary=05, subordinate=06\n\n05:00.0 C: d\n';
    const expected = read(plain).devices;
    const quoted = plain.replaceAll(/^(?=.)/gm, '> ').replaceAll(/^$/gm, '>');
    expect(read(quoted.replace(/>$/, '')).devices).toEqual(expected);
    expect(read(plain.replaceAll(/^(?=.)/gm, '    ')).devices).toEqual(expected);
  });

  test('with other lines around it is read; the note says how many were passed over', () => {
    const { devices, notes } = read('$ lspci\n00:00.0 A: b\n-- \nJohn \u001b[2J Doe\n');
    expect(devices).toHaveLength(1);
    expect(notes).toEqual(['lines passed over: 3, the first is line 1, "$ lspci"']);
  });

  test('a name keeps no control character', () => {
    expect(only('00:00.0 A: evil\u001b]0;title\u0007\u202e\n').name).toBe(
      'evil\\x1b]0;title\\x07\\u202e',
    );
  });

  test('a name of a megabyte is cut to 200 characters', () => {
    expect(only(`00:00.0 A: ${'x'.repeat(1e6)}\n`).name).toHaveLength(200);
  });
});

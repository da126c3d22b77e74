import { describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { formatTree } from '../../src/topology/tree.ts';
import { edgeDumps } from './edge-dumps.ts';
import { recordedTree } from './fixture-file.ts';

function tree(text: string): string {
  return formatTree(readTopology(text, readLimits));
}

describe('a dump is drawn as lspci 3.9 drew it:', () => {
  test.each([...edgeDumps])('%s', (name, dump) => {
    expect(tree(dump)).toBe(recordedTree(name));
  });
});

describe('a listing', () => {
  test('is drawn with the buses its bridges are inferred to lead to', () => {
    const listing = [
      '0030:00:00.0 PCI bridge: IBM POWER9 Host Bridge (PHB4)',
      '0030:01:00.0 PCI bridge: Switch',
      '0030:02:00.0 PCI bridge: Switch',
      '0030:02:01.0 PCI bridge: Switch',
      '0030:03:00.0 Non-Volatile memory controller: Drive',
      '0030:04:00.0 Ethernet controller: Card',
      '0030:04:00.1 Ethernet controller: Card',
      '0031:00:00.0 PCI bridge: IBM POWER9 Host Bridge (PHB4)',
    ].join('\n');
    expect(tree(listing)).toBe(
      [
        '-+-[0030:00]---00.0-[01-04]----00.0-[02-04]--+-00.0-[03]----00.0',
        ' |                                           \\-01.0-[04]--+-00.0',
        ' |                                                        \\-00.1',
        ' \\-[0031:00]---00.0-[01]--',
        '',
      ].join('\n'),
    );
  });

  test('has no bus 0000:00 unless it says so', () => {
    expect(tree('05:00.0 Modem: x\n')).toBe('-[0000:05]---00.0\n');
  });

  test('of -vvv is drawn with the bus numbers it shows', () => {
    const text =
      '00:01.0 PCI bridge: x\n\tBus: primary=00, secondary=03, subordinate=05\n\n04:00.0 A: b\n';
    expect(tree(text)).toBe(
      [
        '-[0000:00]---01.0-[03-05]--+-[0000:03]-',
        '                           \\-[0000:04]---00.0',
        '',
      ].join('\n'),
    );
  });
});

test('the deepest possible chain is drawn, each row at most 1025 wide', () => {
  const lines: string[] = [];
  for (let bus = 0; bus < 256; bus += 1) {
    const name = bus.toString(16).padStart(2, '0');
    lines.push(`${name}:00.0 Modem: x`, `${name}:01.0 PCI bridge: x`);
  }
  const drawn = tree(lines.join('\n')).trimEnd().split('\n');
  expect(drawn).toHaveLength(257);
  expect(Math.max(...drawn.map((row) => row.length))).toBe(1025);
});

test('a drawing is cut after 32 million characters, and says so', () => {
  const lines: string[] = [];
  for (let at = 0; at < 160 * 512; at += 1) {
    const [domain, bus] = [at >> 9, (at >> 1) & 255];
    const address = `${hex(domain, 4)}:${hex(bus, 2)}:0${at & 1}.0`;
    lines.push(`${address} ${(at & 1) === 1 ? 'PCI bridge' : 'Modem'}: x`);
  }
  const drawn = tree(lines.join('\n'));
  expect(drawn.length).toBeLessThan(33_000_000);
  expect(drawn.endsWith('\n... (the drawing is cut here)\n')).toBe(true);
});

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { formatListing } from '../../src/topology/listing.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';

function listing(text: string): string[] {
  return formatListing(readTopology(text, readLimits)).trimEnd().split('\n');
}

describe('the readable print', () => {
  test('has a line per PHB and per function, with only the columns that say something', () => {
    expect(
      listing('0004:00:00.0 PCI bridge: P9\n0004:01:00.0 Modem: a\n0004:01:00.1 Modem: b\n'),
    ).toEqual([
      'ADDRESS         KIND      BUSES  PE    NAME',
      '0004:00         PHB',
      '  0004:00:00.0  bridge    [01]?  PE 1  P9',
      '  0004:01:00.0  endpoint         PE 2  a',
      '  0004:01:00.1  endpoint         PE 2  b',
      '',
      '? bus numbers inferred: the input shows none; lspci -vvv or -xxxx does',
    ]);
  });

  test('shows slots with their flags, what is in them, AER, DPC and MSI', () => {
    const lines = formatListing(defaultTopology).split('\n');
    expect(lines.find((line) => line.includes('0030:02:00.0'))).toMatch(
      /bridge {4}\[03\] {5}#1 AttnBtn PwrCtrl HotPlug Surprise {2}AER DPC MSI +PE 3 +PMC-Sierra/,
    );
    expect(lines.find((line) => line.includes('0030:03:00.0'))).toMatch(
      /endpoint +in #1 +AER MSI-X MSI {2}PE 4/,
    );
    expect(lines.find((line) => line.includes('0005:00:00.0'))).toContain('[01-02] ');
  });

  test('shows an unconfigured bridge as leading nowhere', () => {
    expect(listing('ff:00.0 PCI bridge: a\n')[2]).toBe('  0000:ff:00.0  bridge  --     PE 1  a');
  });

  test('ends with the notes', () => {
    expect(listing('hello\n00:00.0 A: b\n').at(-1)).toBe(
      'note: lines passed over: 1, the first is line 1, "hello"',
    );
  });

  test('cuts long names and long machines', () => {
    const [, , line = ''] = listing(`00:00.0 A: ${'x'.repeat(300)}\n`);
    expect(line.endsWith(`  ${'x'.repeat(59)}…`)).toBe(true);
    const many = Array.from({ length: 20_001 }, (_, at) => {
      const domain = (at >> 8).toString(16).padStart(4, '0');
      return `${domain}:${(at & 255).toString(16).padStart(2, '0')}:00.0 A: b\n`;
    });
    expect(listing(many.join('')).at(-1)).toBe('... and 1 more functions');
  });
});

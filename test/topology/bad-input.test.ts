import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { TopologyError } from '../../src/topology/error.ts';
import { formatListing } from '../../src/topology/listing.ts';
import { buildMachine } from '../../src/topology/machine.ts';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { formatTree } from '../../src/topology/tree.ts';
import { madeDump } from './dumps.ts';
import { edgeDumps } from './edge-dumps.ts';

function refusal(input: string | Uint8Array, limits = readLimits): string {
  try {
    readTopology(input, limits);
  } catch (error) {
    expect(error).toBeInstanceOf(TopologyError);
    return error instanceof TopologyError ? error.message : '';
  }
  return expect.fail('it was read');
}

const wanted = 'expected the output of lspci (a line such as "00:1f.2 SATA controller: ...")';
const row = '00: 86 80 05 34 00 00 10 00 12 00 00 06 00 00 00 00\n';

describe('refused', () => {
  test('an empty file, and one of blanks', () => {
    expect(refusal('')).toBe(`${wanted}, found nothing`);
    expect(refusal(new Uint8Array())).toBe(`${wanted}, found nothing`);
    expect(refusal('\ufeff \r\n\t\n')).toMatch(/^expected the output of lspci/);
  });

  test('a text without any function, with its first line', () => {
    expect(refusal('\n\nDear Sir,\nmy machine\n')).toBe(`line 1: ${wanted}, found "Dear Sir,"`);
    expect(refusal('00: 86 80\n')).toBe(`line 1: ${wanted}, found "00: 86 80"`);
  });

  test('other modes of lspci, with a hint', () => {
    expect(refusal('Slot:\t00:00.0\nClass:\tHost bridge\n')).toContain(', without -m or -vmm,');
    expect(refusal('-[0000:00]-+-00.0\n')).toContain(', without -t,');
  });

  test('odd digits, with line and column', () => {
    expect(refusal(`00:00.0 A: b\n${row}10: 00 0 00\n`)).toBe(
      'line 3, column 8: expected two hexadecimal digits, found "0"',
    );
    expect(refusal('00:00.0 A: b\n00: 86 8\n')).toContain('line 2, column 8');
    expect(refusal('00:00.0 A: b\n00: 86 808\n')).toContain(
      'column 8: expected two hexadecimal digits, found "808"',
    );
  });

  test('other signs among the bytes', () => {
    expect(refusal('00:00.0 A: b\n00: 86 zz 00\n')).toContain('column 8');
    expect(refusal('00:00.0 A: b\n00: 86 80  |..|\n')).toContain('found "|..|"');
    expect(refusal('00:00.0 A: b\n00: 86 \u001b[2J\n')).toContain('found "\\x1b[2J"');
  });

  test('bytes beyond config space, wherever they begin', () => {
    const beyond = 'expected at most 4096 bytes of config space';
    expect(refusal(`00:00.0 A: b\n1000: 00\n`)).toContain(`line 2, column 7: ${beyond}`);
    expect(refusal(`00:00.0 A: b\nfff: 00 00\n`)).toContain(`line 2, column 9: ${beyond}`);
    expect(refusal(`00:00.0 A: b\nffffffff: 00\n`)).toContain(beyond);
  });

  test('addresses no function can have', () => {
    const expected = 'expected a PCI address with device 00-1f and function 0-7';
    expect(refusal('00:00.0 A: b\n00:20.0 A: b\n')).toBe(
      `line 2, column 1: ${expected}, found "00:20.0"`,
    );
    expect(refusal('0000:00:1f.8 A: b\n')).toContain(expected);
  });

  test('compressed files, by name of the compression', () => {
    expect(refusal(gzipSync('00:00.0 A: b\n'))).toBe(
      'expected text (unpack it first), found "gzip data"',
    );
    expect(refusal(Buffer.from('PK\u0003\u0004'))).toContain('a zip archive');
  });

  test('more than 64 MB, unread, and more functions than a machine has', () => {
    expect(refusal(new Uint8Array(64 * 1024 * 1024 + 1))).toBe(
      'expected at most 64 MB, found "65 MB"',
    );
    expect(refusal('00:00.0 A: b\n00:01.0 A: b\n', { bytesMax: 100, devicesMax: 1 })).toBe(
      'line 2: expected at most 1 functions, found "00:01.0 A: b"',
    );
  });

  test('with messages of one printable line, cut to what a terminal shows', () => {
    const message = refusal(`\u001b]0;evil\u0007\u202e${'x'.repeat(1e6)}`);
    expect(message).toMatch(/found "\\x1b\]0;evil\\x07\\u202exxx+…"$/);
    expect(message.length).toBeLessThan(200);
    const bytes = refusal(`00:00.0 A: b\n00: ${'\u009b'.repeat(1e6)}\n`);
    expect(bytes).toMatch(/^[\x20-\x7e…]{1,200}$/);
  });
});

describe('cut anywhere', () => {
  test('a dump is read or refused with a place, and what is read can be shown', () => {
    const dump = `${edgeDumps.get('nested ranges, with empty buses and gaps')}`;
    for (let end = 0; end < dump.length; end += 7) {
      const outcome = outcomeOf(dump.slice(0, end));
      expect(outcome, `${end} characters`).toMatch(
        /^(read|line \d+, column \d+: |line 1: |expected the output)/,
      );
    }
  });
});

describe('hostile names', () => {
  test('reach neither the listing nor the tree nor the notes as they are', () => {
    const names = [
      '\u001b[2J',
      '\u009b2J',
      '\u202e',
      '\u0000',
      '\u0007',
      '\u2028',
      '\ud800',
      '\ufffd',
    ];
    const text = names.map((name, at) => `00:0${at}.0 ${name}: ${name}x\n${name}\n`).join('');
    const topology = readTopology(text, readLimits);
    expect(topology.devices).toHaveLength(8);
    for (const shown of [formatListing(topology), formatTree(topology), topology.notes.join('')]) {
      expect(shown).toMatch(/^[\x20-\x7e\n…]*$/);
    }
  });
});

describe('within two seconds', () => {
  function inTime(input: string): string {
    const started = performance.now();
    const outcome = outcomeOf(input);
    expect(performance.now() - started).toBeLessThan(2000);
    return outcome;
  }

  test('a dump of ten megabytes is read and drawn', () => {
    const one = edgeDumps.get('a chain that just fits a row') ?? '';
    const copies = Array.from({ length: Math.ceil(1e7 / one.length) }, (_, domain) =>
      one.replaceAll(/^0000:/gm, `${domain.toString(16).padStart(4, '0')}:`),
    );
    expect(inTime(copies.join(''))).toBe('read');
  });

  test('a million rows for one function are read', () => {
    expect(inTime(`00:00.0 A: b\n${'00: 01 02\n'.repeat(1e6)}`)).toBe('read');
  });

  test('one line of forty megabytes is read or refused', () => {
    expect(inTime(`00:00.0 A: ${'b '.repeat(2e7)}`)).toBe('read');
    expect(inTime(`00:00.0 A: b\n\t${'Slot #1 '.repeat(5e6)}`)).toBe('read');
    expect(inTime('('.repeat(4e7))).toMatch(/^line 1: expected/);
    expect(inTime(`00:00.0 A: b\n00: ${'00 '.repeat(1.3e7)}`)).toContain('at most 4096 bytes');
  });

  test('twenty million empty lines are read', () => {
    expect(inTime(`${'\n'.repeat(2e7)}00:00.0 A: b\n`)).toBe('read');
  });

  test('sixty thousand bridges with one range are read', () => {
    const bridge = madeDump([{ at: [0, 0, 0, 0], bridge: [0, 1, 255] }]);
    expect(inTime(bridge.repeat(60_000))).toBe('read');
  });

  test('bridges on every bus of two hundred domains, without bus numbers, are read', () => {
    const lines: string[] = [];
    for (let at = 0; at < 200 * 256; at += 1) {
      const bus = (at & 255).toString(16).padStart(2, '0');
      lines.push(`${(at >> 8).toString(16).padStart(4, '0')}:${bus}:00.0 PCI bridge: x\n`);
    }
    expect(inTime(lines.join(''))).toBe('read');
  });
});

/** Reads, and shows what was read in every form: "read", or the refusal. */
function outcomeOf(input: string): string {
  try {
    const topology = readTopology(input, readLimits);
    formatListing(topology);
    formatTree(topology);
    buildMachine(topology, 'powernv');
    return 'read';
  } catch (error) {
    if (error instanceof TopologyError) return error.message;
    throw error;
  }
}

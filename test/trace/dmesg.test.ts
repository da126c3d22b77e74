import { describe, expect, test } from 'vitest';
import { Prng } from '../../src/explore/prng.ts';
import { dmesg, dmesgLines, formatPrintk, printable, timestamp } from '../../src/trace/dmesg.ts';
import { passing } from './fixtures.ts';

describe('printk', () => {
  test.each<[string, (number | string)[], string]>([
    [
      'Timeout on hotplug command %#06x (issued %u msec ago)',
      [0x3f1, 1016],
      'Timeout on hotplug command 0x03f1 (issued 1016 msec ago)',
    ],
    ['PCI %04x:%02x:%02x.%x#%04x: EEH: ', [0, 1, 0x1f, 7, 0xfd], 'PCI 0000:01:1f.7#00fd: EEH: '],
    ['%d %i %u', [-5, -6, -1], '-5 -6 4294967295'],
    ['%x %X %#x %#X', [255, 255, 255, 255], 'ff FF 0xff 0XFF'],
    ['%#06x|%#x', [0, 0], '0x0000|0x0'],
    ['%08x', [-1], 'ffffffff'],
    ['%5d|%-5d|%05d|%+d|% d', [42, 42, -42, 42, 42], '   42|42   |-0042|+42| 42'],
    ['%.3d|%8.3x', [7, 0xa], '007|     00a'],
    ['%*d|%-*d|', [5, 1, 3, 2], '    1|2  |'],
    ['%hhx %hx %hhd %ld %llu %zu', [0x1ff, 0x1ffff, 0xff, -1, -1, 3], 'ff ffff -1 -1 4294967295 3'],
    ['%s|%5s|%-5s|%.2s', ['a', 'b', 'c', 'def'], 'a|    b|c    |de'],
    ['%c%c', [0x41, 'z'], 'Az'],
    ['100%% of %d', [3], '100% of 3'],
    ['no conversion', [1, 2], 'no conversion'],
  ])('%s', (format, args, text) => {
    expect(formatPrintk(format, args, [])).toBe(text);
  });

  test('a number for %s is the index of an interned text', () => {
    expect(formatPrintk('Slot(%s): %s', [1, 0], ['Link Up', '1-2'])).toBe('Slot(1-2): Link Up');
    expect(formatPrintk('%s', [7], [])).toBe('(null)');
  });

  test.each<[string, number[], string]>([
    ['%y %d', [1], '%y 1'],
    ['%d and %d', [1], '1 and %d'],
    ['%pS|%d', [4, 5], '%pS|5'],
    ['50%', [], '50%'],
    ['%', [], '%'],
    ['%5', [1], '%5'],
    ['%lld', [], '%lld'],
  ])('what is unknown or missing stays as it stands: %s', (format, args, text) => {
    expect(formatPrintk(format, args, [])).toBe(text);
  });

  test('never fails and never grows without bound, whatever the format', () => {
    const prng = new Prng(6);
    const characters = [...'%%%dxusc*.-+# 0159lhpz'];
    for (let i = 0; i < 5000; i++) {
      const length = prng.below(12);
      const format = Array.from({ length }, () => characters[prng.below(22)] ?? '').join('');
      const args = Array.from({ length: prng.below(5) }, () => prng.next() | 0);
      expect(formatPrintk(format, args, ['text']).length).toBeLessThan(50_000);
    }
  });
});

describe('dmesg', () => {
  test('has the timestamps of the kernel, microseconds of the start included', () => {
    expect(timestamp(1327, 852)).toBe('[    1.327852]');
    expect(timestamp(0, 0)).toBe('[    0.000000]');
    expect(timestamp(12_345_678, 1)).toBe('[12345.678001]');
    expect(timestamp(311, 840)).toBe('[    0.311840]');
  });

  test('repeats the timestamp for each line of a record and drops the last newline', () => {
    const line = { step: 1, actor: 0, timeMs: 5, text: 'EEH: Unable\nPlease try\n' };
    expect(dmesgLines(line, 0)).toEqual([
      '[    0.005000] EEH: Unable',
      '[    0.005000] Please try',
    ]);
  });

  test('is the log, line by line', () => {
    expect(dmesg(passing())).toBe("[    0.000840] EEH: Beginning: 'error_detected(IO frozen)'");
    expect(dmesg({ log: [], clockOffsetUs: 0 })).toBe('');
  });

  test('lets nothing through that steers a terminal', () => {
    expect(printable('a\u001b[31mb\u0007\u009b\u202ec\td')).toBe(
      'a\\x1b[31mb\\x07\\x9b\\u202ec\td',
    );
    const line = { step: 0, actor: 0, timeMs: 0, text: 'x\u001b]0;y\u0007' };
    expect(dmesgLines(line, 0)).toEqual(['[    0.000000] x\\x1b]0;y\\x07']);
  });
});

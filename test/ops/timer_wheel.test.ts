import { describe, expect, test } from 'vitest';
import { wheelExpiryMs } from '../../src/ops/timer_wheel.ts';

/** HZ=250; multiples of 8 jiffies at 15 ms + k * 32 ms (pciehp.md 3.1.4, the .84 ms cut off). */
const HZ = 250;
const OFFSET_MS = 17;

function lasts(nowMs: number, ms: number, what: 'msleep' | 'timeout'): number {
  return wheelExpiryMs(nowMs, ms, HZ, OFFSET_MS, what) - nowMs;
}

describe('timer wheel at HZ=250', () => {
  test('a timer below 63 jiffies fires one jiffy late', () => {
    expect(lasts(311, 4, 'timeout')).toBe(8);
    expect(lasts(311, 62 * 4, 'timeout')).toBe(63 * 4);
  });

  test('msleep(20) lasts 28 ms, whatever the phase', () => {
    for (let now = 311; now < 311 + 256; now += 4) expect(lasts(now, 20, 'msleep')).toBe(28);
  });

  test('a time that is not on a tick counts from the tick before it', () => {
    expect(wheelExpiryMs(314, 20, HZ, OFFSET_MS, 'msleep')).toBe(311 + 28);
  });

  test('the waits of the log of 13 November 2018 come out to the millisecond', () => {
    expect(lasts(311, 1000, 'timeout')).toBe(1016);
    expect(lasts(1335, 1100, 'msleep')).toBe(1112);
    expect(lasts(3855, 1000, 'timeout')).toBe(1024);
    expect(lasts(4879, 1000, 'msleep')).toBe(1024);
    expect(lasts(5911, 1000, 'timeout')).toBe(1016);
    expect(lasts(6927, 1000, 'timeout')).toBe(1024);
  });

  test('on level 1 the spread is exactly the wheel phase', () => {
    const timeouts = new Set<number>();
    const sleeps = new Set<number>();
    const links = new Set<number>();
    for (let now = 15; now < 15 + 32; now += 4) {
      timeouts.add(lasts(now, 1000, 'timeout'));
      sleeps.add(lasts(now, 1000, 'msleep'));
      links.add(lasts(now, 1100, 'msleep'));
    }
    const range = (set: Set<number>) => [Math.min(...set), Math.max(...set)];
    expect(range(timeouts)).toEqual([1004, 1032]);
    expect(range(sleeps)).toEqual([1008, 1036]);
    expect(range(links)).toEqual([1108, 1136]);
  });

  test('a level boundary belongs to the coarser level', () => {
    // 63 jiffies: ((74 + 8 + 63) >> 3) + 1 = 19 octets of jiffies = 152.
    expect(wheelExpiryMs(311, 63 * 4, HZ, OFFSET_MS, 'timeout')).toBe(152 * 4 - OFFSET_MS);
    // 504 jiffies: ((82 + 504) >> 6) + 1 = 10 times 64.
    expect(wheelExpiryMs(311, 504 * 4, HZ, OFFSET_MS, 'timeout')).toBe(640 * 4 - OFFSET_MS);
    expect(wheelExpiryMs(311, 503 * 4, HZ, OFFSET_MS, 'timeout')).toBe(592 * 4 - OFFSET_MS);
  });

  test('five seconds fire 4 to 256 ms late', () => {
    const late = new Set<number>();
    for (let now = 3; now < 3 + 256; now += 4) late.add(lasts(now, 5000, 'timeout') - 5000);
    expect(Math.min(...late)).toBe(4);
    expect(Math.max(...late)).toBe(256);
  });

  test('a timer never fires before its time, for any tick rate and phase', () => {
    for (const hz of [100, 250, 300, 1000]) {
      for (const offset of [-15, 0, 17]) {
        for (const ms of [0, 1, 5, 20, 100, 1000, 1100, 5000, 120_000]) {
          const at = wheelExpiryMs(311, ms, hz, offset, 'msleep');
          expect(at).toBeGreaterThanOrEqual(311 + ms);
          expect(Number.isSafeInteger(at)).toBe(true);
        }
      }
    }
  });

  test('the last level bounds the granularity: 9 levels at HZ=250, 8 at HZ=100', () => {
    const far = 2_000_000_000;
    expect(wheelExpiryMs(0, far, 250, 0, 'timeout') % (8 ** 8 * 4)).toBe(0);
    expect(wheelExpiryMs(0, far, 100, 0, 'timeout') % (8 ** 7 * 10)).toBe(0);
  });
});

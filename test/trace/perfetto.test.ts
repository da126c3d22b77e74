import { describe, expect, test } from 'vitest';
import { perfettoEvents, perfettoJson } from '../../src/trace/perfetto.ts';
import type { TraceEvent } from '../../src/trace/perfetto_event.ts';
import { FINDINGS, inversion, passing, useAfterFree } from './fixtures.ts';
import { Recorder } from './recorder.ts';

const ALL = Object.entries({ ...FINDINGS, passing });

describe.each(ALL)('the events of %s', (_, make) => {
  const events = perfettoEvents(make());
  const timed = events.filter((event) => event.ph !== 'M');

  test('are JSON that holds nothing but them', () => {
    const parsed: unknown = JSON.parse(perfettoJson(make()));
    expect(parsed).toMatchObject({ displayTimeUnit: 'ns', traceEvents: events });
  });

  test('come in the order of their time', () => {
    const times = timed.map((event) => event.ts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((ts) => Number.isInteger(ts) && ts >= 0)).toBe(true);
  });

  test('end every async span they begin, once, later, under the same name and category', () => {
    const open = new Map<string, TraceEvent>();
    const ids = new Set<string>();
    for (const event of events) {
      if (event.ph !== 'b' && event.ph !== 'e') {
        if (event.ph !== 's' && event.ph !== 'f') expect(event.id).toBe(undefined);
        continue;
      }
      const id = event.id ?? '';
      expect(id).toMatch(/^0x[0-9a-f]+$/);
      if (event.ph === 'b') {
        expect(ids.has(id)).toBe(false);
        ids.add(id);
        open.set(id, event);
        continue;
      }
      const begin = open.get(id);
      expect(begin).toMatchObject({ name: event.name, cat: event.cat, pid: event.pid });
      expect(event.ts).toBeGreaterThan(begin?.ts ?? Number.POSITIVE_INFINITY);
      open.delete(id);
    }
    expect(open.size).toBe(0);
  });

  test('nest the slices of a track', () => {
    const tracks = Map.groupBy(
      events.filter((event) => event.ph === 'X'),
      (event) => event.tid,
    );
    for (const slices of tracks.values()) {
      const open: number[] = [];
      for (const { ts, dur = 0 } of slices) {
        while ((open.at(-1) ?? Number.POSITIVE_INFINITY) <= ts) open.pop();
        expect(dur).toBeGreaterThan(0);
        expect(ts + dur).toBeLessThanOrEqual(open.at(-1) ?? Number.POSITIVE_INFINITY);
        open.push(ts + dur);
      }
    }
  });

  test('name every track they use', () => {
    const named = new Set(
      events.filter((event) => event.name === 'thread_name').map((event) => event.tid),
    );
    for (const event of timed) {
      if (event.ph !== 'C' && event.s !== 'g') expect(named.has(event.tid)).toBe(true);
    }
  });
});

test('tracks carry the names of the actors', () => {
  const names = perfettoEvents(useAfterFree()).filter((event) => event.name === 'thread_name');
  expect(names.map((event) => event.args['name'])).toEqual([
    'eehd (CPU0, eehd/928)',
    'mmio (CPU1, softirq, mmio/0)',
    'sysfs-remove (CPU2, sysfs-remove/1411)',
    'sysfs-rescan (CPU3, sysfs-rescan/1400)',
  ]);
});

test('a procedure is one slice from its first step to its last', () => {
  const slices = perfettoEvents(useAfterFree()).filter((event) => event.cat === 'procedure');
  const report = slices.find((event) => event.name === 'eeh_pe_report');
  expect(report).toMatchObject({ ts: 8, dur: 28 });
  const next = slices.find((event) => event.name === 'eeh_pe_next');
  expect(next).toMatchObject({ ts: 35, dur: 1, args: { at: 'actors/eeh/eeh_pe.ts:88' } });
});

test('the same procedure called from another line is another slice', () => {
  const r = new Recorder();
  const a = r.actor('a', 1);
  r.call(a, 'outer', 'actors/x.ts', 10).call(a, 'inner', 'actors/x.ts');
  r.op(a, 1, 'read', [r.at.root]).ret(a).op(a, 11, 'read', [r.at.root]);
  r.call(a, 'inner', 'actors/x.ts').op(a, 1, 'read', [r.at.root]);
  const inner = perfettoEvents(r.end(undefined)).filter((event) => event.name === 'inner');
  expect(inner.map((event) => event.ts)).toEqual([0, 2]);
});

test('a lock is waited for, then held', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('a', 1), r.actor('b', 2)];
  const lock = r.at.rescan_lock;
  r.op(b, 1, 'read', [r.at.root]).op(a, 1, 'mutex_lock', [lock]);
  r.op(a, 2, 'mutex_unlock', [lock]).op(b, 2, 'mutex_lock', [lock], 0, true);
  const spans = perfettoEvents(r.end(undefined)).filter((e) => e.ph === 'b' || e.ph === 'e');
  expect(spans.map(({ ph, cat, ts, tid }) => [ph, cat, ts, tid])).toEqual([
    ['b', 'lock-held', 1, 1],
    ['b', 'lock-wait', 1, 2],
    ['e', 'lock-held', 2, 1],
    ['e', 'lock-wait', 3, 2],
    ['b', 'lock-held', 3, 2],
    ['e', 'lock-held', 4, 2],
  ]);
});

test('a lock that is waited for is handed over, and its waiters are counted', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('a', 1), r.actor('b', 2)];
  const lock = r.at.rescan_lock;
  r.op(b, 1, 'read', [r.at.root]).op(a, 1, 'mutex_lock', [lock]);
  r.op(a, 2, 'mutex_unlock', [lock]).op(b, 2, 'mutex_lock', [lock], 0, true);
  const events = perfettoEvents(r.end(undefined));
  const flows = events.filter((e) => e.cat === 'hand-over');
  expect(flows.map(({ ph, ts, tid, bp }) => [ph, ts, tid, bp])).toEqual([
    ['s', 2, 1, undefined],
    ['f', 3, 2, 'e'],
  ]);
  const queue = events.filter((e) => e.cat === 'lock-queue');
  expect(queue.map(({ ts, args }) => [ts, args['waiters']])).toEqual([
    [1, 1],
    [3, 0],
  ]);
});

test('who takes a lock without waiting was handed nothing', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('a', 1), r.actor('b', 2)];
  const lock = r.at.rescan_lock;
  r.op(a, 1, 'mutex_lock', [lock]).op(a, 2, 'mutex_unlock', [lock]);
  r.op(b, 1, 'mutex_lock', [lock]);
  const cats = perfettoEvents(r.end(undefined)).map((event) => event.cat);
  expect(cats).not.toContain('hand-over');
  expect(cats).not.toContain('lock-queue');
});

test('an actor that waits for ever waits to the end', () => {
  const waits = perfettoEvents(inversion(true)).filter((event) => event.cat === 'lock-wait');
  expect(waits.filter((event) => event.ph === 'e').map((event) => event.ts)).toEqual([2]);
});

test('the finding is seen everywhere, allocations and frees on their track', () => {
  const instants = perfettoEvents(useAfterFree()).filter((event) => event.ph === 'i');
  const finding = instants.find((event) => event.cat === 'finding');
  expect(finding).toMatchObject({ name: '*** use-after-free ***', s: 'g', ts: 35 });
  expect(instants.find((event) => event.cat === 'free')).toMatchObject({ s: 't', tid: 3 });
  expect(instants.find((event) => event.cat === 'alloc')).toMatchObject({ s: 't', tid: 4 });
});

test('a jump of the virtual clock is shown, and the clock is a counter', () => {
  const events = perfettoEvents(useAfterFree()).filter((event) => event.cat === 'clock');
  expect(events.map(({ name, ph, ts, args }) => [name, ph, ts, args])).toEqual([
    ['virtual clock (ms)', 'C', 0, { ms: 0 }],
    ['virtual clock (ms)', 'C', 25, { ms: 250 }],
    ['clock +250 ms', 'i', 25, { from: 0, to: 250 }],
  ]);
});

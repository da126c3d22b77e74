import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { deepen, depthFirst, samplePct, sampleRandom } from './search.ts';

installLowering('explored');
const sct = await import('./sct_programs.ts');

type Found = readonly [name: string, make: () => Program, verdict: string, message: RegExp];

const BUG = /BUG_ON\(\) hit/;

describe('SCTBench programs end with their verdict at preemption bound 2 or below', () => {
  test.each<Found>([
    ['account_bad', sct.accountBad, 'assertion', BUG],
    ['arithmetic_prog_bad', () => sct.arithmeticProg(6), 'assertion', BUG],
    ['circular_buffer_bad', () => sct.circularBuffer(7), 'assertion', BUG],
    ['lazy01_bad', sct.lazy01, 'assertion', BUG],
    ['phase01_bad', () => sct.phase01(false), 'deadlock', /T2 waits for shared.m held by T1/],
    ['reorder_3_bad', () => sct.reorder(2, 1), 'assertion', BUG],
    ['reorder_4_bad', () => sct.reorder(3, 1), 'assertion', BUG],
    ['reorder_5_bad', () => sct.reorder(4, 1), 'assertion', BUG],
    ['reorder_10_bad', () => sct.reorder(9, 1), 'assertion', BUG],
    ['sync01_bad', () => sct.sync01(0), 'lost-wakeup', /T1 sleeps on shared.empty/],
    ['sync02_bad', () => sct.sync02(2), 'lost-wakeup', /producer sleeps on shared.empty/],
    ['twostage_bad', () => sct.twostage(1, 1), 'assertion', BUG],
    ['fsbench_bad', () => sct.fsbench(27), 'wild-access', /wild-memory-access: lock access/],
    ['ctrace-test', () => sct.ctrace(false), 'use-after-free', /lock access at t_trace_table#0.m/],
    ['qsort_mt', () => sct.qsortMt(false), 'assertion', BUG],
    ['pbzip2', () => sct.pbzip2(2, 0), 'use-after-free', /lock access at t_work_queue#0.m/],
    ['bbuf: if', () => sct.boundedBuffer('if'), 'assertion', BUG],
    ['bbuf: late', () => sct.boundedBuffer('late-count'), 'lost-wakeup', /on ring.not_empty/],
    [
      'bbuf: one condition',
      () => sct.boundedBuffer('one-condition', 2),
      'lost-wakeup',
      /on ring.not_empty/,
    ],
  ])('%s', (_name, make, verdict, message) => {
    const { end, finding } = deepen(make(), 2);
    expect({ end, verdict: finding?.verdict }).toEqual({ end: 'finding', verdict });
    expect(finding?.message).toMatch(message);
  });

  test.each([2, 3, 4, 5, 6, 7])('din_phil%i_sat', (count) => {
    const { finding, executions } = deepen(sct.dinPhil(count), 0);
    expect(finding?.verdict).toBe('assertion');
    expect(executions).toBe(1);
  });
});

describe('their twins are exhausted without a finding', () => {
  test.each<readonly [string, () => Program]>([
    ['arithmetic_prog with the right total', () => sct.arithmeticProg(7)],
    ['phase01 that gives x back', () => sct.phase01(true)],
    ['sync01 that takes', () => sct.sync01(1)],
    ['sync02 that starts empty', () => sct.sync02(0)],
    ['deadlock01 in one order', () => sct.deadlock01(true, false)],
    ['ctrace that waits', () => sct.ctrace(true)],
    ['qsort_mt handing over under one lock', () => sct.qsortMt(true)],
    ['pbzip2 that joins its consumers', () => sct.pbzip2(2, 2)],
    ['bbuf', () => sct.boundedBuffer('none')],
  ])('%s', (_name, make) => {
    const { end, finding } = deepen(make(), 2);
    expect({ end, finding }).toEqual({ end: 'exhausted', finding: undefined });
  });

  test('bbuf, no bound', () => {
    const engine = new Engine(sct.boundedBuffer('none', 1, 1));
    expect(depthFirst(engine, { bound: Number.POSITIVE_INFINITY, reduce: true }).end).toBe(
      'exhausted',
    );
  });

  test('fsbench with 26 actors, sampled', () => {
    expect(sampleRandom(sct.fsbench(26), 500).found).toBe(0);
  });
});

describe('deadlock01', () => {
  test('lockdep tells the inversion from a schedule that does not deadlock', () => {
    const { finding, executions, log } = deepen(sct.deadlock01(false, false), 0);
    expect(finding?.verdict).toBe('lock-inversion');
    expect(finding?.message).toContain('shared.m2 -> shared.m');
    // The first schedule at all: T1 to its end, then T2 up to its second lock.
    expect(executions).toBe(1);
    expect([...log.actors.subarray(0, log.length)]).toEqual([0, 0, 0, 0, 1, 1]);
  });

  test('without lock classes the deadlock itself is found, with its chain', () => {
    const { finding } = deepen(sct.deadlock01(false, true), 1);
    expect(finding?.verdict).toBe('deadlock');
    expect(finding?.message).toBe(
      'T1 waits for second.m held by T2, T2 waits for first.m held by T1',
    );
  });
});

describe('programs that need a sampler', () => {
  test('reorder_20 (10 setters, 10 checkers): random finds it', () => {
    // 0.0982 a run (engines.md 3.3): 300 runs miss it with (1 - 0.0982)^300 < 1e-13.
    expect(sampleRandom(sct.reorder(10, 10), 300).first?.verdict).toBe('assertion');
  });

  test('twostage with 8 writers and 8 readers: PCT finds it', () => {
    // Depth 2 over 16 actors and about 100 steps: at least 1 / 1600 a run.
    expect(samplePct(sct.twostage(8, 8), 2, 20_000).first?.verdict).toBe('assertion');
  });

  test('every execution of arithmetic_prog_bad, sync01_bad and sync02_bad fails', () => {
    for (const make of [() => sct.arithmeticProg(6), () => sct.sync01(0), () => sct.sync02(2)]) {
      expect(sampleRandom(make(), 1).found).toBe(1);
      for (let seed = 0; seed < 50; seed++) expect(sampleRandom(make(), 1, seed).found).toBe(1);
    }
  });
});

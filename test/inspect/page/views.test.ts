import { beforeAll, describe, expect, test } from 'vitest';
import { exhaustedLine, foundLine, limitLine } from '../../../src/explore/guarantee.ts';
import { chartOf } from '../../../src/inspect/chart/chart_of.ts';
import { figuresOf, mergeCoverage } from '../../../src/inspect/coverage/coverage.ts';
import { tuplesOf } from '../../../src/inspect/coverage/tuples.ts';
import { type InspectDocument, readDocument } from '../../../src/inspect/document/document.ts';
import { activeStates } from '../../../src/inspect/page/board/active.ts';
import {
  coverageCsv,
  coverageRows,
  edgeCountsIn,
  runCoverage,
  sortedRows,
} from '../../../src/inspect/page/board/counts.ts';
import {
  alternativesAt,
  exhaustedBound,
  treeAround,
} from '../../../src/inspect/page/branch/alternatives.ts';
import { divergenceOf } from '../../../src/inspect/page/diff/divergence.ts';
import { preemptionsOf } from '../../../src/inspect/page/run/preemptions.ts';
import { Run } from '../../../src/inspect/page/run/run.ts';
import { nested } from '../machines.ts';
import { documentOf } from './recorded.ts';

let document: InspectDocument;
let run: Run;

beforeAll(async () => {
  document = await documentOf('eeh-pe.T3.none');
  run = new Run(document);
});

describe('the board', () => {
  test('knows the boxes of every state that a machine can be in, regions side by side', () => {
    const chart = chartOf(nested);
    for (const { state, to } of tuplesOf(nested)) {
      for (const name of [state, to]) {
        const active = [...activeStates(chart, name)];
        const inner = active.filter((id) => !active.some((other) => other.startsWith(`${id}.`)));
        expect(inner.length, name).toBeGreaterThan(0);
        for (const id of inner) expect(name).toContain(id.split('.').at(-1));
      }
    }
    const both = [...activeStates(chart, 'B.{"p":"x","q":"y"}')];
    expect(both.filter((id) => /\.[xy]$/.test(id))).toHaveLength(2);
  });

  test.each([[''], ['nowhere'], ['B.{'], ['B.{"p":7}'], ['B.[1]']])('%j is no state', (name) => {
    const active = [...activeStates(chartOf(nested), name)];
    expect(active.length).toBeLessThan(3);
  });

  test('counts each move of the run once', () => {
    const coverage = runCoverage(document);
    const rows = coverageRows(coverage);
    const taken = rows.filter(({ status }) => status === 'taken');
    expect(taken.reduce((sum, { count }) => sum + count, 0)).toBe(document.moves.at.length);
    expect(figuresOf(coverage.machines).never).toBeGreaterThan(0);
  });

  test('counts edges as the run does, and twice where two runs are merged', () => {
    const one = runCoverage(document);
    const two = mergeCoverage([one, one]);
    document.actors.forEach(({ machine }, actor) => {
      const mine = document.machines[machine];
      if (mine === undefined) throw new Error('no machine');
      for (const [edge, count] of run.machines.counts(actor, run.count)) {
        expect(edgeCountsIn(mine, one).get(edge)).toBe(count);
        expect(edgeCountsIn(mine, two).get(edge)).toBe(2 * count);
      }
    });
  });

  test('sorts its table by any column, and writes it as it stands', () => {
    const rows = coverageRows(runCoverage(document));
    const byCount = sortedRows(rows, 'count', true).map(({ count }) => count);
    expect(byCount).toEqual(byCount.toSorted((a, b) => b - a));
    const names = sortedRows(rows, 'event', false).map(({ event }) => event);
    expect(names).toEqual(names.toSorted());
    expect(coverageCsv(rows).split('\r\n')).toHaveLength(rows.length + 2);
  });
});

describe('alternatives', () => {
  const search = (guarantee: string, bound: number | null, strategy = 'dfs') => {
    const figures = { executions: 1, steps: 1, states: 1, elapsedMs: 1 };
    return { strategy, bound, guarantee, ...figures };
  };

  test('what a search says of itself is read as it is written', () => {
    expect(exhaustedBound(search(foundLine(2, 1), 2))).toBe(1);
    expect(exhaustedBound(search(foundLine(0, -1), 0))).toBe(-1);
    expect(exhaustedBound(search(exhaustedLine(2, 10, true), 2))).toBe(2);
    expect(exhaustedBound(search(exhaustedLine(2, 10, true), null))).toBe(Number.POSITIVE_INFINITY);
    expect(exhaustedBound(search(exhaustedLine(2, 10, true), 2, 'pct'))).toBe(-1);
    const budget = { executions: 1, elapsedMs: 1, limits: { executions: 1, steps: 1, millis: 1 } };
    expect(exhaustedBound(search(limitLine(budget as never, 'x', 1, 0), 2))).toBe(1);
    expect(exhaustedBound(null)).toBe(-1);
  });

  test('are those that could move, one of them taken', () => {
    const before = preemptionsOf(document);
    const next = (actor: number, at: number): number => run.nextStepOf(actor, at);
    for (let position = 0; position < document.decided; position++) {
      const found = alternativesAt(document, before, position, next);
      expect(found.map(({ actor }) => actor)).toEqual(run.enabled(position));
      const taken = found.filter(({ fate }) => fate === 'taken');
      expect(taken.map(({ actor }) => actor)).toEqual([document.steps.actor[position]]);
    }
  });

  test('are explored up to the bound that was exhausted, and pruned beyond the bound', () => {
    const found = { ...document, search: search(foundLine(1, 0), 1) };
    const before = preemptionsOf(found);
    const next = (actor: number, at: number): number => run.nextStepOf(actor, at);
    const all = found.steps.actor.flatMap((_, at) => {
      const needed = (preempts: boolean): number => (before[at] ?? 0) + (preempts ? 1 : 0);
      return alternativesAt(found, before, at, next).map((one) => {
        return { ...one, needed: needed(one.preempts) };
      });
    });
    const others = all.filter(({ fate }) => fate !== 'taken');
    expect(others.length).toBeGreaterThan(0);
    for (const { fate, needed } of others) {
      expect(fate).toBe(needed === 0 ? 'explored' : needed > 1 ? 'beyond-bound' : 'unknown');
    }
    expect(before.at(-1)).toBeLessThan(4);
  });

  test('stand in the tree beside the step that was taken', () => {
    const nodes = treeAround(document, -3, 12);
    expect(nodes.map(({ step }) => step)).toEqual([...new Array(12).keys()]);
    for (const { step, actor, others } of nodes) {
      const enabled = [actor, ...others].toSorted((a, b) => a - b);
      expect(enabled).toEqual(run.enabled(step));
    }
  });
});

describe('two runs', () => {
  test('that are the same have everything in common', () => {
    const again = readDocument(JSON.parse(JSON.stringify(document)));
    const { first, second, same, problem } = divergenceOf(document, again);
    expect({ first, second, same, problem }).toEqual({
      ...{ first: undefined, second: undefined },
      ...{ same: document.steps.count, problem: '' },
    });
  });

  test('of one race with two designs part where the designs do', async () => {
    const other = await documentOf('eeh-pe.T3.refcount');
    const { rows, first, second, same, inSecond } = divergenceOf(document, other);
    expect(same).toBeGreaterThan(0);
    expect(first).toBeDefined();
    expect(second).toBeDefined();
    const parting = rows.findIndex(({ kind }) => kind !== 'same');
    expect(parting).toBeGreaterThanOrEqual(0);
    expect(rows.slice(0, parting).every(({ a, b }) => inSecond[a] === b)).toBe(true);
    for (const { a, b } of rows) {
      if (a < 0 || b < 0) continue;
      const text = (d: InspectDocument, step: number) => d.texts[d.steps.text[step] ?? -1];
      expect(text(other, b)).toBe(text(document, a));
    }
  });

  test('of different races are said to be so', async () => {
    const other = await documentOf('eeh-pe.T1.rescan-lock');
    expect(divergenceOf(document, other).problem).toContain('different races');
  });
});

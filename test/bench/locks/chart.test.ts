import { expect, test } from 'vitest';
import { barChart, escaped, lineChart, logAxis, position } from '../../../src/bench/locks/chart.ts';
import { benchPage } from '../../../src/bench/locks/page.ts';
import { cell, result } from './results.ts';

const text = (value: number): string => `${value} x`;

test('a log axis has the decades around its values', () => {
  const axis = logAxis('time', [3, 250], text);
  expect(axis.ticks.map(({ at }) => at)).toEqual([1, 10, 100, 1000]);
  expect([axis.min, axis.max]).toEqual([1, 1000]);
  expect(position(axis, 300, 10)).toBeCloseTo(100, 9);
  // What is off the axis lies at its end.
  expect([position(axis, 300, 0), position(axis, 300, 1e9)]).toEqual([0, 300]);
});

test('an axis without values is an axis still', () => {
  expect(logAxis('time', [], text).ticks.map(({ at }) => at)).toEqual([1, 10]);
  expect(logAxis('time', [10], text).ticks.length).toBeGreaterThan(1);
});

test('a point lies where its axes say, with its whisker', () => {
  const x = { label: 'x', log: false, min: 0, max: 10, ticks: [] };
  const y = logAxis('y', [1, 100], text);
  const points = [{ x: 5, y: 10, low: 1, high: 100, text: 'ten' }];
  const svg = lineChart({ title: 't', x, y, series: [{ name: 'mcs', points }] });
  expect(svg).toContain('<circle cx="365.0" cy="186.0" r="3"/>');
  expect(svg).toContain('<path d="M365.0 336.0V36.0"/>');
  expect(svg).toContain('<title>mcs: ten</title>');
});

const HOSTILE = `"><script>alert(1)</script>&'\u202e\u0000`;

test('hostile text stays text, in the charts and on the page', () => {
  expect(escaped(HOSTILE)).toBe(
    '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;\ufffd\ufffd',
  );
  expect(barChart(HOSTILE, [HOSTILE], [{ name: HOSTILE, bars: [] }])).not.toContain('<script');
  const named = { lock: HOSTILE, title: HOSTILE };
  const failed = [{ lock: HOSTILE, threads: 2, inside: 1, outside: 0, why: HOSTILE }];
  const made = result({ cells: [cell(named), cell({ ...named, threads: 4 })], failed });
  const page = benchPage({ ...made, environment: { ...made.environment, cpu: HOSTILE } });
  expect(page).not.toMatch(/<script|\u202e|\son\w+=/);
  expect(page).toContain('&lt;script&gt;');
});

test('the page needs nothing else: no script, no address, light and dark', () => {
  const page = benchPage(
    result({ cells: [cell({}), cell({ lock: 'mcs' }), cell({ threads: 4 })] }),
  );
  expect(page).not.toMatch(/<script|<link|@import|src=|href=|url\(/);
  expect(
    page.match(/https?:\/\/[^"]*/g)?.every((url) => url.startsWith('http://www.w3.org/')),
  ).toBe(true);
  expect(page).toContain('prefers-color-scheme:dark');
  expect(page).toContain("default-src 'none'");
  for (const heading of ['Throughput against oversubscription', 'Time to acquire', 'Fairness']) {
    expect(page).toContain(heading);
  }
  expect(page).toContain('12.0 [11.0..13.0]');
});

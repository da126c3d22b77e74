import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordedDocument, traceDocument } from '../../../src/cli/inspected.ts';
import { readRecorded, scenarioOf } from '../../../src/cli/recorded.ts';
import type { Scenario } from '../../../src/cli/scenario.ts';
import { Engine } from '../../../src/explore/engine.ts';
import {
  DocumentError,
  type InspectDocument,
  LOCK_EVENTS,
  readDocument,
} from '../../../src/inspect/document/document.ts';
import { MemoryAt } from '../../../src/inspect/document/memory_at.ts';
import { generationAt, STATUS } from '../../../src/memory/image.ts';

const T3 = fileURLToPath(
  new URL('../../corpus/schedules/eeh-pe.T3.none.schedule', import.meta.url),
);

let scenario: Scenario;
let document: InspectDocument;
let engine: Engine;

beforeAll(async () => {
  const recorded = readRecorded(T3);
  scenario = await scenarioOf(recorded, {});
  document = await recordedDocument(scenario, recorded, null, '');
  engine = new Engine(scenario.program);
  recorded.run(engine);
});

function plain(): unknown {
  return JSON.parse(JSON.stringify(document));
}

describe('a document of a counterexample', () => {
  test('comes back from JSON as it was', () => {
    expect(readDocument(plain())).toEqual(document);
  });

  test('knows the verdict, the step that broke the rule, and how to replay it', () => {
    const { finding, verdict, steps, replay, report } = document;
    expect(verdict).toBe('use-after-free');
    expect(finding?.step).toBe(steps.count - 1);
    expect(report).toContain('BUG: KASAN: use-after-free');
    expect(replay.command).toMatch(/^npx hotrace replay ht1\./);
  });

  test('has every word of memory as the engine leaves it', () => {
    const { memory, steps } = document;
    const words = new MemoryAt(memory, steps.count).words(steps.count);
    const left = engine.W.slice(0, scenario.program.layout.imageWords);
    expect(words).toEqual(left);
  });

  test('has memory at any position, keyframes or not', () => {
    const { memory, steps } = document;
    const at = new MemoryAt(memory, steps.count);
    const words = Int32Array.from(memory.initial);
    for (let position = 0, next = 0; position <= steps.count; position++) {
      for (; memory.journal.at[next] === position; next++) {
        words[memory.journal.addr[next] ?? 0] = memory.journal.value[next] ?? 0;
        expect(at.changedAt(position)).toContain(memory.journal.addr[next]);
      }
      expect(at.words(position)).toEqual(words);
    }
  });

  test('shows the object of the finding freed at the end', () => {
    const { memory, steps, finding } = document;
    const { layout } = scenario.program;
    const index = (layout.objectOf[finding?.addr ?? 0] ?? 0) - 1;
    const words = new MemoryAt(memory, steps.count).words(steps.count);
    expect(words[layout.words + 2 * index]).toBe(STATUS.FREED);
    expect(words[generationAt(layout, index)]).toBeGreaterThan(0);
  });

  test('has moves whose edges the charts know', () => {
    const { moves, actors, machines } = document;
    expect(moves.at.length).toBeGreaterThan(3);
    moves.tuple.forEach((tuple, i) => {
      const machine = machines[actors[moves.actor[i] ?? 0]?.machine ?? -1];
      const known = new Set(machine?.chart.edges.map((edge) => edge.id));
      expect(machine?.tuples[tuple]?.edges.filter((id) => !known.has(id))).toEqual([]);
    });
  });

  test('has a release for every lock that is taken twice', () => {
    const { locks } = document;
    const holders = new Map<number, number>();
    locks.at.forEach((_, i) => {
      const lock = locks.lock[i] ?? 0;
      const event = LOCK_EVENTS[locks.event[i] ?? 0];
      if (event === 'acquire' && locks.shared[i] === 0) {
        expect(holders.has(lock)).toBe(false);
        holders.set(lock, locks.actor[i] ?? -1);
      }
      if (event === 'release') holders.delete(lock);
    });
    expect(locks.at.length).toBeGreaterThan(5);
  });

  test('has the actor of each step among those that could move', () => {
    const { steps, decided } = document;
    for (let step = 0; step < decided; step++) {
      expect((steps.enabled[step] ?? 0) & (1 << (steps.actor[step] ?? 0))).not.toBe(0);
    }
  });
});

describe('a document from a trace alone', () => {
  test('works the same memory out of the steps, but for bookkeeping', async () => {
    const { trace } = readRecorded(document.replay.token).run(new Engine(scenario.program));
    const worked = await traceDocument(trace, scenario, 'trace');
    expect(readDocument(JSON.parse(JSON.stringify(worked)))).toEqual(worked);
    const { memory, steps } = document;
    const exact = new MemoryAt(memory, steps.count).words(steps.count);
    const words = new MemoryAt(worked.memory, steps.count).words(steps.count);
    const written = new Set(worked.memory.journal.addr.filter((addr) => addr < memory.words));
    const differing = [...written].filter((addr) => words[addr] !== exact[addr]);
    expect(differing).toEqual([]);
    expect(written.size).toBeGreaterThan(50);
    expect(worked.locks.at.length).toBeGreaterThan(0);
  });
});

describe('what is no document', () => {
  const broken: readonly (readonly [string, (document: Record<string, unknown>) => void])[] = [
    ['another schema', (d) => Object.assign(d, { schema: 2 })],
    ['a column that is cut', (d) => (d['moves'] = { at: [0], actor: [], tuple: [] })],
    ['an actor that is not there', (d) => (d['moves'] = { at: [0], actor: [99], tuple: [0] })],
    ['a position behind the end', (d) => (d['log'] = [{ at: 1e9, actor: 0, timeMs: 0, text: '' }])],
    ['words that are no numbers', (d) => (d['choices'] = ['0'])],
    ['a fraction among words', (d) => (d['choices'] = [0.5])],
    ['a verdict nobody knows', (d) => (d['verdict'] = '<b>')],
    ['more than it should be', (d) => (d['decided'] = 1e9)],
  ];
  test.each(broken)('%s is refused', (_, breakIt) => {
    const value = plain();
    if (typeof value !== 'object' || value === null) throw new Error('no object');
    const copy: Record<string, unknown> = { ...value };
    breakIt(copy);
    expect(() => readDocument(copy)).toThrow(DocumentError);
  });

  test.each([[null], [[]], ['{}'], [{}]])('%j is refused', (value) => {
    expect(() => readDocument(value)).toThrow(DocumentError);
  });
});

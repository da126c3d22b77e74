import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { knownMachines } from '../../../src/cli/diagram_machines.ts';
import { chartOf } from '../../../src/inspect/chart/chart_of.ts';
import { dotOf } from '../../../src/inspect/diagram/dot.ts';
import { FORMATS, type Format, writerOf } from '../../../src/inspect/diagram/formats.ts';
import { mermaidOf } from '../../../src/inspect/diagram/mermaid.ts';
import { scxmlOf } from '../../../src/inspect/diagram/scxml.ts';
import { svgOf } from '../../../src/inspect/diagram/svg.ts';
import { xmlId } from '../../../src/inspect/diagram/xml.ts';
import { xstateJsonOf } from '../../../src/inspect/diagram/xstate_json.ts';
import { rowsLayout } from '../../../src/inspect/layout/rows.ts';
import { shown } from '../../../src/inspect/layout/sizes.ts';
import { HOSTILE, hostile, nested, regions } from '../machines.ts';
import { elementsOf } from './well_formed.ts';

const known = [...(await knownMachines()).values()];
const machines = [nested, regions, hostile, ...known];

function svg(machine: (typeof machines)[number]): string {
  const chart = chartOf(machine);
  return svgOf(chart, rowsLayout(chart));
}

describe('SVG', () => {
  test('is well-formed, and every state and edge can be found by its id', () => {
    for (const machine of machines) {
      const chart = chartOf(machine);
      const elements = elementsOf(svg(machine));
      expect(elements.filter((e) => 'data-state' in e.attributes).length).toBe(chart.states.length);
      expect(elements.filter((e) => 'data-edge' in e.attributes).length).toBe(chart.edges.length);
    }
    expect(svg(nested)).toContain('data-edge="nested.A:always:0"');
    expect(svg(nested)).toContain('class="state parallel" data-state="nested.B"');
  });

  test('tells in words what it shows', () => {
    const text = svg(nested);
    const [root, title, desc] = elementsOf(text);
    expect(root?.attributes).toMatchObject({ role: 'img' });
    const labels = [title, desc].map((e) => e?.attributes['id']).join(' ');
    expect(root?.attributes['aria-labelledby']).toBe(labels);
    expect(text).toContain('A to B on always [hasty].');
    expect(text).toContain('nested begins in A.');
  });

  test('needs nothing from outside and follows the reader into the dark', () => {
    for (const machine of machines) {
      const text = svg(machine).replace('xmlns="http://www.w3.org/2000/svg"', '');
      expect(text).not.toMatch(/https?:|url\(|@import|<script|href=| on\w+="/);
      expect(text).toContain('prefers-color-scheme:dark');
    }
  });

  test('weighs edges by how often they were taken, and marks those that never were', () => {
    const chart = chartOf(nested);
    const counts = new Map([
      ['nested.A:GO:0', 99],
      ['nested.A:STAY:0', 9],
    ]);
    const text = svgOf(chart, rowsLayout(chart), counts);
    expect(text).toContain(
      'class="edge event taken" style="--hr-heat:1.00" data-edge="nested.A:GO:0"',
    );
    expect(text).toContain('style="--hr-heat:0.50" data-edge="nested.A:STAY:0"');
    expect(text).toContain('class="edge always never" data-edge="nested.A:always:0"');
    expect(text).toContain('A to A on STAY, taken 9 times.');
  });

  test('hostile names are inert', () => {
    const text = svg(hostile);
    expect(text).not.toMatch(/<b |<\/b>|<\/title><\/script>|\u202e|\0/);
    expect(text).toContain('&quot;]];&lt;/title&gt;');
  });
});

describe('Mermaid', () => {
  test('has no transition across a border, nor a composite state that points at itself', () => {
    const { text, notes } = mermaidOf(chartOf(nested));
    expect(text).toContain('A --> B : always [hasty]');
    expect(text).toContain('  --\n');
    for (const hidden of ['RESET', 'OUT', 'CROSS', 'UP', 'AGAIN', 'DEEP']) {
      expect(notes.join('\n')).toContain(`on ${hidden}`);
    }
    expect(text).not.toMatch(/B --> B\b/);
    expect(text).toMatch(/note right of A\n(.*\n)+ {2}end note/);
  });

  test('puts regions of the root into a state: at the top Mermaid refuses them', () => {
    const { text } = mermaidOf(chartOf(regions));
    expect(text).toMatch(/^stateDiagram-v2\n.*\n {2}state regions \{\n/);
  });

  test('every machine of ours can be drawn whole', () => {
    for (const machine of known) expect(mermaidOf(chartOf(machine)).notes).toEqual([]);
  });

  test('words of its grammar and hostile names are no words of its grammar', () => {
    const { text } = mermaidOf(chartOf(hostile));
    for (const line of text.split('\n').slice(2)) {
      expect(line).not.toMatch(/<(?!br\/>)|%%|`|--(?!>)/);
    }
    expect(text).toContain('state "end<br/>');
    expect(text).not.toMatch(/^\s*(end|state|NOTE|class|default) -->/m);
    expect(text).toContain('a#58;b#45;#45;c#59;');
  });
});

describe('DOT', () => {
  test('has a cluster for each state with children, and an arrow for each edge', () => {
    const text = dotOf(chartOf(nested));
    expect(text.match(/subgraph cluster_/g)).toHaveLength(4);
    const arrows = chartOf(nested).edges.length + 3;
    expect(text.match(/ -> /g)).toHaveLength(arrows);
    expect(text).toContain('peripheries=2');
    expect(text).toContain('lhead=cluster_2');
  });

  test('quotes what it quotes', () => {
    for (const line of dotOf(chartOf(hostile)).split('\n')) {
      const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(' -> ', '');
      expect(outside).not.toMatch(/["\\<>`]/);
    }
  });
});

describe('SCXML', () => {
  test('is well-formed, each id once, each target there', () => {
    for (const machine of machines) {
      const { text } = scxmlOf(chartOf(machine));
      const elements = elementsOf(text);
      const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? []);
      expect(new Set(ids).size).toBe(ids.length);
      for (const id of ids) expect(id).toMatch(/^[A-Za-z_][\w.-]*$/);
      for (const { attributes } of elements) {
        const pointed = `${attributes['target'] ?? ''} ${attributes['initial'] ?? ''}`;
        for (const id of pointed.split(' ')) if (id !== '') expect(ids).toContain(id);
      }
    }
  });

  test('has eventless transitions, invocations, several targets, and done events', () => {
    const { text, notes } = scxmlOf(chartOf(nested));
    expect(text).toContain('<transition target="nested.B" hotrace:guard="hasty"/>');
    expect(text).toContain('type="urn:hotrace:scxml" src="#prepare"/>');
    expect(text).toContain('target="nested.B.p.y nested.B.q.y"');
    expect(text).toContain('<transition event="done.state.nested.B" target="nested.C"');
    expect(text).toContain('<transition event="RESET" target="nested.B" type="internal"/>');
    expect(text).toContain('<transition event="STAY"/>');
    expect(notes.join('\n')).toContain('guards');
  });

  test('different names never become one id', () => {
    const names = ['a b', 'a_b', 'a_x20-b', 'a-b', 'a', '1', '_1', '', '字', HOSTILE];
    expect(new Set(names.map(xmlId)).size).toBe(names.length);
  });
});

describe('XState JSON', () => {
  test('makes the same chart again', () => {
    for (const machine of machines) {
      const { text, notes } = xstateJsonOf(machine);
      expect(notes).toEqual([]);
      // JSON border: our own text, which createMachine() checks itself.
      expect(chartOf(createMachine(JSON.parse(text)))).toEqual(chartOf(machine));
    }
  });

  test('says which functions it lost', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'A',
      states: { A: { on: { GO: { target: 'A', guard: () => true } } } },
    });
    expect(xstateJsonOf(machine).notes.join()).toContain('states.A.on.GO.guard is a function');
  });
});

test('every format has a writer, and its JSON is the chart', async () => {
  for (const format of Object.keys(FORMATS)) {
    const write = await writerOf(format as Format);
    expect((await write(nested)).text.length, format).toBeGreaterThan(300);
  }
  const { text } = await (await writerOf('json'))(nested);
  expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(chartOf(nested))));
});

test('text is no wider than its box, hostile names spelled out included', () => {
  const chart = chartOf(hostile);
  const boxes = new Map(rowsLayout(chart).states.map((box) => [box.id, box]));
  const [box, text] = [boxes.get(chart.root), shown(chart.machine)];
  expect(text).toContain('\\u202e');
  expect([...text].length).toBeLessThanOrEqual(48);
  expect(box?.width).toBeGreaterThan([...text].length * 0.602 * 13);
});

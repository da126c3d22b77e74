/** All machines on one page: what `docs/machines.md` is written by. */
import type { Chart } from '../inspect/chart/chart.ts';
import { mermaidOf } from '../inspect/diagram/mermaid.ts';
import type { Written } from '../inspect/diagram/written.ts';

const HEAD = [
  'Written by `npx hotrace diagram all --page FILE`; never edited by hand. Below each state stands',
  'the procedure that it runs; what the procedure returns is the event that leaves it. The same as',
  'a picture: `npx hotrace diagram MACHINE --format svg -o FILE`.',
].join('\n');

/** Mermaid of every chart, in order of their names. */
export function machinesPage(charts: readonly Chart[]): Written {
  const sorted = [...charts].sort((a, b) => (a.machine < b.machine ? -1 : 1));
  const list = sorted.map(({ machine }) => `[${machine}](#${anchor(machine)})`).join(', ');
  const parts = ['# The machines', HEAD, list];
  const notes: string[] = [];
  for (const chart of sorted) {
    const written = mermaidOf(chart);
    const { states, edges } = chart;
    const size = `${states.length - 1} states, ${edges.length} transitions.`;
    // A machine's text is escaped by its writer: no line of it can end the fence.
    const drawing = ['```mermaid', written.text.trimEnd(), '```'].join('\n');
    parts.push(`## ${heading(chart.machine)}`, size, drawing);
    notes.push(...written.notes.map((note) => `${chart.machine}: ${note}`));
  }
  return { text: `${parts.join('\n\n')}\n`, notes };
}

function heading(machine: string): string {
  return machine.replace(/[^\w .-]/gu, '-');
}

function anchor(machine: string): string {
  return heading(machine).toLowerCase().replaceAll('.', '').replaceAll(' ', '-');
}

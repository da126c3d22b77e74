/** Tables as comma-separated values (RFC 4180). */
import { isHidden, operationName } from '../../trace/operations.ts';
import type { Trace } from '../../trace/record.ts';
import { Symbols } from '../../trace/symbols.ts';

export type Cell = string | number;

/** One line a row, the names first. */
export function csvText(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [names, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Text that a spreadsheet would take for a formula gets an apostrophe: names may be anybody's. */
function cell(value: Cell): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const COLUMNS = ['step', 'actor', 'comm', 'pid', 'cpu', 'context', 'time_ms', 'operation', 'text'];

/** A row for every step that kernel code does. */
export function stepsCsv(trace: Trace): string {
  const symbols = new Symbols(trace);
  const shown = trace.steps.filter((step) => !isHidden(step));
  const rows = shown.map((step): Cell[] => {
    const actor = trace.actors[step.actor];
    const who = [actor?.name ?? '', actor?.comm ?? '', actor?.pid ?? -1, actor?.cpu ?? -1];
    const what = [operationName(step.kind), symbols.operation(step)];
    const [site] = step.stack;
    const place = [site?.procedure ?? '', site?.file ?? '', site?.line ?? 0];
    const context = actor?.context ?? '';
    return [step.step, ...who, context, step.timeMs, ...what, ...place, step.blocked ? 1 : 0];
  });
  return csvText([...COLUMNS, 'procedure', 'file', 'line', 'blocked'], rows);
}

/**
 * Rows of a trace as lines of text, each in its actor's column, with a heading for every procedure
 * entered. How the lines stand on the page is columns.ts' business.
 */
import { printable } from './dmesg.ts';
import { operandNames } from './operations.ts';
import type { Site, Trace, TraceStep, TraceWait } from './record.ts';
import type { Row } from './rows.ts';
import { Symbols } from './symbols.ts';

export type Tone = 'header' | 'call' | 'op' | 'fold' | 'finding';

/** One line of one actor's column. */
export interface Line {
  /** Index into the trace's actors; -1: of nobody. */
  readonly actor: number;
  /** The step's number, or ''. */
  readonly label: string;
  /** Procedures it stands in. */
  readonly indent: number;
  readonly text: string;
  /** `eeh_pe.ts:88` or ''. */
  readonly site: string;
  readonly tone: Tone;
}

export function linesOf(trace: Trace, rows: readonly Row[]): readonly Line[] {
  const page = new Page();
  const symbols = new Symbols(trace);
  for (const row of rows) {
    switch (row.kind) {
      case 'step':
        page.enter(row.step.actor, row.step.stack);
        page.add(...stepLines(symbols, row.step, row.mark));
        break;
      case 'fold': {
        page.enter(row.actor, row.stack);
        const text = `... ${row.count} more${row.where}`;
        page.add({ ...EMPTY, actor: row.actor, indent: row.stack.length, text, tone: 'fold' });
        break;
      }
      case 'move': {
        const { from, event, to } = row.move;
        const text = `-- ${from} -> ${to} on ${event}`;
        page.add({ ...EMPTY, actor: row.actor, text, tone: 'fold' });
        break;
      }
      case 'log': {
        const text = `printk: ${row.log.text.trimEnd()}`;
        page.add({ ...EMPTY, actor: row.actor, text: printable(text), tone: 'fold' });
        break;
      }
      case 'wait':
        page.enter(row.actor, row.wait.stack);
        page.add(...waitLines(trace, symbols, row.wait));
        break;
      case 'gap': {
        const switches = `${row.switches} switch${row.switches === 1 ? '' : 'es'}`;
        const text = `~~~ ${row.steps} steps with ${switches} left out ~~~`;
        page.add({ ...EMPTY, text, tone: 'fold' });
        break;
      }
      default:
        row satisfies never;
    }
  }
  return page.lines;
}

const HEADINGS_MAX = 4;
const EMPTY: Line = { actor: -1, label: '', indent: 0, text: '', site: '', tone: 'op' };

/** Lines as they are written, and which procedures each actor's column has named. */
class Page {
  readonly lines: Line[] = [];
  readonly #named = new Map<number, readonly string[]>();

  add(...lines: readonly Line[]): void {
    this.lines.push(...lines);
  }

  /** Names the procedures that the actor has entered since its last line. */
  enter(actor: number, stack: readonly Site[]): void {
    const frames = stack.map((site) => site.procedure).toReversed();
    const named = this.#named.get(actor) ?? [];
    // When an actor goes on after others, its innermost procedure is named once more.
    const known = this.lines.at(-1)?.actor === actor ? named : named.slice(0, frames.length - 1);
    let same = 0;
    while (same < frames.length && frames[same] === known[same]) same++;
    for (let depth = same; depth < frames.length; depth++) {
      const text = headingText(frames, same, depth);
      if (text !== '') this.lines.push({ ...EMPTY, actor, indent: depth, text, tone: 'call' });
    }
    this.#named.set(actor, frames);
  }
}

/** Of many procedures entered at once the first and the last two are named. */
function headingText(frames: readonly string[], from: number, depth: number): string {
  const between = frames.length - from > HEADINGS_MAX && depth > from && depth < frames.length - 2;
  if (!between) return `${frames[depth]}()`;
  return depth === from + 1 ? '...' : '';
}

function stepLines(symbols: Symbols, step: TraceStep, mark: string): readonly Line[] {
  const { actor, stack } = step;
  const text = symbols.operation(step);
  const base = { actor, indent: stack.length };
  const op: Line = { ...base, label: String(step.step), text, site: place(stack[0]), tone: 'op' };
  if (mark === '') return [op];
  return [op, { ...base, label: '', text: `*** ${mark} ***`, site: '', tone: 'finding' }];
}

function waitLines(trace: Trace, symbols: Symbols, wait: TraceWait): readonly Line[] {
  const { actor, stack, kind, addr } = wait;
  const base = { actor, indent: stack.length, label: '' };
  // schedule() has no operand: what it sleeps on was said by prepare_to_wait().
  const named = operandNames(kind).length > 0 || addr === 0;
  const text = named
    ? symbols.operation({ kind, operands: [addr], result: 0 })
    : `schedule() on ${symbols.place(addr)}`;
  const holder = wait.holder < 0 ? '' : `, held by ${holderName(trace, wait)}`;
  return [
    { ...base, text, site: place(stack[0]), tone: 'op' },
    { ...base, text: `*** waits for ever${holder} ***`, site: '', tone: 'finding' },
  ];
}

function holderName(trace: Trace, wait: TraceWait): string {
  return wait.holder === wait.actor ? 'itself' : (trace.actors[wait.holder]?.name ?? '?');
}

function place(site: Site | undefined): string {
  if (site === undefined) return '';
  return `${site.file.slice(site.file.lastIndexOf('/') + 1)}:${site.line}`;
}

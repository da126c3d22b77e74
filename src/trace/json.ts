/** A trace as one JSON object for `--json`: what happened, with symbolic names only. */
import { culpritOf } from './culprit.ts';
import { operationName } from './operations.ts';
import type { Site, Trace } from './record.ts';
import { contextSwitches, type Row, type RowOptions, rowsOf } from './rows.ts';
import { Symbols } from './symbols.ts';

/** One line of the columns. Fold rows have a count instead of a step. */
export interface ColumnJson {
  readonly actor: string;
  readonly step: number | null;
  readonly procedure: string;
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Steps folded into this row; 1 for a step. */
  readonly count: number;
  /** The verdict, at the step that broke the rule. */
  readonly finding: string | null;
}

/** For `--json`: plain data with symbolic names only. */
export function traceJson(trace: Trace, options: RowOptions) {
  const symbols = new Symbols(trace);
  const { finding, target, design } = trace;
  return {
    target,
    design,
    finding: finding === undefined ? null : { ...finding, addr: symbols.address(finding.addr) },
    findingStep: culpritOf(trace).step?.step ?? null,
    contextSwitches: contextSwitches(trace),
    actors: trace.actors,
    columns: columnsJson(trace, options),
    steps: trace.steps.map((step) => ({
      step: step.step,
      actor: actorName(trace, step.actor),
      operation: operationName(step.kind),
      text: symbols.operation(step),
      ...siteJson(step.stack[0]),
      callers: step.stack.slice(1).map((site) => site.procedure),
      timeMs: step.timeMs,
      blocked: step.blocked,
    })),
    transitions: trace.transitions.map((move) => ({
      ...move,
      actor: actorName(trace, move.actor),
    })),
    log: trace.log.map((line) => ({ ...line, actor: actorName(trace, line.actor) })),
    waits: trace.waits.map((wait) => ({
      actor: actorName(trace, wait.actor),
      operation: operationName(wait.kind),
      on: wait.addr === 0 ? null : symbols.place(wait.addr),
      holder: wait.holder < 0 ? null : actorName(trace, wait.holder),
      sinceMs: wait.sinceMs,
      ...siteJson(wait.stack[0]),
    })),
  };
}

/** The rows of the columns, in order. */
function columnsJson(trace: Trace, options: RowOptions): readonly ColumnJson[] {
  const symbols = new Symbols(trace);
  return rowsOf(trace, options).map((row) => columnJson(trace, symbols, row));
}

function columnJson(trace: Trace, symbols: Symbols, row: Row): ColumnJson {
  const none = { step: null, procedure: '', file: '', line: 0, count: 0, finding: null };
  switch (row.kind) {
    case 'step': {
      const { step, actor, stack } = row.step;
      const text = symbols.operation(row.step);
      const finding = row.mark === '' ? null : row.mark;
      const site = siteJson(stack[0]);
      return { actor: actorName(trace, actor), step, ...site, text, count: 1, finding };
    }
    case 'fold': {
      const actor = actorName(trace, row.actor);
      const text = `... ${row.count} more${row.where}`;
      return { ...none, actor, procedure: row.stack[0]?.procedure ?? '', text, count: row.count };
    }
    case 'move': {
      const { from, to, event } = row.move;
      const text = `${from} -> ${to} on ${event}`;
      return { ...none, actor: actorName(trace, row.actor), text };
    }
    case 'log':
      return { ...none, actor: actorName(trace, row.actor), text: `printk: ${row.log.text}` };
    case 'wait': {
      const { addr, stack } = row.wait;
      const text = `waits for ever for ${addr === 0 ? 'a wake-up' : symbols.place(addr)}`;
      return { ...none, actor: actorName(trace, row.actor), ...siteJson(stack[0]), text };
    }
    case 'gap':
      return { ...none, actor: '', text: `${row.steps} more steps`, count: row.steps };
    default:
      return row satisfies never;
  }
}

function siteJson(site: Site | undefined): Site {
  return site ?? { procedure: '', file: '', line: 0 };
}

function actorName(trace: Trace, actor: number): string {
  return trace.actors[actor]?.name ?? '?';
}

/**
 * A trace as the text that tracefs gives out (`trace`): kernel people's tools read and grep it. A
 * step is a microsecond. Lock waits are lock:contention_begin and _end, interrupts irq_handler_*.
 */

import { OPS } from '../../ops/vocabulary.ts';
import { printable } from '../../topology/printable.ts';
import { acquires, isHidden, isIrq, locks, operationName } from '../../trace/operations.ts';
import type { Trace, TraceActor, TraceStep } from '../../trace/record.ts';
import { Symbols } from '../../trace/symbols.ts';

const HEAD = [
  '#                                _-----=> irqs-off/BH-disabled',
  '#                               / _----=> need-resched',
  '#                              | / _---=> hardirq/softirq',
  '#                              || / _--=> preempt-depth',
  '#                              ||| / _-=> migrate-disable',
  '#                              |||| /     delay',
  '#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION',
  '#              | |         |   |||||     |         |',
];

/** TASK_COMM_LEN, without the terminating zero. */
const COMM_MAX = 15;

export function ftraceText(trace: Trace): string {
  const shown = trace.steps.filter((step) => !isHidden(step));
  const cpus = 1 + Math.max(0, ...trace.actors.map(({ cpu }) => cpu));
  const count = `${shown.length}/${shown.length}`;
  const entries = `# entries-in-buffer/entries-written: ${count}   #P:${cpus}`;
  const lines = ['# tracer: nop', '#', entries, '#', ...HEAD];
  const symbols = new Symbols(trace);
  const last = new Map<number, number>();
  for (const step of shown) {
    const actor = trace.actors[step.actor];
    const since = (last.get(step.actor) ?? -1) + 1;
    last.set(step.actor, step.step);
    if (actor === undefined) continue;
    for (const { at, event } of eventsOf(symbols, step, since)) lines.push(line(actor, at, event));
  }
  return `${sorted(lines).join('\n')}\n`;
}

/** A wait's begin belongs before what others did meanwhile. */
function sorted(lines: readonly string[]): string[] {
  const at = (text: string): number => Number(/ (\d+\.\d{6}): /.exec(text)?.[1] ?? -1);
  return lines
    .map((text, i) => ({ text, i, time: text.startsWith('#') ? -1 : at(text) }))
    .sort((a, b) => a.time - b.time || a.i - b.i)
    .map(({ text }) => text);
}

interface Event {
  readonly at: number;
  readonly event: string;
}

function eventsOf(symbols: Symbols, step: TraceStep, since: number): Event[] {
  const { kind, operands, blocked, stack } = step;
  const [site] = stack;
  const place = site === undefined ? '' : ` ${site.procedure}+${site.file}:${site.line}`;
  const at = step.step;
  const own = { at, event: `${operationName(kind)}: ${symbols.operation(step)}${place}` };
  const lock = `0x${(operands[0] ?? 0).toString(16)}`;
  if (blocked && since < at && (locks(kind) || acquires(step))) {
    const begin = { at: since, event: `contention_begin: ${lock} (flags=${flagsOf(kind)})` };
    return [begin, { at, event: `contention_end: ${lock} (ret=0)` }, own];
  }
  if (!isIrq(step)) return [own];
  const name = symbols.place(operands[0] ?? 0);
  if (kind === OPS.irq_enter.kind) {
    return [{ at, event: `irq_handler_entry: irq=${operands[0] ?? 0} name=${name}` }, own];
  }
  if (kind !== OPS.irq_exit.kind) return [own];
  return [own, { at, event: `irq_handler_exit: irq=${operands[0] ?? 0} ret=handled` }];
}

/** LCB_F_* of include/trace/events/lock.h, as its print format spells them. */
function flagsOf(kind: number): string {
  if (kind === OPS.down_read.kind) return 'READ';
  if (kind === OPS.down_write.kind) return 'WRITE';
  return kind === OPS.mutex_lock.kind ? 'MUTEX' : 'SPIN';
}

function line(actor: TraceActor, at: number, event: string): string {
  const comm = printable(actor.comm).replaceAll(' ', '_').slice(0, COMM_MAX);
  const task = `${comm.padStart(16)}-${String(actor.pid).padEnd(7)}`;
  const where = { process: '.', softirq: 's', hardirq: 'h' }[actor.context];
  const flags = `${actor.context === 'hardirq' ? 'd' : '.'}.${where}..`;
  const seconds = `${Math.floor(at / 1e6)}.${String(at % 1e6).padStart(6, '0')}`.padStart(12);
  return `${task} [${String(actor.cpu).padStart(3, '0')}] ${flags} ${seconds}: ${printable(event)}`;
}

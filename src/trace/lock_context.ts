/**
 * Reports of lock operations in the wrong place: a sleeping function in atomic context
 * (might_sleep(), kernel/sched/core.c), and unlocks of what somebody else or nobody holds.
 */
import { OPS } from '../ops/vocabulary.ts';
import { culpritOf } from './culprit.ts';
import { callTrace, taskLine, warningLine } from './kasan.ts';
import { boxed, headOf, heldLines } from './lockdep.ts';
import { lockHistory } from './locks.ts';
import { maySleep } from './operations.ts';
import type { Trace, TraceStep } from './record.ts';
import { type Symbols, siteText, stackLines, taskName } from './symbols.ts';

const IRQS_OFF = new Set<number>([OPS.spin_lock_irqsave.kind, OPS.local_irq_disable.kind]);
const IRQS_ON = new Set<number>([OPS.spin_unlock_irqrestore.kind, OPS.local_irq_enable.kind]);

export function sleepingReport(trace: Trace, symbols: Symbols): readonly string[] {
  const { step } = culpritOf(trace);
  if (step === undefined) return [headOf(trace)];
  const actor = trace.actors[step.actor];
  const held = lockHistory(trace, step.step).atEnd[step.actor] ?? [];
  const irqs = irqsDisabled(trace, step);
  const site = step.stack[0];
  const place = site === undefined ? '(unknown)' : `${site.file}:${site.line}`;
  // Where the sleeping operation itself is not in the trace, only the message names it.
  const at = maySleep(step.kind) ? `at ${place}` : `after ${place}: ${trace.finding?.message}`;
  return [
    `BUG: sleeping function called from invalid context ${at}`,
    `in_atomic(): 1, irqs_disabled(): ${irqs ? 1 : 0}, non_block: 0, pid: ${actor?.pid ?? 0}, ` +
      `name: ${actor?.comm ?? '?'}`,
    `context: ${actor?.context ?? 'process'}, operation: ${symbols.operation(step)}`,
    ...heldLines(trace, symbols, step.actor, held),
    taskLine(trace, step),
    ...callTrace(step),
  ];
}

export function unlockReport(trace: Trace, symbols: Symbols): readonly string[] {
  const { step } = culpritOf(trace);
  if (step === undefined) return [headOf(trace)];
  const addr = step.operands[0] ?? 0;
  const name = symbols.place(addr);
  const { atEnd } = lockHistory(trace, step.step);
  const owner = atEnd.flat().find((hold) => hold.addr === addr && hold.actor !== step.actor);
  const mine = heldLines(trace, symbols, step.actor, atEnd[step.actor] ?? []);
  if (owner !== undefined) {
    return [
      'DEBUG_LOCKS_WARN_ON(__owner_task(owner) != get_current())',
      warningLine(trace, step),
      `${taskName(trace.actors[step.actor])} releases ${name}, which is held by ` +
        `${taskName(trace.actors[owner.actor])} since step ${owner.from}:`,
      ...stackLines(owner.stack),
      '',
      ...mine,
      ...callTrace(step),
    ];
  }
  return [
    ...boxed('WARNING: bad unlock balance detected!'),
    `${taskName(trace.actors[step.actor])} is trying to release lock (${name}) at:`,
    siteText(step.stack[0]),
    'but there are no more locks to release!',
    '',
    'other info that might help us debug this:',
    ...mine,
    '',
    'stack backtrace:',
    taskLine(trace, step),
    ...callTrace(step),
  ];
}

/** Whether the actor had its CPU's interrupts off just before a step. */
function irqsDisabled(trace: Trace, until: TraceStep): boolean {
  if (trace.actors[until.actor]?.context === 'hardirq') return true;
  let depth = 0;
  for (const step of trace.steps) {
    if (step.step >= until.step) break;
    if (step.actor !== until.actor) continue;
    if (IRQS_OFF.has(step.kind)) depth++;
    if (IRQS_ON.has(step.kind)) depth--;
  }
  return depth > 0;
}

/**
 * Reports of broken lock order in lockdep's shapes (kernel/locking/lockdep.c): recursion, circular
 * dependency with its chain, inconsistent irq state. Holders and chains come from the trace.
 */
import { OPS } from '../ops/vocabulary.ts';
import { culpritOf } from './culprit.ts';
import { callTrace, taskLine } from './kasan.ts';
import {
  type Acquisition,
  type Dependency,
  dependencyChain,
  type Hold,
  type LockHistory,
  lockClass,
  lockHistory,
  lockTypeOf,
} from './locks.ts';
import { locks, releases } from './operations.ts';
import type { Site, Trace } from './record.ts';
import { type Symbols, siteText, stackLines, taskName } from './symbols.ts';

/** What breaks the rule: the last operation, or where an actor waits for ever. */
interface Attempt {
  readonly actor: number;
  readonly addr: number;
  readonly kind: number;
  readonly step: number;
  readonly stack: readonly Site[];
  /** What the actor holds at that moment. */
  readonly held: readonly Hold[];
  readonly history: LockHistory;
}

const UNSAFE = ' Possible unsafe locking scenario:';
const DEADLOCK = ['', ' *** DEADLOCK ***'];

export function recursionReport(trace: Trace, symbols: Symbols): readonly string[] {
  const attempt = attemptOf(trace);
  if (attempt === undefined) return [headOf(trace)];
  const held =
    attempt.held.findLast((hold) => hold.addr === attempt.addr) ??
    attempt.held.findLast((h) => sameClass(trace, h.addr, attempt.addr));
  const name = symbols.place(attempt.addr);
  return [
    ...boxed('WARNING: possible recursive locking detected'),
    ...tryingLines(trace, symbols, attempt),
    ...(held === undefined ? [] : ['', ...holdingLines(symbols, held)]),
    '',
    'other info that might help us debug this:',
    UNSAFE,
    '',
    '       CPU0',
    '       ----',
    `  lock(${held === undefined ? name : symbols.place(held.addr)});`,
    `  lock(${name});`,
    ...DEADLOCK,
    '',
    ...heldLines(trace, symbols, attempt.actor, attempt.held),
    ...backtrace(trace, attempt),
  ];
}

export function inversionReport(trace: Trace, symbols: Symbols): readonly string[] {
  const attempt = attemptOf(trace);
  if (attempt === undefined) return [headOf(trace)];
  const found = closingChain(trace, attempt);
  const held = found?.held ?? attempt.held.at(-1);
  const lines = [
    ...boxed('WARNING: possible circular locking dependency detected'),
    ...tryingLines(trace, symbols, attempt),
    ...(held === undefined ? [] : ['', ...holdingLines(symbols, held)]),
    '',
    'which lock already depends on the new lock.',
    '',
  ];
  if (found === undefined || held === undefined) {
    return [...lines, trace.finding?.message ?? '', ...backtrace(trace, attempt)];
  }
  const chain = found.chain.toReversed();
  const inner = symbols.place(attempt.addr);
  return [
    ...lines,
    'the existing dependency chain (in reverse order) is:',
    ...chain.flatMap((link, i) => linkLines(trace, symbols, link, chain.length - i)),
    '',
    `-> #0 (${inner}):`,
    ...stackLines(attempt.stack, '       '),
    '',
    'other info that might help us debug this:',
    '',
    ...chainOfNames(symbols, found.chain, inner),
    UNSAFE,
    '',
    ...crossing(symbols.place(held.addr), inner),
    ...DEADLOCK,
    '',
    ...heldLines(trace, symbols, attempt.actor, attempt.held),
    ...backtrace(trace, attempt),
  ];
}

export function irqUnsafeReport(trace: Trace, symbols: Symbols): readonly string[] {
  const attempt = attemptOf(trace);
  if (attempt === undefined) return [headOf(trace)];
  const { addr, actor } = attempt;
  const context = (index: number): string => trace.actors[index]?.context ?? 'process';
  const inIrq = context(actor) !== 'process';
  // The other half of the inconsistency: the same class taken on the other side of an interrupt,
  // in process context with interrupts on.
  const others = attempt.history.acquisitions.filter(
    (a) => sameClass(trace, a.addr, addr) && (context(a.actor) === 'process') === inIrq,
  );
  const other =
    others.findLast((a) => !inIrq || a.kind !== OPS.spin_lock_irqsave.kind) ?? others.at(-1);
  const irq = (inIrq ? context(actor) : context(other?.actor ?? actor)).toUpperCase();
  const usage = inIrq ? [`${irq}-ON-W`, `IN-${irq}-W`] : [`IN-${irq}-W`, `${irq}-ON-W`];
  const name = symbols.place(addr);
  return [
    ...boxed('WARNING: inconsistent lock state'),
    `inconsistent {${usage[0]}} -> {${usage[1]}} usage.`,
    `${taskName(trace.actors[actor])} [${context(actor)}] takes:`,
    `(${name}){${lockTypeOf(attempt)}}, at: ${siteText(attempt.stack[0])}`,
    ...(other === undefined
      ? []
      : [
          `{${usage[0]}} state was registered at:`,
          `  ${taskName(trace.actors[other.actor])} ${stepText(other.step)}:`,
          ...stackLines(other.stack, '  '),
        ]),
    '',
    'other info that might help us debug this:',
    UNSAFE,
    '',
    '       CPU0',
    '       ----',
    `  lock(${name});`,
    '  <Interrupt>',
    `    lock(${name});`,
    ...DEADLOCK,
    '',
    ...heldLines(trace, symbols, actor, attempt.held),
    ...backtrace(trace, attempt),
  ];
}

/** `2 locks held by eehd/928:` and one line each, oldest first. */
export function heldLines(
  trace: Trace,
  symbols: Symbols,
  actor: number,
  held: readonly Hold[],
): readonly string[] {
  const task = taskName(trace.actors[actor]);
  if (held.length === 0) return [`no locks held by ${task}.`];
  return [
    `${held.length} lock${held.length === 1 ? '' : 's'} held by ${task}:`,
    ...held.map(
      (h, i) => ` #${i}: (${symbols.place(h.addr)}){${lockTypeOf(h)}}, at: ${siteText(h.stack[0])}`,
    ),
  ];
}

function attemptOf(trace: Trace): Attempt | undefined {
  const { step } = culpritOf(trace);
  if (step !== undefined && (locks(step.kind) || releases(step))) {
    const history = lockHistory(trace, step.step);
    const held = history.atEnd[step.actor] ?? [];
    return { ...step, addr: step.operands[0] ?? 0, held, history };
  }
  const addr = trace.finding?.addr ?? 0;
  const waiting = trace.waits.filter((wait) => locks(wait.kind));
  const wait = waiting.find((w) => w.addr === addr) ?? waiting[0];
  if (wait === undefined) return undefined;
  const history = lockHistory(trace);
  const held = history.atEnd[wait.actor] ?? [];
  return { ...wait, step: trace.steps.at(-1)?.step ?? 0, held, history };
}

/** Which lock held closes the circle, and the dependencies that lead to it from the new lock. */
function closingChain(
  trace: Trace,
  attempt: Attempt,
): { held: Hold; chain: readonly Dependency[] } | undefined {
  const { layout } = trace;
  const from = lockClass(layout, attempt.addr);
  for (const held of attempt.held.toReversed()) {
    const { acquisitions } = attempt.history;
    const others = acquisitions.filter((a) => a.actor !== attempt.actor || a.step !== undefined);
    const chain = dependencyChain(layout, others, from, lockClass(layout, held.addr));
    if (chain !== undefined) return { held, chain };
  }
  return undefined;
}

function linkLines(
  trace: Trace,
  symbols: Symbols,
  link: Dependency,
  index: number,
): readonly string[] {
  const { at, hold } = link;
  return [
    '',
    `-> #${index} (${symbols.place(at.addr)}), taken by ${taskName(trace.actors[at.actor])} ` +
      `${stepText(at.step)} with ${symbols.place(hold.addr)} held:`,
    ...stackLines(at.stack, '       '),
  ];
}

function chainOfNames(
  symbols: Symbols,
  chain: readonly Dependency[],
  inner: string,
): readonly string[] {
  if (chain.length < 2) return [];
  const names = [inner, ...chain.map((link) => symbols.place(link.at.addr))];
  return ['Chain exists of:', `  ${names.join(' --> ')}`, ''];
}

/** Two CPUs taking the ends of the chain in both orders. */
function crossing(outer: string, inner: string): readonly string[] {
  const left = Math.max(31, Math.max(outer.length, inner.length) + 11);
  return [
    `${'       CPU0'.padEnd(left)}CPU1`,
    `${'       ----'.padEnd(left)}----`,
    `  lock(${outer});`,
    `${' '.repeat(left)}lock(${inner});`,
    `${' '.repeat(left)}lock(${outer});`,
    `  lock(${inner});`,
  ];
}

function tryingLines(trace: Trace, symbols: Symbols, attempt: Attempt): readonly string[] {
  return [
    `${taskName(trace.actors[attempt.actor])} is trying to acquire lock:`,
    `(${symbols.place(attempt.addr)}){${lockTypeOf(attempt)}}, at: ${siteText(attempt.stack[0])}`,
  ];
}

function holdingLines(symbols: Symbols, held: Hold): readonly string[] {
  return [
    'but task is already holding lock:',
    `(${symbols.place(held.addr)}){${lockTypeOf(held)}}, at: ${siteText(held.stack[0])}`,
  ];
}

function backtrace(trace: Trace, attempt: Attempt): readonly string[] {
  return ['', 'stack backtrace:', taskLine(trace, attempt), ...callTrace(attempt)];
}

export function boxed(headline: string): readonly string[] {
  return ['='.repeat(headline.length), headline, '-'.repeat(headline.length)];
}

export function headOf(trace: Trace): string {
  return `WARNING: ${trace.finding?.message ?? ''}`;
}

function sameClass(trace: Trace, a: number, b: number): boolean {
  return lockClass(trace.layout, a) === lockClass(trace.layout, b);
}

function stepText(step: Acquisition['step']): string {
  return step === undefined ? '(waiting)' : `at step ${step}`;
}

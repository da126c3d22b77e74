/**
 * The report of a finding, in the words of the kernel's own detectors where it has one; and the
 * whole text of a counterexample: report, columns, replay line.
 */
import type { Finding } from '../oracles/verdict.ts';
import { type ColumnsOptions, columns, shortSchedule } from './columns.ts';
import { culpritOf, lastWriter } from './culprit.ts';
import { printable } from './dmesg.ts';
import { hungReport, livelockReport, lostWakeupReport } from './hung.ts';
import {
  callTrace,
  kasanReport,
  kcsanReport,
  leakReport,
  refcountReport,
  taskLine,
  warningLine,
} from './kasan.ts';
import { sleepingReport, unlockReport } from './lock_context.ts';
import { inversionReport, irqUnsafeReport, recursionReport } from './lockdep.ts';
import type { Trace } from './record.ts';
import { Symbols, siteText, stackLines, taskName } from './symbols.ts';

export interface Report {
  /** `BUG: KASAN: use-after-free in eeh_pe_next (actors/eeh/eeh_pe.ts:88)` */
  readonly headline: string;
  readonly text: string;
}

/** undefined for a trace without a finding. */
export function reportOf(trace: Trace): Report | undefined {
  const { finding } = trace;
  if (finding === undefined) return undefined;
  const lines = linesFor(trace, finding, new Symbols(trace)).map(printable);
  const headline = lines.find((line) => /[a-z]/i.test(line) && !line.startsWith('---'));
  return { headline: headline ?? finding.message, text: lines.join('\n') };
}

/** What is printed when a run fails: report, schedule in one line, columns, how to replay it. */
export function explanation(trace: Trace, options: ColumnsOptions, replay: string): string {
  const report = reportOf(trace);
  const parts = [
    ...(report === undefined ? [] : [report.text]),
    shortSchedule(trace),
    columns(trace, options),
    ...(replay === '' ? [] : [`replay: ${replay}`]),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Oracles that know the kernel's rules only; every other one is an invariant of a system. */
const DETECTORS = new Set([
  'kasan',
  'kmemleak',
  'kcsan',
  'refcount',
  'lockdep',
  'hung-task',
  'watchdog',
  'machine',
  'bug-on',
  'warn-on',
  'worker',
]);

function linesFor(trace: Trace, finding: Finding, symbols: Symbols): readonly string[] {
  if (!DETECTORS.has(finding.oracle)) return invariantReport(trace, finding, symbols);
  switch (finding.verdict) {
    case 'use-after-free':
    case 'double-free':
    case 'wild-access':
    case 'null-dereference':
      return kasanReport(trace, symbols);
    case 'leak':
      return leakReport(trace);
    case 'refcount':
      return refcountReport(trace, symbols);
    case 'data-race':
      return kcsanReport(trace, symbols);
    case 'recursive-lock':
      return recursionReport(trace, symbols);
    case 'lock-inversion':
      return inversionReport(trace, symbols);
    case 'irq-unsafe-lock':
      return irqUnsafeReport(trace, symbols);
    case 'sleeping-in-atomic':
      return sleepingReport(trace, symbols);
    case 'bad-unlock':
      return unlockReport(trace, symbols);
    case 'deadlock':
    case 'hung-task':
      return hungReport(trace, symbols);
    case 'lost-wakeup':
      return lostWakeupReport(trace, symbols);
    case 'livelock':
      return livelockReport(trace);
    case 'assertion':
      return assertionReport(trace, finding);
    case 'illegal-transition':
      return transitionReport(trace, finding);
    case 'wild-device-access':
      return deviceReport(trace, finding, symbols);
    case 'pass':
    case 'limit-reached':
    case 'diverged':
      return [`${finding.verdict}: ${finding.message}`];
    default:
      return finding.verdict satisfies never;
  }
}

/** BUG_ON, WARN_ON and lockdep_assert_held() as the kernel prints them. */
function assertionReport(trace: Trace, finding: Finding): readonly string[] {
  const { step } = culpritOf(trace);
  if (step === undefined) return [finding.message];
  if (finding.oracle === 'bug-on') {
    const site = step.stack[0];
    const place = site === undefined ? '(unknown)' : `${site.file}:${site.line}`;
    return [`kernel BUG at ${place}!`, taskLine(trace, step), ...callTrace(step)];
  }
  return [
    '------------[ cut here ]------------',
    finding.message,
    warningLine(trace, step),
    ...callTrace(step),
    '---[ end trace ]---',
  ];
}

/** What does not hold, and who wrote last to the word that shows it. */
function invariantReport(trace: Trace, finding: Finding, symbols: Symbols): readonly string[] {
  const { step } = culpritOf(trace);
  const writer =
    finding.addr === 0 ? undefined : (step ?? lastWriter(trace, finding.addr, Number.MAX_VALUE));
  const head = `BUG: invariant ${finding.oracle} does not hold: ${finding.message}`;
  if (writer === undefined) return [head];
  const task = taskName(trace.actors[writer.actor]);
  return [
    head,
    `${symbols.address(finding.addr)} was last written by task ${task} at step ${writer.step}:`,
    ...stackLines(writer.stack),
  ];
}

function transitionReport(trace: Trace, finding: Finding): readonly string[] {
  const { step } = culpritOf(trace);
  const moves = trace.transitions.filter((move) => move.actor === step?.actor);
  return [
    `BUG: illegal transition: ${finding.message}`,
    ...(step === undefined ? [] : [taskLine(trace, step), ...callTrace(step)]),
    ...(moves.length === 0 ? [] : ['Transitions before it:']),
    ...moves.slice(-8).map((m) => ` step ${m.step}: ${m.from} -> ${m.to} on ${m.event}`),
  ];
}

function deviceReport(trace: Trace, finding: Finding, symbols: Symbols): readonly string[] {
  const { step } = culpritOf(trace);
  if (step === undefined) return [`Machine check: ${finding.message}`];
  return [
    `Machine check: ${finding.message}`,
    `${symbols.operation(step)} in ${siteText(step.stack[0])}`,
    taskLine(trace, step),
    ...callTrace(step),
  ];
}

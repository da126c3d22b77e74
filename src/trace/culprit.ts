/**
 * What a finding is about, worked out from the trace: the step that broke the rule, the object
 * concerned with its allocation and its free, and where a bad pointer was read.
 */
import type { Finding, Verdict } from '../oracles/verdict.ts';
import { addressOf, isAlloc, isFree, isMemory, isStore } from './operations.ts';
import type { Trace, TraceStep } from './record.ts';
import { nearPoison } from './values.ts';

export interface Culprit {
  /** The operation that broke the rule; undefined where none did (deadlock, leak, end state). */
  readonly step: TraceStep | undefined;
  /** Index into layout.objects of the object concerned, -1 if none is. */
  readonly object: number;
  /** The read that delivered a poisoned or NULL pointer. */
  readonly source: TraceStep | undefined;
  /** Who had put that value there. */
  readonly writer: TraceStep | undefined;
}

/** What happened to an object before a step. undefined: before the trace began, or never. */
export interface Life {
  readonly allocated: TraceStep | undefined;
  readonly freed: TraceStep | undefined;
}

/** Verdicts on a whole run, or on its end: no step is at fault. */
const NO_STEP: ReadonlySet<Verdict> = new Set<Verdict>([
  'pass',
  'leak',
  'deadlock',
  'lost-wakeup',
  'livelock',
  'hung-task',
  'limit-reached',
  'diverged',
]);

export function culpritOf(trace: Trace): Culprit {
  const { finding } = trace;
  if (finding === undefined) {
    return { step: undefined, object: -1, source: undefined, writer: undefined };
  }
  const object = objectAt(trace, finding.addr);
  if (NO_STEP.has(finding.verdict)) {
    return { step: undefined, object, source: undefined, writer: undefined };
  }
  const step = offendingStep(trace, finding);
  if (step === undefined || object >= 0) {
    return { step, object, source: undefined, writer: undefined };
  }
  const source = badPointerSource(trace, step);
  const from = source === undefined ? undefined : addressOf(source);
  if (source === undefined || from === undefined) {
    return { step, object, source: undefined, writer: undefined };
  }
  const writer = lastWriter(trace, from, source.step);
  return { step, object: objectAt(trace, from), source, writer };
}

/** Index into layout.objects of the object that holds a word, -1 if none does. */
export function objectAt(trace: Trace, addr: number): number {
  return (trace.layout.objectOf[addr] ?? 0) - 1;
}

/** The allocation and the free that made an object what it was just before `before`. */
export function lifeOf(trace: Trace, object: number, before: number): Life {
  let freed: TraceStep | undefined;
  for (let i = indexBefore(trace, before); i >= 0; i--) {
    const step = trace.steps[i];
    if (step === undefined || objectAt(trace, addressOf(step) ?? 0) !== object) continue;
    if (isFree(step)) freed ??= step;
    if (isAlloc(step)) return { allocated: step, freed };
  }
  return { allocated: undefined, freed };
}

/** The last step before `before` that stored into a word. */
export function lastWriter(trace: Trace, addr: number, before: number): TraceStep | undefined {
  for (let i = indexBefore(trace, before); i >= 0; i--) {
    const step = trace.steps[i];
    if (step === undefined || addressOf(step) !== addr) continue;
    if (isStore(step)) return step;
  }
  return undefined;
}

/** Oracles look at each operation as it happens, so the trace ends with the one they refused. */
function offendingStep(trace: Trace, finding: Finding): TraceStep | undefined {
  const { addr, verdict } = finding;
  const last = trace.steps.at(-1);
  if (addr === 0 || last === undefined || addressOf(last) === addr) return last;
  // An invariant that is looked at when all is quiet blames no operation.
  if (verdict === 'assertion' && !concerns(trace, last, addr)) return undefined;
  // The actors of a stress run are stopped a few operations later than the one that failed.
  const freed = lifeOf(trace, objectAt(trace, addr), Number.MAX_VALUE).freed?.step ?? -1;
  return trace.steps.findLast((s) => addressOf(s) === addr && s.step > freed) ?? last;
}

function concerns(trace: Trace, step: TraceStep, addr: number): boolean {
  const mine = addressOf(step);
  if (mine === undefined) return false;
  const object = objectAt(trace, addr);
  return mine === addr || (object >= 0 && objectAt(trace, mine) === object);
}

/** The last value that the actor read and that can have led to the bad address: poison or NULL. */
function badPointerSource(trace: Trace, step: TraceStep): TraceStep | undefined {
  const addr = addressOf(step) ?? 0;
  const poisoned = nearPoison(addr) !== '';
  for (let i = indexBefore(trace, step.step); i >= 0; i--) {
    const earlier = trace.steps[i];
    if (earlier?.actor !== step.actor || !isMemory(earlier) || isStore(earlier)) continue;
    if (poisoned ? nearPoison(earlier.result) !== '' : earlier.result === 0) return earlier;
  }
  return undefined;
}

/** Index of the last step numbered below `before`. */
function indexBefore(trace: Trace, before: number): number {
  let low = 0;
  let high = trace.steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((trace.steps[middle]?.step ?? 0) < before) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

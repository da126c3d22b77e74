/**
 * A trace in the Chrome trace event format that ui.perfetto.dev loads: a track per actor with a
 * slice for every procedure, locks waited for and held as async spans, arrows where one is handed
 * over, waiters as counters, instants for interrupts, allocations, frees and the finding. One step
 * is one microsecond: the page shows the order of things; the virtual clock is a counter.
 */
import { culpritOf } from './culprit.ts';
import { isAlloc, isFree, isHidden, isIrq, isWake } from './operations.ts';
import { PID, type TraceEvent } from './perfetto_event.ts';
import { lockEvents } from './perfetto_locks.ts';
import type { Site, Trace, TraceActor, TraceStep } from './record.ts';
import { Symbols, taskName } from './symbols.ts';

/** The file's text. */
export function perfettoJson(trace: Trace): string {
  const otherData = { target: trace.target, design: trace.design };
  return JSON.stringify({ displayTimeUnit: 'ns', otherData, traceEvents: perfettoEvents(trace) });
}

/** Metadata first, then everything in the order of its time; at one time the longer slice first. */
export function perfettoEvents(trace: Trace): readonly TraceEvent[] {
  const symbols = new Symbols(trace);
  const timed = [
    ...trace.actors.flatMap((_, actor) => slices(trace, symbols, actor)),
    ...lockEvents(trace, symbols),
    ...instants(trace, symbols),
    ...clock(trace),
  ];
  const order = (a: TraceEvent, b: TraceEvent): number =>
    a.ts - b.ts || Number(b.ph === 'e') - Number(a.ph === 'e') || (b.dur ?? 0) - (a.dur ?? 0);
  return [...metadata(trace), ...timed.toSorted(order)];
}

function metadata(trace: Trace): readonly TraceEvent[] {
  const base = { cat: '__metadata', ph: 'M', ts: 0, pid: PID } as const;
  const title = `hotrace ${trace.target} ${trace.design}`;
  return [
    { ...base, name: 'process_name', tid: 0, args: { name: title } },
    ...trace.actors.flatMap((actor, i) => [
      { ...base, name: 'thread_name', tid: i + 1, args: { name: trackName(actor) } },
      { ...base, name: 'thread_sort_index', tid: i + 1, args: { sort_index: i } },
    ]),
  ];
}

function trackName(actor: TraceActor): string {
  const context = actor.context === 'process' ? '' : `, ${actor.context}`;
  return `${actor.name} (CPU${actor.cpu}${context}, ${taskName(actor)})`;
}

/** A procedure that has begun and not yet been left. */
interface Open {
  readonly procedure: string;
  /** Line from which the procedure within it was called. */
  line: number;
  readonly from: number;
  readonly site: Site;
}

/** An actor's procedures as nested slices, and its operations as the innermost. */
function slices(trace: Trace, symbols: Symbols, actor: number): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  const open: Open[] = [];
  let last = -1;
  const close = (depth: number): void => {
    for (const call of open.splice(depth).toReversed()) {
      const { procedure, from, site } = call;
      const args = { at: `${site.file}:${site.line}` };
      events.push(slice(actor, procedure, 'procedure', from, last + 1 - from, args));
    }
  };
  for (const step of trace.steps) {
    if (step.actor !== actor || isHidden(step)) continue;
    const frames = step.stack.toReversed();
    const same = sameCalls(open, frames);
    close(same);
    for (const site of frames.slice(same)) {
      const { procedure, line } = site;
      open.push({ procedure, line, from: step.step, site });
    }
    open.forEach((call, i) => {
      call.line = frames[i]?.line ?? call.line;
    });
    events.push(operationSlice(symbols, step));
    last = step.step;
  }
  close(0);
  return events;
}

/** How many open calls go on: same procedures, each called from where it was called before. */
function sameCalls(open: readonly Open[], frames: readonly Site[]): number {
  for (let depth = 0; depth < open.length; depth++) {
    if (open[depth]?.procedure !== frames[depth]?.procedure) return depth;
    // Once the caller stands elsewhere, what it had called has returned.
    if (depth + 1 < open.length && open[depth]?.line !== frames[depth]?.line) return depth + 1;
  }
  return open.length;
}

function operationSlice(symbols: Symbols, step: TraceStep): TraceEvent {
  const site = step.stack[0];
  const at = site === undefined ? '' : `${site.file}:${site.line}`;
  const args = { step: step.step, at, time_ms: step.timeMs };
  return slice(step.actor, symbols.operation(step), 'operation', step.step, 1, args);
}

function slice(
  actor: number,
  name: string,
  cat: string,
  ts: number,
  dur: number,
  args: TraceEvent['args'],
): TraceEvent {
  return { name, cat, ph: 'X', ts, dur, pid: PID, tid: actor + 1, args };
}

function instants(trace: Trace, symbols: Symbols): readonly TraceEvent[] {
  const events = trace.steps.flatMap((step): readonly TraceEvent[] => {
    const cat = instantCategory(step);
    if (cat === '') return [];
    const name = symbols.operation(step);
    const place = { ts: step.step, pid: PID, tid: step.actor + 1 };
    return [{ ...place, name, cat, ph: 'i', s: 't', args: { step: step.step } }];
  });
  const moves = trace.transitions.map((move): TraceEvent => {
    const name = `${move.from} -> ${move.to} on ${move.event}`;
    const place = { ts: move.step, pid: PID, tid: move.actor + 1 };
    return { ...place, name, cat: 'statechart', ph: 'i', s: 't', args: { step: move.step } };
  });
  return [...events, ...moves, ...findingInstant(trace)];
}

function instantCategory(step: TraceStep): string {
  if (isIrq(step)) return 'irq';
  if (isAlloc(step)) return 'alloc';
  if (isFree(step)) return 'free';
  return isWake(step) ? 'wake' : '';
}

function findingInstant(trace: Trace): readonly TraceEvent[] {
  const { finding } = trace;
  if (finding === undefined) return [];
  const step = culpritOf(trace).step ?? trace.steps.at(-1);
  const name = `*** ${finding.verdict} ***`;
  const args = { oracle: finding.oracle, message: finding.message };
  const place = { ts: step?.step ?? 0, pid: PID, tid: (step?.actor ?? 0) + 1 };
  return [{ ...place, name, cat: 'finding', ph: 'i', s: 'g', args }];
}

/** The virtual clock where it moved, as a counter and as an instant that says by how much. */
function clock(trace: Trace): readonly TraceEvent[] {
  const events: TraceEvent[] = [];
  let before: number | undefined;
  for (const { step, timeMs } of trace.steps) {
    if (timeMs === before) continue;
    const base = { cat: 'clock', ts: step, pid: PID, tid: 0 };
    events.push({ ...base, name: 'virtual clock (ms)', ph: 'C', args: { ms: timeMs } });
    if (before !== undefined) {
      const name = `clock +${timeMs - before} ms`;
      events.push({ ...base, name, ph: 'i', s: 'g', args: { from: before, to: timeMs } });
    }
    before = timeMs;
  }
  return events;
}

/**
 * Locks in the trace event format. Slices of one thread must nest, and locks need not: an actor may
 * release first what it took first. So waits and holds are async spans, each with its own id.
 */
import { type Hold, lockHistory } from './locks.ts';
import { locks } from './operations.ts';
import { PID, type TraceEvent } from './perfetto_event.ts';
import type { Trace } from './record.ts';
import type { Symbols } from './symbols.ts';

interface Span {
  readonly cat: 'lock-wait' | 'lock-held';
  readonly actor: number;
  readonly addr: number;
  readonly from: number;
  readonly to: number;
}

/** Waits and holds, the arrow from each release to the next holder that waited, queue lengths. */
export function lockEvents(trace: Trace, symbols: Symbols): readonly TraceEvent[] {
  const end = (trace.steps.at(-1)?.step ?? 0) + 1;
  const { holds } = lockHistory(trace);
  const spans = [...spansOf(trace, holds, end)];
  return [
    ...spans.flatMap((span, i) => asyncSpan(trace, symbols, span, i)),
    ...handOvers(symbols, holds, spans),
    ...queueLengths(symbols, spans),
  ];
}

function* spansOf(trace: Trace, holds: readonly Hold[], end: number): Generator<Span> {
  const previous = previousSteps(trace);
  const blocked = new Set(trace.steps.filter((s) => s.blocked).map((s) => s.step));
  for (const { actor, addr, from, to } of holds) {
    const since = (previous.get(from) ?? -1) + 1;
    if (blocked.has(from) && since < from) {
      yield { cat: 'lock-wait', actor, addr, from: since, to: from };
    }
    yield { cat: 'lock-held', actor, addr, from, to: to ?? end };
  }
  for (const { actor, kind, addr } of trace.waits) {
    const since = (trace.steps.findLast((s) => s.actor === actor)?.step ?? -1) + 1;
    if (locks(kind) && since < end) yield { cat: 'lock-wait', actor, addr, from: since, to: end };
  }
}

function asyncSpan(trace: Trace, symbols: Symbols, span: Span, i: number): TraceEvent[] {
  const { cat, actor, addr, from, to } = span;
  const verb = cat === 'lock-held' ? 'held' : 'waited for';
  const id = `0x${(i + 1).toString(16)}`;
  const args = { actor: trace.actors[actor]?.name ?? '?' };
  const base = { name: `${symbols.place(addr)} ${verb}`, cat, id, pid: PID, tid: actor + 1, args };
  return [
    { ...base, ph: 'b', ts: from },
    { ...base, ph: 'e', ts: to },
  ];
}

/** A flow's ends bind to the slices of the release and of the acquisition, which begin there. */
function handOvers(
  symbols: Symbols,
  holds: readonly Hold[],
  spans: readonly Span[],
): readonly TraceEvent[] {
  const waited = new Set<string>();
  for (const { cat, actor, addr, to } of spans) {
    if (cat === 'lock-wait') waited.add(`${addr} ${actor} ${to}`);
  }
  const events: TraceEvent[] = [];
  for (const taken of Map.groupBy(holds, ({ addr }) => addr).values()) {
    for (const next of taken) {
      if (!waited.has(`${next.addr} ${next.actor} ${next.from}`)) continue;
      const before = lastReleased(taken, next);
      if (before?.to === undefined) continue;
      const id = `0x${(events.length + 1).toString(16)}`;
      const name = `${symbols.place(next.addr)} handed over`;
      const base = { name, cat: 'hand-over', id, pid: PID, args: {} };
      events.push({ ...base, ph: 's', ts: before.to, tid: before.actor + 1 });
      events.push({ ...base, ph: 'f', bp: 'e', ts: next.from, tid: next.actor + 1 });
    }
  }
  return events;
}

function lastReleased(taken: readonly Hold[], next: Hold): Hold | undefined {
  let found: Hold | undefined;
  for (const hold of taken) {
    if (hold.to === undefined || hold.to > next.from || hold.actor === next.actor) continue;
    if (found?.to === undefined || hold.to > found.to) found = hold;
  }
  return found;
}

/** Of locks that anybody waited for. */
function queueLengths(symbols: Symbols, spans: readonly Span[]): readonly TraceEvent[] {
  const waits = spans.filter(({ cat }) => cat === 'lock-wait');
  const events: TraceEvent[] = [];
  for (const [addr, mine] of Map.groupBy(waits, (span) => span.addr)) {
    const name = `${symbols.place(addr)} waiters`;
    const base = { name, cat: 'lock-queue', ph: 'C', pid: PID, tid: 0 } as const;
    const changes = new Map<number, number>();
    for (const { from, to } of mine) {
      changes.set(from, (changes.get(from) ?? 0) + 1);
      changes.set(to, (changes.get(to) ?? 0) - 1);
    }
    let waiters = 0;
    for (const [ts, change] of [...changes].sort(([a], [b]) => a - b)) {
      waiters += change;
      events.push({ ...base, ts, args: { waiters } });
    }
  }
  return events;
}

/** By step: the step before it of the same actor. */
function previousSteps(trace: Trace): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  const previous = new Map<number, number>();
  for (const { step, actor } of trace.steps) {
    const before = last.get(actor);
    if (before !== undefined) previous.set(step, before);
    last.set(actor, step);
  }
  return previous;
}

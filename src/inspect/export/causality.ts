/**
 * What had to happen before what: program order, and the order of accesses to one word, lock, wait
 * queue or object of which at least one changes it. Two schedules that differ only in the order of
 * steps that have nothing to do with each other have the same causality.
 */
import { OPS } from '../../ops/vocabulary.ts';
import { addressOf, isAlloc, isFree, isRead } from '../../trace/operations.ts';
import type { Trace, TraceStep } from '../../trace/record.ts';

/** A step, and those that it directly follows. */
export interface Caused {
  readonly step: TraceStep;
  /** Numbers of steps, the actor's own previous one first (if there is one). */
  readonly after: readonly number[];
}

interface Place {
  lastWrite: number;
  readsSince: number[];
}

export function* causality(trace: Trace): Generator<Caused> {
  const places = new Map<number, Place>();
  const previous = new Map<number, number>();
  const waitsAt = new Map<number, number>();
  for (const step of trace.steps) {
    const after = new Set<number>();
    const before = previous.get(step.actor);
    if (before !== undefined) after.add(before);
    previous.set(step.actor, step.step);
    if (step.kind === OPS.prepare_to_wait.kind) waitsAt.set(step.actor, step.operands[0] ?? 0);
    for (const [key, changes] of touched(trace, step, waitsAt.get(step.actor))) {
      const place = places.get(key) ?? { lastWrite: -1, readsSince: [] };
      places.set(key, place);
      if (place.lastWrite >= 0) after.add(place.lastWrite);
      if (!changes) {
        place.readsSince.push(step.step);
        continue;
      }
      for (const read of place.readsSince) after.add(read);
      place.lastWrite = step.step;
      place.readsSince = [];
    }
    after.delete(step.step);
    yield { step, after: [...after] };
  }
}

type Touch = readonly [key: number, changes: boolean];

/** Objects are keyed below zero, words by their address. */
function* touched(trace: Trace, step: TraceStep, queue: number | undefined): Generator<Touch> {
  // Who sleeps on a queue follows who woke it.
  if (step.kind === OPS.schedule.kind || step.kind === OPS.schedule_timeout.kind) {
    if (queue !== undefined) yield [queue, true];
    return;
  }
  const addr = addressOf(step);
  if (addr === undefined) return;
  const object = trace.layout.objectOf[addr] ?? 0;
  const isWhole = isAlloc(step) || isFree(step);
  if (object !== 0) yield [-object, isWhole];
  if (!isWhole) yield [addr, !isRead(step)];
}

/**
 * Sections with a clock around each lock and unlock: who waited how long, who came next, how long
 * the lock lay idle. Ordinary code that calls lowered procedures: no operation reads a clock.
 * A thread loads a copy of this module for each lock, as of rounds.ts.
 */

import { bench_plan, bench_section, bench_thread } from '../../../sync/bench/structs.ts';
import { CONTROL, type SharedWords, TRACE_MAX, type TraceTurn } from './protocol.ts';

/** Lowered procedures are plain functions. */
export interface PlainProcedures {
  readonly lock: (lock: number, self: number) => void;
  readonly unlock: (lock: number, self: number) => void;
}

export interface PlainReadersWriter {
  readonly down_read: (lock: number, self: number) => void;
  readonly up_read: (lock: number, self: number) => void;
  readonly down_write: (lock: number, self: number) => void;
  readonly up_write: (lock: number, self: number) => void;
}

export interface Tracer {
  readonly shared: SharedWords;
  readonly thread: number;
  /** What is added to performance.now() in ns. */
  readonly offsetNs: number;
}

function nowNs(offsetNs: number): number {
  return performance.now() * 1e6 + offsetNs;
}

export function traceExclusive(tracer: Tracer, turn: TraceTurn, d: PlainProcedures): number {
  const { shared, thread, offsetNs } = tracer;
  const { words, control, times, owners } = shared;
  const { section, plan, lock, selves } = turn.places;
  const self = selves[thread] ?? 0;
  const inside = words[plan + bench_plan.inside] ?? 0;
  const outside = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  let taken = 0;
  for (;;) {
    const wanted = nowNs(offsetNs);
    d.lock(lock, self);
    const acquired = nowNs(offsetNs);
    const counted = words[section + bench_section.counter] ?? 0;
    if (counted >= (words[plan + bench_plan.total] ?? 0)) break;
    words[section + bench_section.counter] = counted + 1;
    for (let i = 1; i < inside; i++) {
      words[section + bench_section.data] = (words[section + bench_section.data] ?? 0) + 1;
    }
    if (counted === turn.pauseAt) Atomics.wait(control, CONTROL.nap, 0, turn.pauseMs);
    const released = nowNs(offsetNs);
    d.unlock(lock, self);
    times[3 * counted] = wanted;
    times[3 * counted + 1] = acquired;
    times[3 * counted + 2] = released;
    owners[counted] = thread + 1;
    taken++;
    for (let i = 0; i < outside; i++) x = step(x);
  }
  d.unlock(lock, self);
  const at = turn.places.threads[thread] ?? 0;
  words[at + bench_thread.written] = taken;
  words[at + bench_thread.sum] = x;
  return taken;
}

export function traceReadersWriter(tracer: Tracer, turn: TraceTurn, d: PlainReadersWriter): number {
  const { shared, thread, offsetNs } = tracer;
  const { words, control, times, owners } = shared;
  const { section, plan, lock, selves } = turn.places;
  const self = selves[thread] ?? 0;
  const at = turn.places.threads[thread] ?? 0;
  const quota = words[plan + bench_plan.quota] ?? 0;
  const writes = words[plan + bench_plan.writes] ?? 0;
  const outside = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  let taken = 0;
  let written = 0;
  while (taken < quota && (words[plan + bench_plan.total] ?? 0) !== 0) {
    x = step(x);
    const writing = (x & 1023) < writes;
    const wanted = nowNs(offsetNs);
    if (writing) d.down_write(lock, self);
    else d.down_read(lock, self);
    const acquired = nowNs(offsetNs);
    const place = Atomics.add(control, CONTROL.traced, 1);
    const counted = words[section + bench_section.counter] ?? 0;
    if (writing) {
      words[section + bench_section.counter] = counted + 1;
      words[section + bench_section.copy] = counted + 1;
    } else if (words[section + bench_section.copy] !== counted) {
      words[at + bench_thread.torn] = 1;
    }
    if (place === turn.pauseAt) Atomics.wait(control, CONTROL.nap, 0, turn.pauseMs);
    const released = nowNs(offsetNs);
    if (writing) d.up_write(lock, self);
    else d.up_read(lock, self);
    if (place < TRACE_MAX) {
      times[3 * place] = wanted;
      times[3 * place + 1] = acquired;
      times[3 * place + 2] = released;
      owners[place] = writing ? thread + 1 : -thread - 1;
    }
    if (writing) written++;
    taken++;
    for (let i = 0; i < outside; i++) x = step(x);
  }
  Atomics.store(words, plan + bench_plan.total, 0);
  words[at + bench_thread.written] = written;
  words[at + bench_thread.sum] = x;
  return taken;
}

function step(x: number): number {
  let y = x;
  y ^= y << 13;
  y ^= y >>> 17;
  y ^= y << 5;
  return y;
}

/** The actor that acts on hotplug events, by the states of machines/hotplug_thread.ts. */
import { ctx_get, ctx_set, ghost_read, type Proc } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Dpc } from './design.ts';
import { dpc_ghost, REMOVALS_MAX } from './structs.ts';

const ev = eventCodes('WOKEN', 'EVENTS', 'NONE', 'KEPT', 'DROPPED', 'HANDLED', 'SLEEPS');

/** Register of the actor: the events, or the work item, of this run. */
const EVENTS = 0;

export function* hp_wait(d: Dpc): Proc<number> {
  yield* d.hp_sleep(d);
  return ev.WOKEN;
}

export function* hp_fetch(d: Dpc): Proc<number> {
  const events = yield* d.hp_take(d);
  yield ctx_set(EVENTS, events);
  return events === 0 ? ev.NONE : ev.EVENTS;
}

export function* hp_ignore(d: Dpc): Proc<number> {
  const events = yield* d.hp_drop_ignored(yield ctx_get(EVENTS), d);
  yield ctx_set(EVENTS, events);
  return events === 0 ? ev.DROPPED : ev.KEPT;
}

/** A slot that goes round would do so for ever: the run is cut short, the oracle finds it. */
export function* hp_change(d: Dpc): Proc<number> {
  const removals = yield ghost_read(d.ghost + dpc_ghost.removals);
  if (removals >= REMOVALS_MAX * d.functions) return ev.HANDLED;
  yield* d.hp_handle(yield ctx_get(EVENTS), d);
  return ev.HANDLED;
}

export function* hp_exit(d: Dpc): Proc<number> {
  yield* d.hp_done(d);
  return ev.SLEEPS;
}

/**
 * Schedules that a search shows while it runs: the one it is at, and the longest so far. Written by
 * a worker, read by the main thread as they come: a torn one is drawn wrong once, and told nowhere.
 */
import type { DecisionLog } from '../explore/execute.ts';

const STEPS_MAX = 4096;
const SLOTS = ['current', 'longest'] as const;
/** The length of each, then its actors. */
const SLOT_BYTES = 4 + STEPS_MAX;

export function newSchedules(): SharedArrayBuffer {
  return new SharedArrayBuffer(SLOTS.length * SLOT_BYTES);
}

export function showSchedule(shown: SharedArrayBuffer, log: DecisionLog): void {
  write(shown, 0, log);
  if (log.length > new DataView(shown).getInt32(SLOT_BYTES)) write(shown, 1, log);
}

function write(shown: SharedArrayBuffer, slot: number, { actors, length }: DecisionLog): void {
  const steps = Math.min(length, STEPS_MAX);
  const at = slot * SLOT_BYTES;
  new Uint8Array(shown, at + 4, steps).set(actors.subarray(0, steps));
  new DataView(shown).setInt32(at, length);
}

/** As runs: actor, steps, actor, steps, ... */
export function readSchedules(shown: SharedArrayBuffer): { name: string; runs: number[] }[] {
  return SLOTS.map((name, slot) => {
    const at = slot * SLOT_BYTES;
    const length = Math.min(STEPS_MAX, new DataView(shown).getInt32(at));
    const runs: number[] = [];
    let last = -1;
    for (const actor of new Uint8Array(shown, at + 4, Math.max(0, length))) {
      if (actor === last) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1;
      else runs.push(actor, 1);
      last = actor;
    }
    return { name, runs };
  }).filter(({ runs }) => runs.length > 0);
}

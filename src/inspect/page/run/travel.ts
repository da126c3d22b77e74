/** Ways from one position to another. */
import { lowerBound } from '../../document/memory_at.ts';
import type { Run } from './run.ts';

/** By a step. */
export type Way = -1 | 1;

export function byStep(run: Run, position: number, way: Way): number {
  return clamp(run, position + way);
}

/** To just after the next, or the last, step of an actor. */
export function byActor(run: Run, position: number, way: Way, actor: number): number {
  if (way > 0) {
    const step = run.nextStepOf(actor, position);
    return step < 0 ? position : step + 1;
  }
  const current = run.lastStepOf(actor, position);
  // Just after a step of its own, back means to just after the one before.
  const step = current === position - 1 ? run.lastStepOf(actor, current) : current;
  return step < 0 ? (current < 0 ? position : 0) : step + 1;
}

/** To where another actor goes on. */
export function bySwitch(run: Run, position: number, way: Way): number {
  const { switches } = run;
  if (way > 0) return switches[lowerBound(switches, position + 1)] ?? run.count;
  return switches[lowerBound(switches, position) - 1] ?? 0;
}

/** The actor whose step led to a position; at the start, the one that goes first. */
export function actorAt(run: Run, position: number): number {
  return run.document.steps.actor[Math.max(0, position - 1)] ?? 0;
}

export function clamp(run: Run, position: number): number {
  return Math.max(0, Math.min(run.count, Math.round(position)));
}

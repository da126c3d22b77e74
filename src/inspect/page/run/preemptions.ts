/** Switches that took the turn from an actor that could have gone on. */
import type { InspectDocument } from '../../document/document.ts';

/** Preemptions before each position: switches away from an actor that could go on. */
export function preemptionsOf({ steps }: InspectDocument): Uint32Array {
  const counts = new Uint32Array(steps.count + 1);
  for (let step = 0; step < steps.count; step++) {
    const preempts = step > 0 && isPreemption(steps, step, steps.actor[step] ?? 0);
    counts[step + 1] = (counts[step] ?? 0) + (preempts ? 1 : 0);
  }
  return counts;
}

/** Whether a step by an actor would be one. */
export function isPreemption(
  steps: InspectDocument['steps'],
  step: number,
  actor: number,
): boolean {
  const before = steps.actor[step - 1] ?? -1;
  return before >= 0 && before !== actor && ((steps.enabled[step] ?? 0) & (1 << before)) !== 0;
}

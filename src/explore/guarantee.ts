/** What a result is worth, in one line: never more than was done. */
import type { Budget } from './budget.ts';

/** Exploration performs every operation at once, in the order chosen. */
const MODEL = 'sequentially consistent memory';

export function boundText(bound: number): string {
  return Number.isFinite(bound) ? `preemption bound ${bound}` : 'no preemption bound';
}

export function exhaustedLine(bound: number, states: number, merged: boolean): string {
  const chance = (states * states) / 2 / 2 ** 64;
  const odds =
    merged && states > 0
      ? `, ${states} states by 64-bit hash (a missed one: p < ${chance.toExponential(0)})`
      : '';
  return `exhausted: every interleaving, ${boundText(bound)}, ${MODEL}${odds}`;
}

/** Bounds are searched one after another, so a find says that lower ones have none. */
export function foundLine(bound: number, exhausted: number): string {
  const none = exhausted >= 0 ? `: none with ${exhausted} or fewer` : '';
  const at = Number.isFinite(bound) ? `at preemption bound ${bound}` : 'without preemption bound';
  return `found ${at}${none}`;
}

export function limitLine(
  budget: Budget,
  at: string,
  boundExhausted: number,
  truncated: number,
): string {
  const { limits } = budget;
  const which =
    budget.executions >= limits.executions
      ? `${limits.executions} executions`
      : truncated > 0
        ? `${limits.steps} steps an execution (${truncated} were cut short)`
        : budget.elapsedMs >= limits.millis
          ? `${limits.millis} ms`
          : 'interrupted';
  const sure =
    boundExhausted >= 0
      ? `exhausted only up to ${boundText(boundExhausted)}, ${MODEL}`
      : 'nothing was exhausted';
  return `limit reached (${which}) at ${at}; ${sure}`;
}

export function sampledLine(
  options: { readonly strategy: string; readonly depth: number; readonly seed: number },
  budget: Budget,
  actors: number,
  pct: { readonly stepsSeen: number; readonly counted: number },
  truncated: number,
): string {
  const { stepsSeen, counted } = pct;
  const cut = truncated > 0 ? `, ${truncated} cut short by the limit of steps` : '';
  const { strategy, seed } = options;
  const head = `sampled: ${budget.executions} executions, ${strategy}, seed ${seed}`;
  if (strategy !== 'pct') return `${head}, ${MODEL}${cut}; no bound on what was missed`;
  const hit = 1 / (actors * stepsSeen ** (options.depth - 1));
  // Executions begun before the longest one drew their change points from too few steps.
  const missed = Math.exp(counted * Math.log1p(-hit));
  const odds = missed < 1e-6 ? missed.toExponential(0) : missed.toFixed(4);
  const what = `a bug of depth ${options.depth} was missed with probability <= ${odds}`;
  return `${head}, ${MODEL}${cut}; ${what} (n=${actors}, k=${stepsSeen})`;
}

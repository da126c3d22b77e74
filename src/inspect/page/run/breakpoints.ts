/** Conditions at which time travel stops. */
import type { Run } from './run.ts';
import type { Way } from './travel.ts';

export type Breakpoint =
  /** Anything happens to a lock. */
  | { readonly kind: 'lock'; readonly lock: number }
  /** An actor's statechart enters a state; '': any. */
  | { readonly kind: 'state'; readonly actor: number; readonly state: string }
  /** A word changes; `value` null: to whatever. */
  | { readonly kind: 'word'; readonly addr: number; readonly value: number | null };

/** Positions at which it holds anew, ascending. */
export function positionsOf(run: Run, breakpoint: Breakpoint): readonly number[] {
  switch (breakpoint.kind) {
    case 'lock': {
      const { at, lock } = run.document.locks;
      return at.filter((_, i) => lock[i] === breakpoint.lock);
    }
    case 'state': {
      const { actor, state } = breakpoint;
      const moves = run.machines.moves(actor);
      return moves.filter(({ to }) => state === '' || to === state).map(({ at }) => at);
    }
    case 'word': {
      const { addr, value } = breakpoint;
      const history = run.memory.history(addr);
      return history.filter((entry) => value === null || entry.value === value).map(({ at }) => at);
    }
    default:
      return breakpoint satisfies never;
  }
}

/** The next position at which one of them holds, or the end of the way. */
export function runTo(
  run: Run,
  breakpoints: readonly Breakpoint[],
  position: number,
  way: Way,
): number {
  let best = way > 0 ? run.count : 0;
  for (const breakpoint of breakpoints) {
    for (const at of positionsOf(run, breakpoint)) {
      if (way > 0 ? at > position && at < best : at < position && at > best) best = at;
    }
  }
  return best;
}

export function breakpointText(run: Run, breakpoint: Breakpoint): string {
  switch (breakpoint.kind) {
    case 'lock':
      return `lock ${run.objects.partName(breakpoint.lock)}`;
    case 'state': {
      const name = run.actorName(breakpoint.actor);
      return `${name} enters ${breakpoint.state === '' ? 'any state' : breakpoint.state}`;
    }
    case 'word': {
      const { addr, value } = breakpoint;
      const to = value === null ? 'changes' : `= ${run.objects.valueText(addr, value)}`;
      return `${run.objects.wordName(addr)} ${to}`;
    }
    default:
      return breakpoint satisfies never;
  }
}

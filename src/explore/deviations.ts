/**
 * A schedule as what it does otherwise than the default rule: keep the current actor going while
 * it can move, else take the first that can; answer choose() with 0. A counterexample with few
 * context switches has few deviations, which is what makes its token short.
 */
import type { Picker } from './execute.ts';
import { type Decisions, defaultPick } from './replay.ts';

/** At this step (0, 1, 2, ... over all actors) another actor than the default was picked. */
export interface PickDeviation {
  readonly step: number;
  readonly actor: number;
}

/** The choose() with this index (0, 1, 2, ...) was not answered 0. */
export interface ChoiceDeviation {
  readonly index: number;
  readonly answer: number;
}

/** Both lists ascend. */
export interface Deviations {
  readonly picks: readonly PickDeviation[];
  readonly choices: readonly ChoiceDeviation[];
}

/** `enabled`: the actors that could move at each step, as a bit mask (Replay.enabled). */
export function deviationsOf(decisions: Decisions, enabled: readonly number[]): Deviations {
  const picks: PickDeviation[] = [];
  let current = -1;
  decisions.actors.forEach((actor, step) => {
    const mask = enabled[step] ?? 0;
    if ((mask & (1 << actor)) === 0) {
      throw new Error(`[hotrace bug] deviations: actor ${actor} cannot move at step ${step}`);
    }
    if (defaultPick(mask, current) !== actor) picks.push({ step, actor });
    current = actor;
  });
  const choices = decisions.choices.flatMap((answer, index) =>
    answer === 0 ? [] : [{ index, answer }],
  );
  return { picks, choices };
}

/** Picks by the default rule but for the deviations; one object serves any number of executions. */
export class DeviationPicker implements Picker {
  readonly #deviations: Deviations;
  #nextPick = 0;
  #nextChoice = 0;
  #asked = 0;
  #missed: PickDeviation | undefined;

  constructor(deviations: Deviations) {
    this.#deviations = deviations;
  }

  start(): void {
    this.#nextPick = 0;
    this.#nextChoice = 0;
    this.#asked = 0;
    this.#missed = undefined;
  }

  pick(enabled: number, current: number, step: number): number {
    const wanted = this.#deviations.picks[this.#nextPick];
    if (wanted === undefined || step < wanted.step) return defaultPick(enabled, current);
    this.#nextPick++;
    if (step === wanted.step && (enabled & (1 << wanted.actor)) !== 0) return wanted.actor;
    this.#missed ??= wanted;
    return defaultPick(enabled, current);
  }

  choose(count: number): number {
    const index = this.#asked++;
    const wanted = this.#deviations.choices[this.#nextChoice];
    if (wanted === undefined || index < wanted.index) return 0;
    this.#nextChoice++;
    return Math.min(wanted.answer, count - 1);
  }

  /**
   * After the execution: the first deviation that could not be followed, because its actor could
   * not move or the execution was over. undefined: all were.
   */
  divergence(): PickDeviation | undefined {
    return this.#missed ?? this.#deviations.picks[this.#nextPick];
  }
}

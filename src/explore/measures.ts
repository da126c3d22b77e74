/** Figures over all executions of a search that came to rest: the least and the greatest. */
import type { Engine } from './engine.ts';
import { viewOf } from './quiescence.ts';

export interface MeasureRange {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}

export class MeasureRanges {
  readonly #min: number[] = [];
  readonly #max: number[] = [];

  /** Call when an execution has come to rest (or ended in a finding). */
  note(engine: Engine): void {
    const { measures } = engine.program;
    if (measures.length === 0) return;
    const view = viewOf(engine);
    for (let i = 0; i < measures.length; i++) {
      const value = measures[i]?.read(view) ?? 0;
      this.#min[i] = Math.min(this.#min[i] ?? value, value);
      this.#max[i] = Math.max(this.#max[i] ?? value, value);
    }
  }

  ranges(engine: Engine): MeasureRange[] {
    return engine.program.measures.map((measure, i) => ({
      name: measure.name,
      unit: measure.unit,
      min: this.#min[i] ?? 0,
      max: this.#max[i] ?? 0,
    }));
  }
}

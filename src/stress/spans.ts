/**
 * How long parts of what actors do take, in real and in virtual time: a span is a set of
 * procedures, its sample the sum of their times in one round of one actor.
 */
import type { Table } from '../actor/table.ts';
import { CONTROL } from '../ops/native/control.ts';

export interface Span {
  readonly name: string;
  /** Names of procedures that states run. */
  readonly procedures: readonly string[];
}

/** Shared by coordinator and workers. */
export interface SpanMemory {
  readonly spans: readonly Span[];
  /** By actor and span: how many samples there were, then the last of them, real and virtual. */
  readonly samples: Float64Array;
}

export interface SpanSamples {
  readonly name: string;
  readonly realNs: readonly number[];
  readonly virtualMs: readonly number[];
}

/** Samples kept of each actor and span: the last ones. */
const KEPT = 1 << 12;
const STRIDE = 1 + 2 * KEPT;

export function newSpanMemory(spans: readonly Span[], actors: number): SpanMemory {
  const length = actors * spans.length * STRIDE;
  return { spans, samples: new Float64Array(new SharedArrayBuffer(8 * length)) };
}

/** What all actors have taken for a span. */
export function readSpans({ spans, samples }: SpanMemory, actors: number): SpanSamples[] {
  return spans.map(({ name }, s) => {
    const realNs: number[] = [];
    const virtualMs: number[] = [];
    for (let actor = 0; actor < actors; actor++) {
      const at = (actor * spans.length + s) * STRIDE;
      const kept = Math.min(samples[at] ?? 0, KEPT);
      for (let i = 0; i < kept; i++) {
        realNs.push(samples[at + 1 + 2 * i] ?? 0);
        virtualMs.push(samples[at + 2 + 2 * i] ?? 0);
      }
    }
    return { name, realNs, virtualMs };
  });
}

/** One actor's clock: told of each procedure that a state begins and ends to run. */
export class SpanClock {
  readonly #memory: SpanMemory;
  readonly #control: Int32Array;
  readonly #first: number;
  /** By state: the spans that its procedure belongs to. */
  readonly #spansOf: readonly (readonly number[])[];
  readonly #realNs: number[];
  readonly #virtualMs: number[];
  readonly #runs: boolean[];
  #beganNs = 0;
  #beganMs = 0;

  constructor(memory: SpanMemory, control: Int32Array, table: Table, actor: number) {
    const { spans } = memory;
    this.#memory = memory;
    this.#control = control;
    this.#first = actor * spans.length;
    this.#spansOf = table.states.map(({ procedureName: name }) => {
      return [...spans.keys()].filter((s) => spans[s]?.procedures.includes(name));
    });
    this.#realNs = spans.map(() => 0);
    this.#virtualMs = spans.map(() => 0);
    this.#runs = spans.map(() => false);
  }

  begin(state: number): void {
    if (this.#spansOf[state]?.length === 0) return;
    this.#beganNs = performance.now() * 1e6;
    this.#beganMs = Atomics.load(this.#control, CONTROL.nowMs);
  }

  end(state: number): void {
    const spans = this.#spansOf[state] ?? [];
    if (spans.length === 0) return;
    const realNs = performance.now() * 1e6 - this.#beganNs;
    const virtualMs = Atomics.load(this.#control, CONTROL.nowMs) - this.#beganMs;
    for (const s of spans) {
      this.#realNs[s] = (this.#realNs[s] ?? 0) + realNs;
      this.#virtualMs[s] = (this.#virtualMs[s] ?? 0) + virtualMs;
      this.#runs[s] = true;
    }
  }

  /** A round is over: its sums are samples, unless it was stopped. */
  close(keep: boolean): void {
    const { samples } = this.#memory;
    for (const [s, ran] of this.#runs.entries()) {
      if (!ran) continue;
      if (keep) {
        const at = (this.#first + s) * STRIDE;
        const count = samples[at] ?? 0;
        const place = at + 1 + 2 * (count % KEPT);
        samples[place] = this.#realNs[s] ?? 0;
        samples[place + 1] = this.#virtualMs[s] ?? 0;
        samples[at] = count + 1;
      }
      this.#realNs[s] = 0;
      this.#virtualMs[s] = 0;
      this.#runs[s] = false;
    }
  }
}

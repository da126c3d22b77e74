/** A document with what the page asks of it again and again worked out once. */
import type { InspectDocument } from '../../document/document.ts';
import { lowerBound, MemoryAt } from '../../document/memory_at.ts';
import { LockHistory } from './locks.ts';
import { MachineHistory } from './machines.ts';
import { Objects } from './objects.ts';
import { preemptionsOf } from './preemptions.ts';

export class Run {
  readonly document: InspectDocument;
  readonly memory: MemoryAt;
  readonly objects: Objects;
  readonly machines: MachineHistory;
  readonly locks: LockHistory;
  /** Steps of each actor, ascending. */
  readonly stepsOf: readonly (readonly number[])[];
  /** Positions at which another actor goes on than before. */
  readonly switches: readonly number[];
  /** Index of a step's first operand. */
  readonly #operandsAt: Int32Array;
  #preemptions: Uint32Array | undefined;
  #words: { readonly position: number; readonly words: Int32Array } | undefined;

  constructor(document: InspectDocument) {
    this.document = document;
    const { steps, memory, actors, kinds } = document;
    this.memory = new MemoryAt(memory, steps.count);
    this.objects = new Objects(memory);
    this.machines = new MachineHistory(document);
    this.locks = new LockHistory(document);
    const stepsOf: number[][] = actors.map(() => []);
    const switches: number[] = [];
    this.#operandsAt = new Int32Array(steps.count + 1);
    for (let step = 0, at = 0; step < steps.count; step++) {
      const actor = steps.actor[step] ?? 0;
      stepsOf[actor]?.push(step);
      if (step > 0 && actor !== steps.actor[step - 1]) switches.push(step);
      this.#operandsAt[step] = at;
      at += kinds[steps.kind[step] ?? 0]?.operands.length ?? 0;
      this.#operandsAt[step + 1] = at;
    }
    this.stepsOf = stepsOf;
    this.switches = switches;
  }

  get count(): number {
    return this.document.steps.count;
  }

  /** Preemptions before each position. */
  get preemptions(): Uint32Array {
    this.#preemptions ??= preemptionsOf(this.document);
    return this.#preemptions;
  }

  /** Memory at a position; the last one asked for is kept. */
  words(position: number): Int32Array {
    if (this.#words?.position !== position) {
      this.#words = { position, words: this.memory.words(position) };
    }
    return this.#words.words;
  }

  actorName(actor: number): string {
    return this.document.actors[actor]?.name ?? '?';
  }

  operands(step: number): readonly number[] {
    const { operands } = this.document.steps;
    return operands.slice(this.#operandsAt[step] ?? 0, this.#operandsAt[step + 1] ?? 0);
  }

  kindName(step: number): string {
    const { steps, kinds } = this.document;
    return kinds[steps.kind[step] ?? -1]?.name ?? '';
  }

  text(step: number): string {
    const { steps, texts } = this.document;
    return texts[steps.text[step] ?? -1] ?? '';
  }

  /** Innermost first. */
  stack(step: number): readonly { procedure: string; file: string; line: number }[] {
    const { steps, stacks, sites } = this.document;
    const stack = stacks[steps.stack[step] ?? -1] ?? [];
    return stack.flatMap((site) => sites[site] ?? []);
  }

  /** `eeh_pe.ts:46` */
  site(step: number): string {
    const [site] = this.stack(step);
    if (site === undefined) return '';
    return `${site.file.slice(site.file.lastIndexOf('/') + 1)}:${site.line}`;
  }

  /** The next step of an actor from a position on, -1: none. */
  nextStepOf(actor: number, position: number): number {
    const steps = this.stepsOf[actor] ?? [];
    return steps[lowerBound(steps, position)] ?? -1;
  }

  /** The last step of an actor before a position, -1: none. */
  lastStepOf(actor: number, position: number): number {
    const steps = this.stepsOf[actor] ?? [];
    return steps[lowerBound(steps, position) - 1] ?? -1;
  }

  /** Actors that could move at a position; empty where it is not known. */
  enabled(position: number): readonly number[] {
    const mask = this.document.steps.enabled[position] ?? 0;
    return this.document.actors.flatMap((_, actor) => ((mask & (1 << actor)) !== 0 ? [actor] : []));
  }

  /** Virtual ms at a position: that of its last step. */
  timeMs(position: number): number {
    const { timeMs } = this.document.steps;
    return timeMs[Math.max(0, position - 1)] ?? 0;
  }
}

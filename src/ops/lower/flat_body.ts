/** What is gathered while one procedure is compiled to the flat form. */
import type { Constants } from './constants.ts';
import type { ModuleSource } from './source.ts';

/** First word of a frame that holds a parameter. */
export const FRAME_HEADER = 3;

export class FlatBody {
  readonly module: ModuleSource;
  readonly constants: Constants;
  readonly locals: ReadonlySet<string>;
  readonly texts: Map<number, string>;
  /** Source line of each label; 0 for labels nothing waits at. */
  readonly lines: number[] = [0];
  readonly #slots = new Map<string, number>();
  readonly #code: string[] = [];
  #temporaries = 0;
  #freeTemporaries: number[] = [];

  constructor(
    module: ModuleSource,
    constants: Constants,
    locals: ReadonlySet<string>,
    texts: Map<number, string>,
  ) {
    this.module = module;
    this.constants = constants;
    this.locals = locals;
    this.texts = texts;
    for (const name of locals) this.#slots.set(name, FRAME_HEADER + this.#slots.size);
  }

  emit(text: string): void {
    this.#code.push(text);
  }

  text(): string {
    return this.#code.join('\n');
  }

  slot(name: string): string {
    return `W[f+${this.#slots.get(name) ?? 0}]`;
  }

  /** Words of the frame: header, locals, temporaries. */
  frameWords(): number {
    return FRAME_HEADER + this.#slots.size + this.#temporaries;
  }

  newLabel(line = 0): number {
    this.lines.push(line);
    return this.lines.length - 1;
  }

  place(label: number): void {
    this.emit(`case ${label}:`);
  }

  jump(label: number): string {
    return `{pc=${label};continue L;}`;
  }

  takeTemporary(): string {
    const index = this.#freeTemporaries.pop() ?? this.#temporaries++;
    return `W[f+${FRAME_HEADER + this.#slots.size + index}]`;
  }

  /** All temporaries are free again once a statement ends. */
  releaseTemporaries(): void {
    this.#freeTemporaries = Array.from({ length: this.#temporaries }, (_, i) => i).reverse();
  }
}

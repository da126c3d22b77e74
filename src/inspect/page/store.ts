/** What the reader looks at. One store for the page; everything else is worked out from it. */
import type { Breakpoint } from './run/breakpoints.ts';

export type PanelName = 'board' | 'lanes' | 'moment' | 'memory' | 'story';
export type StoryTab =
  | 'columns'
  | 'log'
  | 'report'
  | 'breakpoints'
  | 'alternatives'
  | 'compare'
  | 'files';
export type MemoryTab = 'tree' | 'objects' | 'changes';
export type Theme = 'light' | 'dark';

export interface View {
  /** Steps performed: 0 is the start. */
  readonly position: number;
  /** Address of the word that is looked at. */
  readonly word: number | undefined;
  /** Index of the object that is looked at. */
  readonly object: number | undefined;
  readonly breakpoints: readonly Breakpoint[];
  readonly theme: Theme;
  /** The panel that fills the page. */
  readonly big: PanelName | undefined;
  readonly story: StoryTab;
  readonly memory: MemoryTab;
  readonly help: boolean;
  /** Said once, and to screen readers: `copied`, `no earlier write`. */
  readonly said: string;
}

export class Store {
  #view: View;
  readonly #listeners = new Set<() => void>();

  constructor(view: View) {
    this.#view = view;
  }

  get view(): View {
    return this.#view;
  }

  set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export function firstView(position: number, theme: Theme): View {
  return {
    position,
    word: undefined,
    object: undefined,
    breakpoints: [],
    theme,
    big: undefined,
    story: 'columns',
    memory: 'tree',
    help: false,
    said: '',
  };
}

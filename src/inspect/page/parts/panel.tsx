/** A titled part of the page that can fill it. */
import type { ComponentChildren } from 'preact';
import { usePage } from '../context.ts';
import type { PanelName } from '../store.ts';

interface PanelProps {
  readonly name: PanelName;
  readonly title: string;
  /** Beside the title: tabs, figures. */
  readonly head?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Panel({ name, title, head, children }: PanelProps) {
  const { view, set } = usePage();
  const isBig = view.big === name;
  const label = isBig ? `${title}: back to its place` : `${title}: fill the page`;
  return (
    <section class={`panel ${name}${isBig ? ' big' : ''}`} aria-label={title} data-panel={name}>
      <header>
        <h2>{title}</h2>
        <div class="head">{head}</div>
        <button
          type="button"
          class="quiet"
          aria-label={label}
          aria-pressed={isBig}
          title={`${label} (m)`}
          onClick={() => set({ big: isBig ? undefined : name })}
        >
          {isBig ? '⤡' : '⤢'}
        </button>
      </header>
      <div class="body">{children}</div>
    </section>
  );
}

interface TabsProps<T extends string> {
  readonly label: string;
  readonly tabs: readonly (readonly [id: T, text: string])[];
  readonly chosen: T;
  readonly choose: (tab: T) => void;
}

export function Tabs<T extends string>({ label, tabs, chosen, choose }: TabsProps<T>) {
  return (
    <div class="tabs" role="toolbar" aria-label={label}>
      {tabs.map(([id, text]) => (
        <button
          key={id}
          type="button"
          class={id === chosen ? 'tab chosen' : 'tab'}
          aria-pressed={id === chosen}
          onClick={() => choose(id)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

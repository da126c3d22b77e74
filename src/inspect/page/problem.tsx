/** What a page needs before it has anything to show. */
import { render } from 'preact';
import type { Theme } from './store.ts';

export function preferredTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Something went wrong before there was anything to show. */
export function showProblem(text: string, root: HTMLElement): void {
  document.documentElement.dataset['theme'] = preferredTheme();
  render(
    <div class="problem" role="alert">
      <h1>hotrace</h1>
      <p>{text}</p>
    </div>,
    root,
  );
}

/** Puts a document on the page. */
import { render } from 'preact';
import type { InspectDocument } from '../document/document.ts';
import { App } from './app.tsx';
import { preferredTheme } from './problem.tsx';
import { Run } from './run/run.ts';
import { firstView, Store } from './store.ts';
import './page.css';
import './shell.css';
import './frame.css';
import './panels.css';
import './story.css';
import './lanes.css';
import './board.css';
import './branch.css';
import './compare.css';

/** Begins where the rule was broken: what happened there is what one came for. */
export function showDocument(inspected: InspectDocument, root: HTMLElement): void {
  const run = new Run(inspected);
  const { finding, target, design, verdict } = inspected;
  const start = finding === null ? 0 : finding.step === null ? run.count : finding.step + 1;
  const store = new Store(firstView(start, preferredTheme()));
  const broken = finding === null ? undefined : run.objects.place(finding.addr);
  if (broken !== undefined) store.set({ object: broken.object.index, word: finding?.addr });
  document.title = `${verdict} · ${target} ${design} · hotrace`;
  render(
    <App key={`${target} ${design} ${inspected.steps.count}`} recorded={run} store={store} />,
    root,
  );
}

/** A benchmark's result as a file of its own. */
import { render } from 'preact';
import { type BenchResult, readBench } from '../bench/result.ts';
import { Bench } from './bench.tsx';
import { showInlined } from './inlined.ts';
import { preferredTheme } from './problem.tsx';
import './page.css';
import './shell.css';
import './frame.css';
import './board.css';
import './bench.css';

void showInlined((value, root) => {
  const result = readBench(value);
  if (typeof result === 'string') throw new Error(result);
  showBench(result, root);
});

function showBench(result: BenchResult, root: HTMLElement): void {
  const theme = preferredTheme();
  document.documentElement.dataset['theme'] = theme;
  document.title = 'benchmark · hotrace';
  render(
    <main class="panels one">
      <section class="panel big" aria-label="Benchmarks">
        <header>
          <h2>Benchmarks</h2>
        </header>
        <div class="body scroll">
          <Bench result={result} theme={theme} />
        </div>
      </section>
    </main>,
    root,
  );
}

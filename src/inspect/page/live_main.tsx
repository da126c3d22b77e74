/** The served page: it listens to the server, and shows the document once there is one. */
import { render } from 'preact';
import { readDocument } from '../document/document.ts';
import { type LiveRun, readToPage } from '../document/messages.ts';
import { Live } from './live.tsx';
import { preferredTheme, showProblem } from './problem.tsx';
import { showDocument } from './show.tsx';

/** A minute of samples. */
const RATES_MAX = 600;

class LivePage {
  readonly #root: HTMLElement;
  readonly #socket: WebSocket;
  readonly #rates: number[] = [];
  #isShown = false;
  #last = { count: 0, elapsedMs: 0 };

  constructor(root: HTMLElement) {
    this.#root = root;
    document.documentElement.dataset['theme'] = preferredTheme();
    this.#socket = new WebSocket(new URL('live', location.href.replace(/^http/, 'ws')));
    this.#socket.addEventListener('message', (event) => this.#hear(event.data));
    this.#socket.addEventListener('close', () => this.#closed());
  }

  #hear(data: unknown): void {
    const message = typeof data === 'string' ? readToPage(data) : undefined;
    switch (message?.type) {
      case 'run':
        if (!this.#isShown) this.#draw(message);
        break;
      case 'document':
        void this.#show();
        break;
      case 'problem':
        if (!this.#isShown) showProblem(message.text, this.#root);
        break;
      default:
    }
  }

  #draw(run: LiveRun): void {
    if (!run.done) this.#noteRate(run);
    if (this.#rates.length > RATES_MAX) this.#rates.shift();
    document.title = `${run.kind} · ${run.target} ${run.design} · hotrace`;
    const stop = (): void => this.#socket.send(JSON.stringify({ type: 'stop' }));
    render(<Live run={run} rates={this.#rates} stop={stop} />, this.#root);
  }

  /** Since the sample before: what an average hides. */
  #noteRate({ figures, elapsedMs }: LiveRun): void {
    const count = figures[0]?.value ?? 0;
    const { count: before, elapsedMs: since } = this.#last;
    if (elapsedMs > since)
      this.#rates.push(Math.round((1000 * (count - before)) / (elapsedMs - since)));
    this.#last = { count, elapsedMs };
  }

  async #show(): Promise<void> {
    this.#isShown = true;
    try {
      const answer = await fetch('document.json');
      if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
      const inspected = readDocument(await answer.json());
      render(null, this.#root);
      showDocument(inspected, this.#root);
    } catch (error) {
      showProblem(error instanceof Error ? error.message : String(error), this.#root);
    }
  }

  #closed(): void {
    if (!this.#isShown) showProblem('hotrace has ended', this.#root);
  }
}

const root = document.getElementById('page');
if (root !== null) new LivePage(root);

/** The shell: header, schedule, panels; keys and the permalink of the moment. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { Board } from './board.tsx';
import { PageProvider, pageOf } from './context.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { onKey } from './keys.ts';
import { Lanes } from './lanes.tsx';
import { Memory } from './memory.tsx';
import { Moment } from './moment.tsx';
import { readMoment, writeMoment } from './run/link.ts';
import type { Run } from './run/run.ts';
import { clamp } from './run/travel.ts';
import type { PanelName, Store } from './store.ts';
import { Story } from './story.tsx';
import { Timeline } from './timeline.tsx';

/** The address is written this long after the last travel: browsers refuse more often. */
const LINK_DELAY_MS = 150;

interface AppProps {
  readonly run: Run;
  readonly store: Store;
}

export function App({ run, store }: AppProps) {
  const view = useView(store);
  const page = pageOf(run, store, view);
  useKeys(run, store);
  usePermalink(run, store);
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = view.theme;
  }, [view.theme]);
  return (
    <PageProvider value={page}>
      <Header />
      <Timeline />
      <main class={view.big === undefined ? 'panels' : 'panels one'}>
        <Board />
        <Lanes />
        <Moment />
        <Memory />
        <Story />
      </main>
      <div class="said" role="status">
        {view.said}
      </div>
      {view.help ? <Help /> : null}
    </PageProvider>
  );
}

function useView(store: Store) {
  const [view, setView] = useState(store.view);
  // Before anything is seen: no key may be lost, nor a change of the store.
  useLayoutEffect(() => store.subscribe(() => setView(store.view)), [store]);
  // What is said is said for a while.
  useEffect(() => {
    if (view.said === '') return;
    const timer = setTimeout(() => store.set({ said: '' }), 2500);
    return () => clearTimeout(timer);
  }, [store, view.said]);
  return view;
}

const PANELS: readonly PanelName[] = ['board', 'lanes', 'moment', 'memory', 'story'];

function useKeys(run: Run, store: Store): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const page = pageOf(run, store, store.view);
      const panel = document.activeElement?.closest<HTMLElement>('[data-panel]')?.dataset['panel'];
      const name = PANELS.find((one) => one === panel);
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === 'm' && isPlain && (name !== undefined || store.view.big !== undefined)) {
        store.set({ big: store.view.big === undefined ? name : undefined });
        event.preventDefault();
      } else if (onKey(page, event)) {
        event.preventDefault();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [run, store]);
}

function usePermalink(run: Run, store: Store): void {
  useLayoutEffect(() => {
    const read = (): void => {
      const { step, word, object } = readMoment(location.hash);
      if (step === undefined) return;
      store.set({ position: clamp(run, step), word, object });
    };
    read();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const write = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { position, word, object } = store.view;
        const link = writeMoment({ step: position, word, object });
        if (link !== location.hash) history.replaceState(history.state, '', link);
      }, LINK_DELAY_MS);
    };
    window.addEventListener('hashchange', read);
    const leave = store.subscribe(write);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('hashchange', read);
      leave();
    };
  }, [run, store]);
}

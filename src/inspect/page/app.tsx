/** The shell: header, schedule, panels; keys and the permalink of the moment. */
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { Board } from './board.tsx';
import { type Branching, PageProvider, pageOf, type Trunk } from './context.ts';
import { runAlternative } from './engine.ts';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { onKey } from './keys.ts';
import { Lanes } from './lanes.tsx';
import { Memory } from './memory.tsx';
import { Moment } from './moment.tsx';
import { readMoment, writeMoment } from './run/link.ts';
import { Run } from './run/run.ts';
import { clamp } from './run/travel.ts';
import type { PanelName, Store } from './store.ts';
import { Story } from './story.tsx';
import { Timeline } from './timeline.tsx';

/** The address is written this long after the last travel: browsers refuse more often. */
const LINK_DELAY_MS = 150;

interface AppProps {
  /** The recorded run. */
  readonly recorded: Run;
  readonly store: Store;
}

export function App({ recorded, store }: AppProps) {
  const view = useView(store);
  const [run, branching] = useBranch(recorded, store);
  const page = pageOf(run, store, view, branching);
  useKeys(run, store, branching);
  usePermalink(recorded, store);
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

/** The run that is shown: the recorded one, or a branch of it. */
function useBranch(recorded: Run, store: Store): readonly [Run, Branching] {
  const [shown, show] = useState<{ run: Run; trunk: Trunk | undefined }>({
    run: recorded,
    trunk: undefined,
  });
  return useMemo(() => {
    const { run, trunk } = shown;
    const branch = async (actor: number): Promise<void> => {
      const { position } = store.view;
      store.set({ said: 'running it from here …' });
      try {
        const branched = new Run(await runAlternative(run, position, actor));
        show({ run: branched, trunk: trunk ?? { run, at: position } });
        const { verdict } = branched.document;
        store.set({ position: position + 1, said: `from here: ${verdict}` });
      } catch (error) {
        store.set({ said: error instanceof Error ? error.message : String(error) });
      }
    };
    const leaveBranch = (): void => {
      if (trunk === undefined) return;
      show({ run: trunk.run, trunk: undefined });
      store.set({ position: trunk.at });
    };
    return [run, { branch: (actor) => void branch(actor), trunk, leaveBranch }] as const;
  }, [shown, store]);
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

function useKeys(run: Run, store: Store, branching: Branching): void {
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const page = pageOf(run, store, store.view, branching);
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
  }, [run, store, branching]);
}

function usePermalink(recorded: Run, store: Store): void {
  useLayoutEffect(() => {
    const read = (): void => {
      const { step, word, object } = readMoment(location.hash);
      if (step === undefined) return;
      store.set({ position: clamp(recorded, step), word, object });
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
  }, [recorded, store]);
}

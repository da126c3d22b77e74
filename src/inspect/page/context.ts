/** What every panel is given: the run, the view, and ways to change the view. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Run } from './run/run.ts';
import { clamp } from './run/travel.ts';
import type { Store, View } from './store.ts';

/** What a branch left. */
export interface Trunk {
  readonly run: Run;
  /** The position at which the branch begins. */
  readonly at: number;
}

export interface Branching {
  /** Lets another actor move from here, in a run of its own. */
  readonly branch: (actor: number) => void;
  /** The recorded run, while a branch of it is shown. */
  readonly trunk: Trunk | undefined;
  readonly leaveBranch: () => void;
}

export interface Page extends Branching {
  readonly run: Run;
  readonly view: View;
  readonly set: (change: Partial<View>) => void;
  /** Travels to a position. */
  readonly go: (position: number) => void;
  /** Looks at a word, or at the part or object that begins there. */
  readonly look: (addr: number) => void;
}

const PageContext = createContext<Page | undefined>(undefined);
export const PageProvider = PageContext.Provider;

/** @throws Error `[hotrace bug]` outside the page. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('[hotrace bug] a panel outside the page');
  return page;
}

export function pageOf(run: Run, store: Store, view: View, branching: Branching): Page {
  return {
    ...branching,
    run,
    view,
    set: (change) => store.set(change),
    go: (position) => store.set({ position: clamp(run, position) }),
    look: (addr) => {
      const place = run.objects.place(addr);
      if (place === undefined) return;
      store.set({ object: place.object.index, word: addr });
    },
  };
}

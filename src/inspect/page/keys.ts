/** Keys of time travel, wherever the focus is but in a field that takes text. */
import type { Page } from './context.ts';
import { runTo } from './run/breakpoints.ts';
import { actorAt, byActor, byStep, bySwitch, type Way } from './run/travel.ts';

export const KEYS: readonly (readonly [keys: string, meaning: string])[] = [
  ['← →', 'one step'],
  ['Shift ← →', 'to the same actor’s step before, or next'],
  ['Alt ← →', 'to the context switch before, or next'],
  ['Home End', 'start, end'],
  ['v', 'to the violation'],
  ['w', 'to the last write of the selected word'],
  ['r, Shift r', 'run to the next, the last breakpoint'],
  ['m', 'the focused panel fills the page, and back'],
  ['t', 'light, dark'],
  ['?', 'this help'],
];

/** True when the key was one of ours. */
export function onKey(page: Page, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || takesText(event.target)) return false;
  const { run, view, go, set } = page;
  const { position } = view;
  const arrow = arrowOf(event.key);
  if (arrow !== undefined) {
    if (event.altKey) go(bySwitch(run, position, arrow));
    else if (event.shiftKey) go(byActor(run, position, arrow, actorAt(run, position)));
    else go(byStep(run, position, arrow));
    return true;
  }
  if (event.altKey) return false;
  switch (event.key) {
    case 'Home':
      go(0);
      return true;
    case 'End':
      go(run.count);
      return true;
    case 'v':
      go(violationAt(page));
      return true;
    case 'w':
      lastWrite(page);
      return true;
    case 'r':
    case 'R':
      go(runTo(run, view.breakpoints, position, event.shiftKey ? -1 : 1));
      return true;
    case 't':
      set({ theme: view.theme === 'dark' ? 'light' : 'dark' });
      return true;
    case '?':
      set({ help: !view.help });
      return true;
    case 'Escape':
      set({ help: false, big: undefined });
      return true;
    default:
      return false;
  }
}

/** The position just after the step that broke the rule; the end where none did. */
export function violationAt({ run }: Page): number {
  const step = run.document.finding?.step;
  return typeof step === 'number' ? step + 1 : run.count;
}

/** Travels to just after the selected word was written last before now. */
export function lastWrite({ run, view, go, set }: Page): void {
  if (view.word === undefined) {
    set({ said: 'no word is selected' });
    return;
  }
  const here = run.memory.lastChange(view.word, view.position);
  const at = here === view.position ? run.memory.lastChange(view.word, here - 1) : here;
  if (at === 0) set({ said: `${run.objects.wordName(view.word)} was not written before` });
  else go(at);
}

function arrowOf(key: string): Way | undefined {
  if (key === 'ArrowLeft') return -1;
  return key === 'ArrowRight' ? 1 : undefined;
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'range';
  return target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
}

/** Copies a text; where the page may not, it says so. */
import { usePage } from '../context.ts';

interface CopyProps {
  /** Made when it is copied: an address may change without anything being drawn. */
  readonly text: () => string;
  readonly what: string;
  readonly label: string;
}

export function Copy({ text, what, label }: CopyProps) {
  const { set } = usePage();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      set({ said: `${what} copied` });
    } catch {
      set({ said: copyByHand(text()) ? `${what} copied` : `the browser refuses to copy` });
    }
  };
  return (
    <button type="button" class="quiet" title={`copy ${what}`} onClick={() => void copy()}>
      {label}
    </button>
  );
}

/** From disk there is no clipboard API in some browsers; a selection can be copied everywhere. */
function copyByHand(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('aria-hidden', 'true');
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}

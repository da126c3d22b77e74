/** What scrolls: the keyboard reaches it, so that it scrolls by keys, too. */
import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface ScrollProps {
  readonly label: string;
  /** Further classes. */
  readonly kind?: string;
  readonly box?: RefObject<HTMLDivElement | null>;
  readonly children: ComponentChildren;
}

export function Scroll({ label, kind = '', box, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset does not scroll, and groups fields.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys could not scroll it otherwise (axe).
    <div class={`${kind} scroll`} ref={box ?? null} tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  );
}

/** Keeps the row of class `here` in sight, without moving anything else on the page. */
export function useInSight(key: unknown) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const scroller = box.current;
    const row = scroller?.querySelector<HTMLElement>('.here');
    if (scroller == null || row == null) return;
    // Not offsetTop: inside of a table that is measured from the table.
    const top = row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    const isSeen = top > 24 && top < scroller.clientHeight - 48;
    if (!isSeen) scroller.scrollTop += top - scroller.clientHeight / 2;
  }, [key]);
  return box;
}

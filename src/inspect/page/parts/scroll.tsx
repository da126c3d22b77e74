/** What scrolls: the keyboard reaches it, so that it scrolls by keys, too. */
import type { ComponentChildren, RefObject } from 'preact';

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

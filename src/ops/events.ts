/** Event codes: what a state's procedure returns, so that its machine moves. */
import { stableId } from '../memory/layout.ts';

/**
 * The codes of some event names: `const ev = eventCodes('FROZEN', 'ACTIVE')`, `return ev.FROZEN`.
 * A name has one code everywhere, so machines and procedures need not share a file.
 */
export function eventCodes<const N extends string>(...names: N[]): { readonly [K in N]: number } {
  const codes: Partial<Record<N, number>> = {};
  for (const name of names) codes[name] = stableId(`event ${name}`);
  // Every name was given its code just above.
  return Object.freeze(codes) as { readonly [K in N]: number };
}

/** How an expectation of eeh-pe is written down: verdicts with their sources, by design. */
import type { Verdict } from '../oracles/verdict.ts';
import type { Expectation, Mark, Race } from './system.ts';

export const FIX_KEEP = 'Linux 799abe283e51';
export const FIX_SNAPSHOT = 'Linux 2e25505147b8';
export const FIX_RESCAN = 'Linux 1010b4c012b0';
export const FIX_NOLOCK = 'Linux 815a8d2feb56';
export const RFC_A =
  '"[PATCH RFC 00/15] powerpc/eeh: Synchronization for safety", Sam Bobroff, 2 Oct 2019';

/** A pointer into what is gone: which of these it becomes depends on what was read last. */
export const CRASH: readonly Verdict[] = ['use-after-free', 'null-dereference', 'wild-access'];

export function known(mark: Mark, source: string, ...verdict: readonly Verdict[]): Expectation {
  return { verdict, mark, source };
}

export function open(source: string, mark: Mark = 'D'): Expectation {
  return { verdict: 'open', mark, source };
}

/** Every design has an expectation. */
export type ByDesign = Readonly<
  Record<'none' | 'keep-flag' | 'rescan-lock' | 'rescan-lock-nolock' | 'refcount', Expectation>
>;

export const oneFunction = 'a function in a PE';
export const below = 'a function behind a bridge that is in a PE of its own';

/** Designs of eeh.md 2.4 that are known from reviews and by reading only. */
const CANDIDATES = ['snapshot', 'global-mutex', 'two-lock', 'deferral', 'per-phb-thread'];

/** `where`: the section of eeh.md that has it, 2.3 unless told. */
export function race(
  id: string,
  title: string,
  needs: string,
  measured: ByDesign,
  where = `2.3 ${id}`,
): Race {
  const source = `eeh.md 2.4, ${where}`;
  const candidates = CANDIDATES.map((design) => [design, open(source)] as const);
  const expected = { ...measured, ...Object.fromEntries(candidates) };
  return { id, title, section: `eeh.md ${where}`, expected, needs };
}

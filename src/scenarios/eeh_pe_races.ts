import type { Expectation, Race } from './system.ts';
const open: Expectation = { verdict: 'open', mark: 'D', source: 'x' };
const all = (): Record<string, Expectation> => ({ none: open, 'keep-flag': open, 'rescan-lock': open, 'rescan-lock-nolock': open, refcount: open });
export const races: readonly Race[] = ['T1','T2','T3','T4','T5','T6','T8','T9','T10','T11a','T11e'].map((id) => ({ id, title: id, section: '', expected: all(), needs: '' }));
export const INVARIANTS: Readonly<Record<string, readonly string[]>> = {};

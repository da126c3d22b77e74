/** What the record allows of a cell; an open cell may end with anything. */
import { VERDICTS, type Verdict } from '../../src/oracles/verdict.ts';
import { system } from './pciehp_cell.ts';

export function verdictsOf(race: string, design: string): readonly Verdict[] {
  const expectation = system.races.find(({ id }) => id === race)?.expected[design];
  if (expectation === undefined) throw new Error(`no expectation for ${race} ${design}`);
  return expectation.verdict === 'open' ? VERDICTS : expectation.verdict;
}

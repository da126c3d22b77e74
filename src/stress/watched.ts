/** Words that are statecharts themselves (ctrl->state): each write must be a legal move. */
import type { Program, WatchedWord } from '../actor/program.ts';
import { type Table, tableOf } from '../actor/table.ts';
import { eventCodes } from '../ops/events.ts';
import type { Finding } from '../oracles/verdict.ts';

type Check = (from: number, to: number) => Finding | undefined;

export function watchedMoves(
  program: Program,
): (addr: number, from: number, to: number) => Finding | undefined {
  const checks = new Map<number, Check>();
  for (const word of program.watched) checks.set(word.addr, checkOf(word));
  return (addr, from, to) => checks.get(addr)?.(from, to);
}

function checkOf(word: WatchedWord): Check {
  const table = tableOf({ machine: word.machine, procedures: {} });
  const legal = legalMoves(table, word);
  const name = (value: number): string => word.states[value] ?? `state value ${value}`;
  return (from, to) => {
    if (legal.has(`${name(from)} ${name(to)}`)) return;
    const message = `${table.machine}: no event leads from ${name(from)} to ${name(to)}`;
    return { verdict: 'illegal-transition', oracle: 'machine', message, addr: word.addr };
  };
}

/** Every pair of states that one event connects, as `FROM TO`. */
function legalMoves(table: Table, word: WatchedWord): Set<string> {
  const legal = new Set<string>();
  table.states.forEach((from, index) => {
    for (const event of word.machine.events) {
      const to = table.states[table.next(index, eventCodes(event)[event] ?? 0)];
      if (to !== undefined) legal.add(`${from.name} ${to.name}`);
    }
  });
  return legal;
}

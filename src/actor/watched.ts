/** Words that are statecharts themselves (ctrl->state): each write is a move of the machine. */
import { eventCodes } from '../ops/events.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { WatchedWord } from './program.ts';
import { type Table, tableOf } from './table.ts';

/** Judges a write that changed a watched word. */
export type MoveCheck = (from: number, to: number) => Finding | undefined;

export function moveCheck(word: WatchedWord): MoveCheck {
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

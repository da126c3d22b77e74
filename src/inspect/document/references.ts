/** What a schema cannot say: columns of one length, indices that point to something. */
import type { InspectDocument } from './document.ts';

type Column = readonly number[];
type Table = Readonly<Record<string, Column>>;

/** The first thing that does not fit together, or undefined. */
export function misfitOf(document: InspectDocument): string | undefined {
  const { actors, machines, steps, memory, stacks, sites, kinds, texts } = document;
  const { count, operands, ...columns } = steps;
  const { actor, kind, stack, text, ...others } = columns;
  const step = { actor, kind, stack, text, ...others };
  return (
    sameLength('steps', step, count) ??
    inRange('steps.actor', actor, 0, actors.length) ??
    inRange('steps.kind', kind, 0, kinds.length) ??
    inRange('steps.stack', stack, 0, stacks.length) ??
    inRange('steps.text', text, 0, texts.length) ??
    operandMisfit(document, operands.length) ??
    firstOf(stacks, (one, i) => inRange(`stacks.${i}`, one, 0, sites.length)) ??
    firstOf(actors, (one) => inRange('actors.machine', [one.machine], -1, machines.length)) ??
    (document.decided > count ? 'decided: more than there are steps' : undefined) ??
    eventMisfit(document) ??
    (memory.initial.length === memory.imageWords
      ? undefined
      : 'memory.initial: not imageWords long') ??
    inRange('memory.journal.addr', memory.journal.addr, 0, memory.imageWords) ??
    layoutMisfit(document) ??
    inRange(
      'log.at',
      document.log.map((line) => line.at),
      0,
      count + 1,
    ) ??
    inRange(
      'log.actor',
      document.log.map((line) => line.actor),
      -1,
      actors.length,
    ) ??
    inRange(
      'waits.actor',
      document.waits.map((wait) => wait.actor),
      0,
      actors.length,
    ) ??
    inRange(
      'waits.stack',
      document.waits.map((wait) => wait.stack),
      0,
      stacks.length,
    ) ??
    inRange(
      'columns.rows.actor',
      document.columns.rows.map((row) => row.actor),
      -1,
      actors.length,
    )
  );
}

function eventMisfit(document: InspectDocument): string | undefined {
  const { moves, locks, activities, memory, actors, machines, steps } = document;
  const tables: readonly (readonly [string, Table & { readonly at: Column }])[] = [
    ['moves', moves],
    ['locks', locks],
    ['activities', activities],
    ['memory.journal', memory.journal],
  ];
  return (
    firstOf(tables, ([name, table]) => {
      return sameLength(name, table, table.at.length) ?? ascending(name, table.at, steps.count);
    }) ??
    inRange('moves.actor', moves.actor, 0, actors.length) ??
    inRange('locks.actor', locks.actor, 0, actors.length) ??
    inRange('locks.event', locks.event, 0, 4) ??
    inRange('activities.actor', activities.actor, 0, actors.length) ??
    inRange('activities.activity', activities.activity, 0, 7) ??
    firstOf(moves.tuple, (tuple, i) => {
      const machine = machines[actors[moves.actor[i] ?? 0]?.machine ?? -1];
      return inRange('moves.tuple', [tuple], 0, machine?.tuples.length ?? 0);
    })
  );
}

function operandMisfit({ steps, kinds }: InspectDocument, length: number): string | undefined {
  let total = 0;
  for (const kind of steps.kind) total += kinds[kind]?.operands.length ?? 0;
  return total === length ? undefined : `steps.operands: expected ${total}, got ${length}`;
}

function layoutMisfit({ memory }: InspectDocument): string | undefined {
  const { objects, structs, words } = memory;
  return firstOf(objects, ({ base, struct }, i) => {
    const info = structs[struct];
    if (info === undefined) return `memory.objects.${i}.struct: no such struct`;
    if (info.words.length !== info.sizeof) return `memory.structs.${struct}: not sizeof words`;
    return base + info.sizeof <= words ? undefined : `memory.objects.${i}: outside the memory`;
  });
}

function sameLength(name: string, table: Table, length: number): string | undefined {
  const found = Object.entries(table).find(([, column]) => column.length !== length);
  if (found === undefined) return undefined;
  return `${name}.${found[0]}: expected ${length} entries, got ${found[1].length}`;
}

/** min <= value < end. */
function inRange(name: string, column: Column, min: number, end: number): string | undefined {
  for (const value of column) {
    if (value < min || value >= end) return `${name}: ${value} is not in ${min} .. ${end - 1}`;
  }
  return undefined;
}

function ascending(name: string, at: Column, last: number): string | undefined {
  let before = 0;
  for (const value of at) {
    if (value < before || value > last) return `${name}.at: ${value} after ${before}, of ${last}`;
    before = value;
  }
  return undefined;
}

function firstOf<T>(
  items: readonly T[],
  check: (item: T, index: number) => string | undefined,
): string | undefined {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const found = item === undefined ? undefined : check(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}

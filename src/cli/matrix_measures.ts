/** What the cells measured in virtual time and in memory, beside their verdicts. */
import { type Cell, shortVerdict } from './matrix_cells.ts';

export interface MeasureTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column for each measure of the system, a row for each cell that has a figure. */
export function measuresOfCells(cells: readonly Cell[]): MeasureTable {
  const names = namesOf(cells);
  const rows = cells.flatMap((cell) => {
    const { race, design } = cell.scenario;
    const values = names.map(({ name }) => rangeOf(cell, name));
    if (cell.explore === undefined || values.every((value) => value === '' || value === '0')) {
      return [];
    }
    return [[race.id, design.id, shortVerdict(cell.explore.verdict), ...values]];
  });
  return { header: ['race', 'design', 'verdict', ...names.map(titleOf)], rows };
}

/** The worst of each design over the races in which it passes: what a right design still costs. */
export function worstOfDesigns(cells: readonly Cell[]): MeasureTable {
  const names = namesOf(cells);
  const designs = [...new Set(cells.map((cell) => cell.scenario.design.id))];
  const rows = designs.map((design) => {
    const mine = cells.filter((cell) => cell.scenario.design.id === design);
    const passing = mine.filter((cell) => cell.explore?.verdict === 'pass');
    return [
      design,
      `${passing.length} of ${mine.length}`,
      ...names.map(({ name }) => worstOf(passing, name)),
    ];
  });
  return { header: ['design', 'passes', ...names.map(titleOf)], rows };
}

interface Name {
  readonly name: string;
  readonly unit: string;
}

function namesOf(cells: readonly Cell[]): Name[] {
  const names = new Map<string, Name>();
  for (const { explore } of cells) {
    for (const { name, unit } of explore?.measures ?? []) names.set(name, { name, unit });
  }
  return [...names.values()];
}

function titleOf({ name, unit }: Name): string {
  return unit === '' || name.includes(unit) ? name : `${name}, ${unit}`;
}

function rangeOf(cell: Cell, name: string): string {
  const found = cell.explore?.measures.find((measure) => measure.name === name);
  if (found === undefined) return '';
  return found.min === found.max ? `${found.max}` : `${found.min} .. ${found.max}`;
}

function worstOf(cells: readonly Cell[], name: string): string {
  const values = cells.flatMap(
    ({ explore }) => explore?.measures.filter((measure) => measure.name === name) ?? [],
  );
  if (values.length === 0) return '';
  const least = Math.min(...values.map(({ min }) => min));
  const most = Math.max(...values.map(({ max }) => max));
  return least === most ? `${most}` : `${least} .. ${most}`;
}

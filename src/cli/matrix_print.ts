/** The matrix as a terminal and as a script see it. */
import { expectedText } from './explore_command.ts';
import type { ExploreSummary } from './explore_task.ts';
import { type Cell, judgeCell, shortVerdict } from './matrix_cells.ts';
import { measuresOfCells, worstOfDesigns } from './matrix_measures.ts';
import { count, type Output, paint, seconds, table } from './output.ts';

export interface MatrixResult {
  readonly cells: readonly Cell[];
  /** Races that the topology cannot host, with what they need. */
  readonly unhosted: readonly string[];
  readonly interrupted: boolean;
  readonly elapsedMs: number;
}

export function printMatrix(result: MatrixResult, output: Output, measures = false): void {
  const systems = [...new Set(result.cells.map((c) => c.scenario.system.id))];
  for (const id of systems) {
    const cells = result.cells.filter((c) => c.scenario.system.id === id);
    output.print(`${matrixTable(cells, output)}\n`);
    if (measures) printMeasures(cells, output);
  }
  output.print(
    'explored/stressed; = as expected, ? the source left it open, ! differs, ~ open and not\n' +
      'finished in the time; a stress figure is the share of rounds that failed, - none did',
  );
  for (const text of result.unhosted) output.print(`not hosted: ${text}`);
  const differing = result.cells.filter((c) => judgeCell(c).state === 'differs');
  for (const cell of differing) output.print(differenceText(cell));
  const done = result.cells.filter((c) => judgeCell(c).state !== 'not-run').length;
  const counts = `${done} of ${result.cells.length} cells, ${differing.length} differ`;
  output.print(
    `${counts}, ${seconds(result.elapsedMs)}${result.interrupted ? ', interrupted' : ''}`,
  );
}

function printMeasures(cells: readonly Cell[], output: Output): void {
  for (const { header, rows } of [worstOfDesigns(cells), measuresOfCells(cells)]) {
    if (rows.length === 0) continue;
    output.print(`${table([header.map((text) => paint(output, 'bold', text)), ...rows])}\n`);
  }
}

function matrixTable(cells: readonly Cell[], output: Output): string {
  const designs = [...new Set(cells.map((c) => c.scenario.design.id))];
  const races = [...new Set(cells.map((c) => c.scenario.race.id))];
  const system = cells[0]?.scenario.system.id ?? '';
  const rows = races.map((race) => [
    race,
    ...designs.map((design) => {
      const cell = cells.find(
        (c) => c.scenario.race.id === race && c.scenario.design.id === design,
      );
      return cell === undefined ? '' : cellText(cell, output);
    }),
  ]);
  return table([[paint(output, 'bold', system), ...designs], ...rows]);
}

const MARKS = {
  'as-expected': '=',
  open: '?',
  differs: '!',
  unfinished: '~',
  'not-run': ' ',
} as const;

function cellText(cell: Cell, output: Output): string {
  const { explore, stress } = cell;
  const { state } = judgeCell(cell);
  const explored = explore === undefined ? '' : shortVerdict(explore.verdict);
  const stressed = stress === undefined ? '' : `/${stressShare(cell)}`;
  const text = `${MARKS[state]} ${explored}${stressed}`;
  if (state === 'differs') return paint(output, ['red', 'bold'], text);
  if (state === 'open') return paint(output, 'yellow', text);
  return explore?.verdict === 'pass' ? paint(output, 'green', text) : text;
}

function stressShare(cell: Cell): string {
  const { stress } = cell;
  if (stress === undefined || stress.rounds === 0) return '';
  if (stress.violations === 0) return '-';
  const share = (100 * stress.violations) / stress.rounds;
  return share >= 1 ? `${Math.round(share)}%` : `1:${count(stress.rounds / stress.violations)}`;
}

function differenceText(cell: Cell): string {
  const { scenario, explore } = cell;
  const name = `${scenario.system.id}/${scenario.race.id} --design ${scenario.design.id}`;
  const replay =
    explore?.explanation === undefined ? '' : `\n    replay: ${explore.explanation.token}`;
  const headline = explore?.explanation?.headline ?? explore?.guarantee ?? '';
  const source = expectedText(scenario.expectation);
  return `! ${name}: ${judgeCell(cell).why}\n    source: ${source}\n    ${headline}${replay}`;
}

function plainSummary(summary: ExploreSummary): unknown {
  const { footprint: _, subtrees: __, ...plain } = summary;
  return plain;
}

export function matrixJson(result: MatrixResult): unknown {
  return {
    elapsedMs: Math.round(result.elapsedMs),
    interrupted: result.interrupted,
    unhosted: result.unhosted,
    cells: result.cells.map((cell) => ({
      system: cell.scenario.system.id,
      race: cell.scenario.race.id,
      design: cell.scenario.design.id,
      expected: cell.scenario.expectation,
      judgement: judgeCell(cell).state,
      why: judgeCell(cell).why,
      explore: cell.explore === undefined ? null : plainSummary(cell.explore),
      stress: cell.stress,
    })),
  };
}

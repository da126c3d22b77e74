/** The matrix as a page: what `docs/matrix.md` and `docs/findings.md` are written by. */
import { readFileSync } from 'node:fs';
import { expectedText } from './explore_command.ts';
import type { Explanation } from './explore_task.ts';
import { type Cell, judgeCell, shortVerdict } from './matrix_cells.ts';
import { type MeasureTable, measuresOfCells, worstOfDesigns } from './matrix_measures.ts';

const HEAD = [
  'Written by `npx hotrace matrix --page FILE`; never edited by hand. Each cell: what exploration',
  'found, then the share of rounds that failed on real threads. **=** as expected, **?** the',
  'source left it open, **!** differs, **~** open and not finished in the time. Every violating',
  'cell has a replay that works as pasted: `npx hotrace replay TOKEN`.',
].join('\n');

/** `docs/matrix.md`: a table for each system, then the replays. */
export function matrixPage(cells: readonly Cell[]): string {
  const parts = ['# The matrix', HEAD];
  for (const id of new Set(cells.map((c) => c.scenario.system.id))) {
    const mine = cells.filter((c) => c.scenario.system.id === id);
    const title = mine[0]?.scenario.system.title ?? '';
    parts.push(`## ${id}`, title, tableOf(mine), measuresText(mine), replaysOf(mine));
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The least and the most that any explored execution measured. */
function measuresText(cells: readonly Cell[]): string {
  const worst = worstOfDesigns(cells);
  const all = measuresOfCells(cells);
  if (all.rows.length === 0) return '';
  return [
    'Measured in the races that a design passes (least .. most of every explored execution):',
    markdown(worst),
    '<details><summary>Measured in each cell</summary>',
    markdown(all),
    '</details>',
  ].join('\n\n');
}

function markdown({ header, rows }: MeasureTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function tableOf(cells: readonly Cell[]): string {
  const designs = [...new Set(cells.map((c) => c.scenario.design.id))];
  const races = [...new Set(cells.map((c) => c.scenario.race.id))];
  const rows = races.map((race) => {
    const inRace = cells.filter((c) => c.scenario.race.id === race);
    const row = designs.map((id) => cellText(inRace.find((c) => c.scenario.design.id === id)));
    return `| ${race} | ${row.join(' | ')} |`;
  });
  const line = designs.map(() => '---').join(' | ');
  return [`| race | ${designs.join(' | ')} |`, `|---| ${line} |`, ...rows].join('\n');
}

const MARKS = {
  'as-expected': '=',
  open: '?',
  differs: '!',
  unfinished: '~',
  'not-run': '',
} as const;

function cellText(cell: Cell | undefined): string {
  if (cell?.explore === undefined) return '';
  const { explore, stress } = cell;
  const failed =
    stress === undefined || stress.rounds === 0 ? 0 : stress.violations / stress.rounds;
  const share = failed === 0 ? '' : ` ${failed >= 0.01 ? Math.round(100 * failed) : '<1'}%`;
  return `${MARKS[judgeCell(cell).state]} ${shortVerdict(explore.verdict)}${share}`;
}

function replaysOf(cells: readonly Cell[]): string {
  const lines = cells.flatMap((cell) => {
    const found = cell.explore?.explanation;
    if (found === undefined) return [];
    const { race, design, expectation } = cell.scenario;
    const source = expectedText(expectation);
    return [
      `- ${race.id} ${design.id}: ${found.headline}\n  (expected ${source})\n  \`${found.token}\``,
    ];
  });
  return lines.length === 0 ? '' : `Replays:\n\n${lines.join('\n')}`;
}

const FINDINGS_HEAD = [
  'Cells whose outcome no primary source states: derived from reading code, answered here. Written',
  'by `npx hotrace matrix --findings FILE`. All of it is about the model: what of the kernel and',
  'the hardware it abstracts from is said for each system.',
].join('\n');

/** `docs/findings.md`: every open cell that ends in a violation, with its interleaving. */
export function findingsPage(cells: readonly Cell[]): string {
  const parts = ['# Findings', FINDINGS_HEAD];
  /** Races that were shown in columns, with the design they were shown for. */
  const shown = new Map<string, string>();
  let about = '';
  for (const cell of cells) {
    const { scenario, explore, stress } = cell;
    const { system, race, design, expectation } = scenario;
    const found = explore?.explanation;
    if (expectation.verdict !== 'open' || found === undefined) continue;
    if (about !== system.id) parts.push(`# ${system.id}`, abstractedIn(scenario.systemUrl));
    about = system.id;
    const seen = stress === undefined ? '' : seenText(stress.violations);
    parts.push(
      `## ${system.id}/${race.id}, ${design.id}: ${explore?.verdict ?? ''}`,
      `${race.title}. ${design.title} (${design.source}). Derived in ${expectation.source}; ` +
        `${explore?.guarantee ?? ''}${seen}.`,
      `\`${found.headline}\``,
      columnsOnce(shown, `${system.id}/${race.id}`, design.id, found),
      `replay: \`npx hotrace replay ${found.token}\``,
    );
  }
  return `${parts.join('\n\n')}\n`;
}

/** What a model leaves out and what it chose: the head of its own source. */
function abstractedIn(systemUrl: string): string {
  const source = readFileSync(new URL(systemUrl), 'utf8');
  const head = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source)?.[1] ?? '';
  const text = head.replaceAll(/^ \* ?/gm, '');
  const title = 'What this model abstracts from, and chose where its sources leave it open:';
  return `${title}\n\n${text}`;
}

function seenText(violations: number): string {
  return violations === 0 ? '; not seen on real threads' : '; seen on real threads';
}

/** The interleaving in columns; for further designs of the race in one line. */
function columnsOnce(
  shown: Map<string, string>,
  key: string,
  design: string,
  found: Explanation,
): string {
  const before = shown.get(key);
  if (before !== undefined) return `\`${found.shortSchedule}\` (in columns for ${before} above)`;
  shown.set(key, design);
  return `\`\`\`text\n${found.shortSchedule}\n\n${found.columns}\n\`\`\``;
}

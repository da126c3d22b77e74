/** The record as a terminal, a script and `docs/record.md` see it. */
import type { RecordEntry } from '../scenarios/record/entry.ts';
import { expectedText } from './explore_command.ts';
import { type Cell, judgeCell, shortVerdict } from './matrix_cells.ts';
import { type Output, paint, table } from './output.ts';
import type { RecordPair, RecordRow } from './record_command.ts';

const MARKS = {
  'as-expected': '=',
  open: '?',
  differs: '!',
  unfinished: '~',
  'not-run': ' ',
} as const;

export function printRecord(rows: readonly RecordRow[], output: Output): void {
  const lines = rows.flatMap(({ entry, pairs }) => {
    const name = paint(output, 'bold', `${tableName(entry)} ${entry.row}`);
    if (pairs.length === 0) return [[name, entry.source, `not shown: ${entry.reason ?? ''}`]];
    return pairs.map((pair) => [name, entry.source, pair.target, verdicts(pair)]);
  });
  output.print(table(lines));
  output.print('before its fix -> after it; = as expected, ? open in the source, ! differs');
  const shown = rows.filter(({ pairs }) => pairs.length > 0).length;
  const cells = rows.flatMap(({ pairs }) => pairs.flatMap((p) => [p.before, p.after]));
  const differs = cells.filter((c) => c !== undefined && judgeCell(c).state === 'differs').length;
  output.print(`${shown} of ${rows.length} rows replayed, ${differs} cells differ`);
}

/** `eeh.md 3` */
function tableName({ table: name }: RecordEntry): string {
  return name.replace(/\.md.*/, '');
}

function verdicts({ before, after }: RecordPair): string {
  const text = (cell: Cell): string => {
    const { design } = cell.scenario;
    const verdict = cell.explore === undefined ? 'not run' : shortVerdict(cell.explore.verdict);
    return `${design.id}: ${MARKS[judgeCell(cell).state]} ${verdict}`;
  };
  return `${text(before)} -> ${after === undefined ? 'not fixed' : text(after)}`;
}

const HEAD = [
  '# The record',
  [
    'Races and lifetime bugs of PCI hotplug and error recovery in Linux that were reported, fixed',
    'or derived, each before and after its fix. Written by `npx hotrace record --page FILE`;',
    'never edited by hand. What is said here is said of the model: each row names what of the',
    'hardware or the kernel it leaves out. Replay a violation with `npx hotrace replay TOKEN`.',
  ].join('\n'),
];

const SURE: Readonly<Record<RecordEntry['mark'], string>> = {
  V: 'read in the commit or mail',
  S: 'read in the source',
  D: 'derived by reading code',
  M: 'from memory',
  lab: 'found here',
};

export function recordPage(rows: readonly RecordRow[]): string {
  const parts = [...HEAD];
  const missing = rows.filter(({ pairs }) => pairs.length === 0);
  for (const name of new Set(rows.map(({ entry }) => entry.table))) {
    parts.push(`## ${name}`);
    for (const row of rows) {
      if (row.entry.table === name && row.pairs.length > 0) parts.push(rowText(row));
    }
  }
  parts.push('## What the model cannot express');
  const reasons = missing.map(({ entry }) => {
    return `- ${entry.table} ${entry.row}, ${entry.what} (${entry.source}): ${entry.reason ?? ''}`;
  });
  parts.push(reasons.length === 0 ? 'Nothing: every row has a replay.' : reasons.join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function rowText({ entry, pairs }: RecordRow): string {
  const lines = [
    `### ${entry.row} ${entry.what}`,
    `${entry.source}; ${entry.kernels}; ${SURE[entry.mark]}. Left out: ${entry.abstracted}`,
  ];
  for (const { target, before, after } of pairs) {
    const cells = [cellText(target, before), ...(after ? [cellText(target, after)] : [])];
    lines.push(cells.join('\n'));
    if (after === undefined) lines.push('Not fixed.');
  }
  return lines.join('\n\n');
}

function cellText(target: string, cell: Cell): string {
  const { explore, scenario } = cell;
  const { design, expectation } = scenario;
  const state = MARKS[judgeCell(cell).state];
  const verdict = explore?.verdict ?? 'not run';
  const head = `- \`${target} --design ${design.id}\`: ${state} ${verdict} (expected ${expectedText(
    expectation,
  )})`;
  const found = explore?.explanation;
  if (found === undefined) return `${head}; ${explore?.guarantee ?? ''}`;
  return `${head}\n  ${found.headline}\n  \`${found.shortSchedule}\`\n  \`${found.token}\``;
}

export function recordJson(rows: readonly RecordRow[]): unknown {
  return rows.map(({ entry, pairs }) => ({
    ...entry,
    cells: pairs.flatMap(({ target, before, after }) =>
      [before, after].flatMap((cell) => (cell === undefined ? [] : [cellJson(target, cell)])),
    ),
  }));
}

function cellJson(target: string, cell: Cell): unknown {
  const { explore, scenario } = cell;
  return {
    target,
    design: scenario.design.id,
    expected: scenario.expectation,
    judgement: judgeCell(cell).state,
    verdict: explore?.verdict ?? null,
    guarantee: explore?.guarantee ?? null,
    token: explore?.explanation?.token ?? null,
  };
}

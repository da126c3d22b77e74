/** `hotrace record`: the history of the field, row by row, before and after each fix. */
import { writeFileSync } from 'node:fs';
import type { RecordEntry } from '../scenarios/record/entry.ts';
import { RECORD } from '../scenarios/record/index.ts';
import { EXIT, UserError } from './errors.ts';
import { type Cell, judgeCell } from './matrix_cells.ts';
import { exploreCells } from './matrix_command.ts';
import { json, type Output } from './output.ts';
import { printRecord, recordJson, recordPage } from './record_page.ts';
import { ExplorePool } from './run_explore.ts';
import {
  buildScenario,
  findSystem,
  QUARANTINE_DEFAULT,
  readTopologyFile,
  splitTarget,
  unknown,
} from './scenario.ts';

export interface RecordCommandOptions {
  readonly time: number;
  readonly bound: number;
  readonly jobs: number;
  readonly page?: string;
  readonly json?: boolean;
}

/** A row with what exploration found in its cells. */
export interface RecordRow {
  readonly entry: RecordEntry;
  readonly pairs: readonly RecordPair[];
}

export interface RecordPair {
  readonly target: string;
  readonly before: Cell;
  readonly after: Cell | undefined;
}

/**
 * Answers the exit code: 1 where a cell differs from what its source says.
 * @throws UserError for a filter that finds no row.
 */
export async function recordCommand(
  filter: string | undefined,
  options: RecordCommandOptions,
  output: Output,
): Promise<number> {
  const entries = RECORD.filter((entry) => filter === undefined || matches(entry, filter));
  if (entries.length === 0) {
    throw new UserError(
      `no row of the record holds ${JSON.stringify(filter)}; a row (#9, O1), a commit id, a word`,
    );
  }
  const rows = await rowsOf(entries);
  const pool = new ExplorePool(options.jobs);
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    pool.stop();
  };
  process.once('SIGINT', onInterrupt);
  try {
    await exploreCells(pool, distinct(rows), options, options.time * 1000, output);
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    output.progress('');
    await pool.close();
  }
  if (options.page !== undefined) writeFileSync(options.page, recordPage(rows));
  if (options.json === true) output.print(json(recordJson(rows)));
  else printRecord(rows, output);
  if (interrupted) return EXIT.INTERRUPTED;
  const differs = distinct(rows).some((cell) => judgeCell(cell).state === 'differs');
  return differs ? EXIT.VIOLATION : EXIT.OK;
}

function matches(entry: RecordEntry, filter: string): boolean {
  if (entry.row.toLowerCase() === filter.toLowerCase()) return true;
  const targets = entry.cells.map(({ target }) => target).join(' ');
  const text = `${entry.what} ${entry.source} ${targets}`.toLowerCase();
  return text.includes(filter.toLowerCase()) && !/^#?\d+$/.test(filter);
}

async function rowsOf(entries: readonly RecordEntry[]): Promise<RecordRow[]> {
  const cells = new Map<string, Cell>();
  const cellOf = async (target: string, designId: string): Promise<Cell> => {
    const key = `${target} ${designId}`;
    const known = cells.get(key);
    if (known !== undefined) return known;
    const made = await makeCell(target, designId);
    cells.set(key, made);
    return made;
  };
  const rows: RecordRow[] = [];
  for (const entry of entries) {
    const pairs: RecordPair[] = [];
    for (const { target, before, after } of entry.cells) {
      pairs.push({
        target,
        before: await cellOf(target, before),
        after: after === null ? undefined : await cellOf(target, after),
      });
    }
    rows.push({ entry, pairs });
  }
  return rows;
}

async function makeCell(target: string, designId: string): Promise<Cell> {
  const { systemId, raceId } = splitTarget(target);
  const { system, url } = await findSystem(systemId);
  const race = system.races.find(({ id }) => id === raceId);
  const design = system.designs.find(({ id }) => id === designId);
  if (race === undefined) {
    throw unknown(
      `race of ${systemId}`,
      raceId,
      system.races.map(({ id }) => id),
    );
  }
  if (design === undefined) {
    throw unknown(
      `design of ${systemId}`,
      designId,
      system.designs.map(({ id }) => id),
    );
  }
  const topology = readTopologyFile(undefined);
  const scenario = buildScenario(system, url, race, design, topology, QUARANTINE_DEFAULT);
  return { scenario, explore: undefined, stress: undefined };
}

function distinct(rows: readonly RecordRow[]): Cell[] {
  const all = rows.flatMap(({ pairs }) => pairs.flatMap(({ before, after }) => [before, after]));
  return [...new Set(all)].filter((cell) => cell !== undefined);
}

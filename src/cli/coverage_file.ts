/** `--coverage FILE`: what a run saw of its machines is added to what the file holds. */
import { existsSync, writeFileSync } from 'node:fs';
import type { Program } from '../actor/program.ts';
import type { Move } from '../explore/moves.ts';
import {
  type Coverage,
  coverageOf,
  figuresOf,
  mergeCoverage,
  statusOf,
} from '../inspect/coverage/coverage.ts';
import { coverageJson, readCoverage } from '../inspect/coverage/coverage_json.ts';
import { machinesIn, seenInSearch } from '../inspect/coverage/sources.ts';
import { printable } from '../topology/printable.ts';
import { UserError } from './errors.ts';
import { type Output, table } from './output.ts';
import { readInput } from './scenario.ts';

/**
 * What a file holds; nothing where there may be none yet. Read before a search, so that a file of
 * something else is said at once.
 * @throws UserError for a file that is no coverage.
 */
export function readCoverageFile(path: string, which: 'existing' | 'new or existing'): Coverage {
  if (which !== 'existing' && !existsSync(path)) return { runs: 0, machines: [] };
  const found = readCoverage(readInput(path, 'coverage of earlier runs').toString('utf8'));
  if (typeof found !== 'string') return found;
  const shown = printable(path);
  throw new UserError(`${shown}: expected coverage of earlier runs, found ${printable(found)}`);
}

/**
 * Writes what was known and what a search saw.
 * @throws UserError where it cannot be written.
 */
export function addCoverage(
  path: string,
  known: Coverage,
  program: Program,
  moves: readonly Move[],
): Coverage {
  const found = coverageOf(machinesIn(program), seenInSearch(program, moves));
  const merged = mergeCoverage([known, found]);
  try {
    writeFileSync(path, coverageJson(merged));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const text = `${printable(path)}: expected a file to write, found ${code}`;
    throw new UserError(text, { cause: error });
  }
  return merged;
}

/** A line for each machine, with what was never taken and what was refused. */
export function printCoverage(coverage: Coverage, min: number | undefined, output: Output): void {
  const rows = coverage.machines.map(({ machine, tuples }) => {
    const { taken, never, percent } = figuresOf([{ machine, tuples }]);
    const missed = tuples
      .filter((tuple) => statusOf(tuple) !== 'taken')
      .map((tuple) => `${statusOf(tuple)} ${tuple.state}:${tuple.event}`);
    const share = `${taken}/${taken + never}`;
    return [`  ${printable(machine)}`, share, `${Math.floor(percent)} %`, cut(missed)];
  });
  const { percent } = figuresOf(coverage.machines);
  const wanted = min === undefined ? '' : `, at least ${min} % wanted`;
  const runs = coverage.runs === 1 ? '1 run' : `${coverage.runs} runs`;
  output.print(
    `\ncoverage of ${runs}: ${percent.toFixed(1)} % of what the machines accept${wanted}`,
  );
  output.print(table(rows));
}

function cut(missed: readonly string[]): string {
  const shown = missed.slice(0, 6).map(printable).join(', ');
  return missed.length > 6 ? `${shown}, ${missed.length - 6} more` : shown;
}

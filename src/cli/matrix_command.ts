/** `hotrace matrix`: every cell in both modes within a time budget, expected against found. */
import { writeFileSync } from 'node:fs';
import { SYSTEMS } from '../scenarios/registry.ts';
import { nowhere, TopologyError } from '../topology/error.ts';
import { EXIT } from './errors.ts';
import { type Cell, judgeCell } from './matrix_cells.ts';
import { findingsPage, matrixPage } from './matrix_page.ts';
import { type MatrixResult, matrixJson, printMatrix } from './matrix_print.ts';
import { json, type Output } from './output.ts';
import { ExplorePool, type TaskWithoutControl } from './run_explore.ts';
import { StressRunner } from './run_stress.ts';
import {
  buildScenario,
  findSystem,
  QUARANTINE_DEFAULT,
  readTopologyFile,
  type Scenario,
} from './scenario.ts';

export interface MatrixCommandOptions {
  readonly topology?: string;
  readonly time: number;
  readonly quick?: boolean;
  readonly mode: 'both' | 'explore' | 'stress';
  readonly bound: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly page?: string;
  readonly findings?: string;
  readonly measures?: boolean;
  /** Leaves races out; undefined: none. */
  readonly only?: (system: string, race: string) => boolean;
}

/** Share of the time that exploration may take before stress begins. */
const EXPLORE_SHARE = 0.6;
/** For each cell, and for all of them: what people wait for. */
const QUICK_SECONDS_PER_CELL = 0.8;
const QUICK_SECONDS = 540;
/** What a cell may take at first, and at least when the time is over. */
const CELL_MILLIS_FIRST = 2000;
const CELL_MILLIS_LATE = 500;
/** Room for four actors side by side, as where no terminal says. */
const COLUMNS_WIDTH = 150;

export async function matrixCommand(
  id: string | undefined,
  options: MatrixCommandOptions,
  output: Output,
): Promise<number> {
  const result = await runMatrix(id === undefined ? undefined : [id], options, output);
  if (options.json === true) output.print(json(matrixJson(result)));
  else printMatrix(result, output, options.measures === true);
  if (options.page !== undefined) writeFileSync(options.page, matrixPage(result.cells));
  if (options.findings !== undefined) {
    writeFileSync(options.findings, findingsPage(result.cells));
  }
  if (result.interrupted) return EXIT.INTERRUPTED;
  return result.cells.some((c) => judgeCell(c).state === 'differs') ? EXIT.VIOLATION : EXIT.OK;
}

/** Runs the cells; Ctrl-C ends with those that are done. */
export async function runMatrix(
  ids: readonly string[] | undefined,
  options: MatrixCommandOptions,
  output: Output,
): Promise<MatrixResult> {
  const start = performance.now();
  const { cells, unhosted } = await allCells(ids ?? SYSTEMS.map((s) => s.id), options);
  const seconds_ = options.quick === true ? quickSeconds(cells.length) : options.time;
  const state = { interrupted: false };
  const pool = new ExplorePool(options.jobs);
  const stress = new StressRunner();
  const onInterrupt = (): void => {
    state.interrupted = true;
    pool.stop();
    stress.stop();
  };
  process.once('SIGINT', onInterrupt);
  try {
    const share = options.mode === 'both' ? EXPLORE_SHARE : 1;
    if (options.mode !== 'stress') {
      await exploreCells(pool, cells, options, seconds_ * 1000 * share, output);
    }
    if (options.mode !== 'explore' && !state.interrupted) {
      const left = seconds_ * 1000 - (performance.now() - start);
      await stressCells(stress, cells, Math.max(left, cells.length * 20), state, output);
    }
  } finally {
    process.removeListener('SIGINT', onInterrupt);
    output.progress('');
    await pool.close();
    await stress.close();
  }
  const elapsedMs = performance.now() - start;
  return { cells, unhosted, interrupted: state.interrupted, elapsedMs };
}

function quickSeconds(cells: number): number {
  return Math.min(QUICK_SECONDS, cells * QUICK_SECONDS_PER_CELL);
}

interface CellList {
  readonly cells: readonly Cell[];
  /** Races that the topology cannot host, with what they need. */
  readonly unhosted: readonly string[];
}

/** @throws TopologyError when the topology cannot host any race. */
async function allCells(ids: readonly string[], options: MatrixCommandOptions): Promise<CellList> {
  const topology = readTopologyFile(options.topology);
  const cells: Cell[] = [];
  const unhosted: string[] = [];
  for (const one of ids) {
    const { system, url } = await findSystem(one);
    for (const race of system.races) {
      if (options.only?.(system.id, race.id) === false) continue;
      try {
        for (const design of system.designs) {
          const scenario = buildScenario(system, url, race, design, topology, QUARANTINE_DEFAULT);
          cells.push({ scenario, explore: undefined, stress: undefined });
        }
      } catch (error) {
        if (!(error instanceof TopologyError)) throw error;
        unhosted.push(`${system.id}/${race.id}: ${error.message}`);
      }
    }
  }
  if (cells.length === 0) throw new TopologyError(unhosted.join('\n'), nowhere);
  return { cells, unhosted };
}

/**
 * Cells are explored side by side: each shortly, which is enough for nearly all; what time is left
 * then goes to those that did not come to an end, in even shares.
 */
export async function exploreCells(
  pool: ExplorePool,
  cells: readonly Cell[],
  options: Pick<MatrixCommandOptions, 'jobs' | 'bound'>,
  millis: number,
  output: Output,
): Promise<void> {
  const deadline = performance.now() + millis;
  let done = 0;
  const explore = async (queue: Cell[], atMost: number | undefined): Promise<void> => {
    for (let cell = queue.shift(); cell !== undefined; cell = queue.shift()) {
      const left = Math.max(0, deadline - performance.now()) * options.jobs;
      const wanted = atMost ?? left / (queue.length + 1);
      const now = Math.ceil(Math.min(wanted, left + CELL_MILLIS_LATE));
      cell.explore = await pool.run(taskOfCell(cell.scenario, options, now));
      done++;
      output.progress(`explored ${Math.min(done, cells.length)} of ${cells.length} cells`);
    }
  };
  const pass = async (chosen: readonly Cell[], atMost: number | undefined): Promise<void> => {
    const queue = [...chosen];
    await Promise.all(Array.from({ length: options.jobs }, () => explore(queue, atMost)));
  };
  await pass(cells, CELL_MILLIS_FIRST);
  const unfinished = cells.filter((cell) => cell.explore?.verdict === 'limit-reached');
  if (unfinished.length > 0 && performance.now() < deadline && !pool.stopped) {
    done = cells.length - unfinished.length;
    await pass(unfinished, undefined);
  }
}

function taskOfCell(
  scenario: Scenario,
  options: Pick<MatrixCommandOptions, 'bound'>,
  millis: number,
): TaskWithoutControl {
  return {
    systemUrl: scenario.systemUrl,
    request: scenario.request,
    strategy: 'dfs',
    bound: options.bound,
    beyondMs: Math.min(1000, millis / 4),
    depth: 3,
    seed: 1,
    executions: 1e9,
    steps: 50_000,
    millis,
    reduce: true,
    subtree: undefined,
    width: COLUMNS_WIDTH,
    color: false,
    full: false,
    wantDmesg: false,
    wantPerfetto: false,
  };
}

async function stressCells(
  stress: StressRunner,
  cells: readonly Cell[],
  millis: number,
  state: { readonly interrupted: boolean },
  output: Output,
): Promise<void> {
  const deadline = performance.now() + millis;
  for (const [i, cell] of cells.entries()) {
    if (state.interrupted) return;
    const left = deadline - performance.now();
    const share = Math.max(20, left / (cells.length - i));
    output.progress(`stressed ${i} of ${cells.length} cells`);
    cell.stress = await stress.runCell(cell.scenario, share);
  }
}

/** `hotrace verify LOCK|FILE.ts`: what a lock claims of itself, held against every interleaving. */
import { contestId, MISUSED, stressContest } from '../scenarios/lock_contests.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { type ChosenLock, chooseLocks } from './choose_locks.ts';
import { EXIT } from './errors.ts';
import type { StressSummary } from './matrix_cells.ts';
import { json, type Output } from './output.ts';
import { ExplorePool, showProgress, type TaskWithoutControl } from './run_explore.ts';
import { StressRunner } from './run_stress.ts';
import { buildScenario, QUARANTINE_DEFAULT, readTopologyFile, type Scenario } from './scenario.ts';
import { printVerified, Verified, verifiedJson } from './verify_print.ts';

export interface VerifyCommandOptions {
  /** With `rounds`: one contest of the user's choice instead of the usual ones. */
  readonly actors?: number;
  readonly rounds?: number;
  /** Preemptions at most; undefined: none for two threads, 2 for more. */
  readonly bound?: number;
  readonly time: number;
  /** Seconds of real threads for each lock; 0: none. */
  readonly stress: number;
  readonly jobs: number;
  readonly width?: number;
  readonly json?: boolean;
}

/** Room for four threads side by side, as where no terminal says. */
const COLUMNS_WIDTH = 150;

/** Answers the exit code: 0 where every lock is as it claims, and every broken twin refused. */
export async function verifyCommand(
  names: readonly string[],
  options: VerifyCommandOptions,
  output: Output,
): Promise<number> {
  const chosen = await chooseLocks(names);
  const pool = new ExplorePool(options.jobs);
  const stress = new StressRunner();
  let interrupted = false;
  const onInterrupt = (): void => {
    interrupted = true;
    pool.stop();
    stress.stop();
  };
  process.once('SIGINT', onInterrupt);
  const hide = showProgress(pool, output, `verifying ${chosen.length} locks`);
  try {
    const verified = await exploreAll(pool, chosen, options);
    hide();
    for (const [i, one] of verified.entries()) {
      if (options.stress === 0 || interrupted) break;
      output.progress(`on threads: ${i} of ${verified.length} locks`);
      one.stress = await runStress(stress, one, options.stress * 1000);
    }
    output.progress('');
    if (options.json === true) output.print(json(verifiedJson(verified)));
    else printVerified(verified, names.length === 1, output);
    if (interrupted) return EXIT.INTERRUPTED;
    return verified.every((one) => one.asClaimed()) ? EXIT.OK : EXIT.VIOLATION;
  } finally {
    hide();
    process.removeListener('SIGINT', onInterrupt);
    await pool.close();
    await stress.close();
  }
}

/** A contest with its bound: two threads without one, more threads within two preemptions. */
interface Bout {
  readonly contest: string;
  readonly bound: number;
}

function boutsOf(lock: LockAlgorithm, { actors, rounds, bound }: VerifyCommandOptions): Bout[] {
  const boutOf = (threads: number, turns: number): Bout => ({
    contest: contestId(threads, turns),
    bound: bound ?? (threads === 2 ? Number.POSITIVE_INFINITY : 2),
  });
  if (actors !== undefined || rounds !== undefined) return [boutOf(actors ?? 2, rounds ?? 2)];
  const misused = lock.kind === 'exclusive' ? Object.keys(MISUSED) : [];
  const usual = [boutOf(2, 2), boutOf(3, 2), ...misused.map((contest) => ({ contest, bound: 2 }))];
  return lock.threadsToRefuse === undefined ? usual : [...usual, boutOf(lock.threadsToRefuse, 1)];
}

/** Locks and contests side by side, answers in the order that was asked for. */
async function exploreAll(
  pool: ExplorePool,
  chosen: readonly ChosenLock[],
  options: VerifyCommandOptions,
): Promise<Verified[]> {
  const verified = chosen.map(
    ({ system, url, file, lock }) => new Verified(system, url, file, lock),
  );
  const queue = verified.flatMap((one) =>
    boutsOf(one.lock, options).map((bout) => ({ one, bout })),
  );
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (pool.stopped) return;
      const { one, bout } = next;
      const task = taskOf(scenarioOf(one, bout.contest), bout, options);
      const done = { ...bout, summary: await pool.run(task) };
      (bout.contest in MISUSED ? one.misused : one.explored).push(done);
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, worker));
  for (const one of verified) one.explored.sort((a, b) => (a.contest < b.contest ? -1 : 1));
  return verified;
}

function scenarioOf({ system, url, lock }: Verified, contest: string): Scenario {
  const race = system.races.find(({ id }) => id === lock.id);
  const design = system.designs.find(({ id }) => id === contest);
  if (race === undefined || design === undefined) {
    throw new Error(`[hotrace bug] ${system.id} has no contest ${contest} for ${lock.id}`);
  }
  const topology = readTopologyFile(undefined);
  return buildScenario(system, url, race, design, topology, QUARANTINE_DEFAULT);
}

function taskOf(scenario: Scenario, bout: Bout, options: VerifyCommandOptions): TaskWithoutControl {
  return {
    systemUrl: scenario.systemUrl,
    request: scenario.request,
    strategy: 'dfs',
    bound: bout.bound,
    beyondMs: 0,
    depth: 3,
    seed: 1,
    executions: 1e9,
    steps: 20_000,
    millis: options.time * 1000,
    reduce: true,
    subtree: undefined,
    width: options.width ?? COLUMNS_WIDTH,
    color: false,
    full: false,
    wantDmesg: false,
    wantPerfetto: false,
  };
}

async function runStress(
  stress: StressRunner,
  one: Verified,
  millis: number,
): Promise<StressSummary> {
  const contest = stressContest(one.lock.threadsToRefuse);
  return await stress.runCell(scenarioOf(one, contest), millis);
}

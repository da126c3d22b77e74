/**
 * One exploration over several workers. Sampling: each worker takes seeds of its own. Depth first:
 * one worker searches; when it takes long, the others sample beside it, so that a deep search does
 * not hide a bug that chance finds at once.
 */
import type { ExploreSummary } from './explore_task.ts';
import type { ExplorePool, TaskWithoutControl } from './run_explore.ts';

/** Seeds of parallel samplers are this far apart. */
const SEED_STRIDE = 1_000_003;

export async function exploreInParallel(
  pool: ExplorePool,
  task: TaskWithoutControl,
  jobs: number,
): Promise<ExploreSummary> {
  if (jobs <= 1 || task.strategy === 'dfs') return await pool.run(task);
  const share = Math.ceil(task.executions / jobs);
  const runs = Array.from({ length: jobs }, (_, i) =>
    pool.run({ ...task, seed: task.seed + i * SEED_STRIDE, executions: share }),
  );
  const summaries: ExploreSummary[] = [];
  for (const run of runs) {
    void run.then((summary) => {
      // The first violation ends the others: they stop at their next look.
      if (summary.explanation !== undefined) pool.stop();
    });
  }
  summaries.push(...(await Promise.all(runs)));
  return merged(summaries);
}

function merged(summaries: readonly ExploreSummary[]): ExploreSummary {
  const failed = summaries.find((s) => s.explanation !== undefined);
  const limited = summaries.find((s) => s.verdict === 'limit-reached');
  const [first] = summaries;
  const base = failed ?? limited ?? first;
  if (base === undefined) throw new Error('[hotrace bug] no worker answered');
  const sum = (pick: (s: ExploreSummary) => number): number =>
    summaries.reduce((total, s) => total + pick(s), 0);
  const executions = sum((s) => s.executions);
  const workers = `${summaries.length} workers, ${executions} executions in all`;
  return {
    ...base,
    executions,
    steps: sum((s) => s.steps),
    elapsedMs: Math.max(...summaries.map((s) => s.elapsedMs)),
    guarantee: failed === undefined ? `${base.guarantee} (${workers})` : base.guarantee,
  };
}

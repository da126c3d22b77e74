/**
 * One exploration over several workers. Sampling: each takes seeds of its own. Depth first: one
 * searches; when that takes long, the space is split into subtrees that all workers share. A word
 * that any worker finds to be shared is made known to all, and the round starts over: what is
 * skipped in one subtree may only be skipped if no other knows better.
 */
import { exhaustedLine } from '../explore/guarantee.ts';
import type { Decisions } from '../explore/replay.ts';
import { sharedStatesBuffer } from '../explore/visited_shared.ts';
import type { ExploreSummary } from './explore_task.ts';
import type { ExplorePool, TaskWithoutControl } from './run_explore.ts';

/** Seeds of parallel samplers are this far apart. */
const SEED_STRIDE = 1_000_003;
/** A search that ends within this is not worth splitting. */
const ALONE_MS = 2000;
const SUBTREES_PER_WORKER = 24;
const SPLIT_DEPTH_MAX = 24;
/** States that workers share: 48 MiB. */
const STATES_MAX = 1 << 22;

export async function exploreInParallel(
  pool: ExplorePool,
  task: TaskWithoutControl,
  jobs: number,
): Promise<ExploreSummary> {
  if (jobs <= 1) return await pool.run(task);
  if (task.strategy !== 'dfs') return await sampleInParallel(pool, task, jobs);
  const start = performance.now();
  const alone = await pool.run({ ...task, millis: Math.min(task.millis, ALONE_MS) });
  const timeIsUp = alone.elapsedMs >= ALONE_MS && task.millis > ALONE_MS;
  if (alone.verdict !== 'limit-reached' || !timeIsUp || pool.stopped) return alone;
  const left = (): number => Math.max(1, task.millis - (performance.now() - start));
  const found = await searchSubtrees(pool, task, jobs, alone, left);
  return { ...found, elapsedMs: performance.now() - start };
}

async function sampleInParallel(
  pool: ExplorePool,
  task: TaskWithoutControl,
  jobs: number,
): Promise<ExploreSummary> {
  const share = Math.ceil(task.executions / jobs);
  const tasks = Array.from({ length: jobs }, (_, i) => ({
    ...task,
    seed: task.seed + i * SEED_STRIDE,
    executions: share,
  }));
  const summaries = await runUntilFailure(pool, tasks, jobs);
  const base = gravest(summaries);
  const sum = summed(summaries);
  const workers = `${summaries.length} workers, ${sum.executions} executions in all`;
  const guarantee =
    base.explanation === undefined ? `${base.guarantee} (${workers})` : base.guarantee;
  return { ...base, ...sum, guarantee };
}

/** Rounds over all subtrees, until no worker finds a shared word that the others did not know. */
async function searchSubtrees(
  pool: ExplorePool,
  task: TaskWithoutControl,
  jobs: number,
  alone: ExploreSummary,
  left: () => number,
): Promise<ExploreSummary> {
  let footprint = alone.footprint;
  for (;;) {
    const roots = await split(pool, task, jobs, footprint, left);
    if (roots.summary.explanation !== undefined) {
      return { ...roots.summary, moves: [...alone.moves, ...roots.summary.moves] };
    }
    footprint = joined(footprint, [roots.summary]) ?? footprint;
    const known = footprint;
    const states = task.reduce ? sharedStatesBuffer(STATES_MAX) : undefined;
    const tasks = roots.subtrees.map((prefix) => ({
      ...task,
      millis: left(),
      subtree: { prefix, splitDepth: Number.POSITIVE_INFINITY, footprint: known, states },
    }));
    const summaries = await runUntilFailure(pool, tasks, jobs);
    const base = gravest([roots.summary, ...summaries]);
    const all = { ...base, ...summed([alone, roots.summary, ...summaries]) };
    const spread = `${tasks.length} subtrees by ${jobs} workers`;
    if (base.explanation !== undefined)
      return { ...all, guarantee: `${base.guarantee}; ${spread}` };
    if (base.verdict === 'limit-reached') {
      return {
        ...all,
        boundExhausted: alone.boundExhausted,
        guarantee: `${base.guarantee}; ${spread}`,
      };
    }
    const news = joined(footprint, summaries);
    if (news === undefined) {
      const line = exhaustedLine(task.bound, all.states, task.reduce);
      return { ...all, boundExhausted: task.bound, guarantee: `${line}; ${spread}` };
    }
    footprint = news;
  }
}

/** Subtrees enough for all workers to be busy to the end. */
async function split(
  pool: ExplorePool,
  task: TaskWithoutControl,
  jobs: number,
  footprint: Uint32Array | undefined,
  left: () => number,
): Promise<{ readonly summary: ExploreSummary; readonly subtrees: readonly Decisions[] }> {
  for (let depth = 2; ; depth += 2) {
    const prefix: Decisions = { actors: [], choices: [] };
    const subtree = { prefix, splitDepth: depth, footprint, states: undefined };
    const summary = await pool.run({ ...task, millis: left(), subtree });
    const enough = summary.subtrees.length >= jobs * SUBTREES_PER_WORKER;
    const done = enough || depth >= SPLIT_DEPTH_MAX || summary.subtrees.length === 0;
    if (done || summary.explanation !== undefined || summary.verdict === 'limit-reached') {
      return { summary, subtrees: summary.subtrees };
    }
  }
}

/** Runs tasks, `jobs` at a time; the first violation or limit ends the rest. */
async function runUntilFailure(
  pool: ExplorePool,
  tasks: readonly TaskWithoutControl[],
  jobs: number,
): Promise<ExploreSummary[]> {
  const summaries: ExploreSummary[] = [];
  const queue = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      const summary = await pool.run(task);
      summaries.push(summary);
      const isSubtree = task.subtree !== undefined;
      const ends = summary.explanation !== undefined || (isSubtree && summary.verdict !== 'pass');
      if (!ends) continue;
      queue.length = 0;
      pool.cancel();
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  return summaries;
}

/** Both footprints' words; undefined when the summaries know nothing new. */
function joined(
  known: Uint32Array | undefined,
  summaries: readonly ExploreSummary[],
): Uint32Array | undefined {
  const all = new Uint32Array(known ?? []);
  let news = false;
  for (const { footprint } of summaries) {
    footprint?.forEach((word, i) => {
      const before = all[i] ?? 0;
      news ||= (before | word) !== before;
      all[i] = before | word;
    });
  }
  return news ? all : undefined;
}

function gravest(summaries: readonly ExploreSummary[]): ExploreSummary {
  const failed = summaries.find((s) => s.explanation !== undefined);
  const base = failed ?? summaries.find((s) => s.verdict === 'limit-reached') ?? summaries.at(-1);
  if (base === undefined) throw new Error('[hotrace bug] no worker answered');
  return base;
}

function summed(
  summaries: readonly ExploreSummary[],
): Pick<ExploreSummary, 'executions' | 'steps' | 'states' | 'moves'> {
  const sum = (pick: (s: ExploreSummary) => number): number =>
    summaries.reduce((total, s) => total + pick(s), 0);
  return {
    executions: sum((s) => s.executions),
    steps: sum((s) => s.steps),
    states: sum((s) => s.states),
    moves: summaries.flatMap((s) => s.moves),
  };
}

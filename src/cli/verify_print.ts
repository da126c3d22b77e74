/** What verification found, as a terminal and as a script see it. */
import { MISUSED } from '../scenarios/lock_contests.ts';
import type { LockSystem } from '../scenarios/lock_system.ts';
import type { Fairness, LockAlgorithm } from '../sync/algorithm.ts';
import type { ExploreSummary } from './explore_task.ts';
import type { StressSummary } from './matrix_cells.ts';
import { count, type Output, paint, paintVerdict, seconds, table } from './output.ts';

interface Explored {
  readonly contest: string;
  readonly bound: number;
  readonly summary: ExploreSummary;
}

/** One lock and what became of it. */
export class Verified {
  readonly system: LockSystem;
  readonly url: string;
  readonly file: string | undefined;
  readonly lock: LockAlgorithm;
  readonly explored: Explored[] = [];
  /** Contests in which a thread does wrong. */
  readonly misused: Explored[] = [];
  stress: StressSummary | undefined;

  constructor(system: LockSystem, url: string, file: string | undefined, lock: LockAlgorithm) {
    this.system = system;
    this.url = url;
    this.file = file;
    this.lock = lock;
  }

  /** Largest value that a measure took in any execution. */
  most(measure: string): number {
    const values = this.explored.flatMap(({ summary }) =>
      summary.measures.filter(({ name }) => name === measure).map(({ max }) => max),
    );
    return Math.max(0, ...values);
  }

  /** Two readers were inside at once in some execution, where the lock claims that they can be. */
  readersAsClaimed(): boolean {
    if (this.lock.kind !== 'readers-writer' || !this.lock.readersTogether) return true;
    const two = this.explored.some(({ contest }) => !contest.startsWith('2x'));
    return !two || this.most(TOGETHER) >= 2;
  }

  /** At most so many entered before one that was queued. */
  bypassAsClaimed(): boolean {
    const fairness = fairnessOf(this.lock);
    return fairness === undefined || fairness.fifo || this.most(BYPASS) <= fairness.bypass;
  }

  /** A release by another than the holder, and a second take by it, are reported as such. */
  misuseSeen(): boolean {
    const expected: Readonly<Record<string, string>> = MISUSED;
    return this.misused.every(({ contest, summary }) => summary.verdict === expected[contest]);
  }

  asClaimed(): boolean {
    const { broken } = this.lock;
    const verdicts = this.explored.map(({ summary }) => summary.verdict);
    if (broken !== undefined) {
      const known: readonly string[] = broken;
      // Two threads are too few for some; one contest that refuses it is what a user needs.
      const refused = verdicts.some((verdict) => known.includes(verdict));
      return refused && (this.stress === undefined || this.stress.violations > 0);
    }
    if (verdicts.some((verdict) => verdict !== 'pass') || !this.misuseSeen()) return false;
    if ((this.stress?.violations ?? 0) > 0) return false;
    return this.readersAsClaimed() && this.bypassAsClaimed();
  }
}

const BYPASS = 'entered before one that was queued';
const TOGETHER = 'readers inside together';

/** One line a lock; counterexamples of those that are not as claimed, or of the only one. */
export function printVerified(verified: readonly Verified[], alone: boolean, output: Output): void {
  const contests = [...new Set(verified.flatMap((one) => one.explored.map(titleOf)))].sort();
  const header = ['lock', 'claims', ...contests, 'misuse', 'overtaken', 'readers', 'threads', ''];
  const rows = verified.map((one) => rowOf(one, contests, output));
  output.print(table([header.map((text) => paint(output, 'bold', text)), ...rows]));
  output.print(
    'contests: THREADSxTURNS, every interleaving of every atomic access within the bound;\n' +
      'misuse: a release by another and a second take by the holder are reported as such;\n' +
      'overtaken: most that entered before one that was queued; threads: rounds that failed',
  );
  for (const one of verified) {
    if (!(alone || (one.lock.broken === undefined && !one.asClaimed()))) continue;
    printExplanation(one, output);
  }
  const wrong = verified.filter((one) => !one.asClaimed());
  const names = wrong.map((one) => one.lock.id).join(', ');
  const good = verified.some((one) => one.lock.broken === undefined);
  const right = good ? 'all as claimed' : 'refused, as a broken twin must be';
  const verdict = wrong.length === 0 ? right : `not as claimed: ${names}`;
  output.print(`${verified.length} ${verified.length === 1 ? 'lock' : 'locks'}, ${verdict}`);
}

function titleOf({ contest, bound }: Explored): string {
  return `${contest} ${Number.isFinite(bound) ? `bound ${bound}` : 'no bound'}`;
}

function rowOf(one: Verified, contests: readonly string[], output: Output): string[] {
  const { lock } = one;
  const cells = contests.map((title) => {
    const found = one.explored.find((explored) => titleOf(explored) === title);
    if (found === undefined) return '';
    const { verdict, executions, elapsedMs } = found.summary;
    return `${paintVerdict(output, verdict)} ${count(executions)} in ${seconds(elapsedMs)}`;
  });
  const { stress } = one;
  const threads = stress === undefined ? '' : `${count(stress.violations)}/${count(stress.rounds)}`;
  const overtaken = fairnessOf(lock)?.fifo === false ? String(one.most(BYPASS)) : '';
  const readers = lock.kind === 'readers-writer' ? String(one.most(TOGETHER)) : '';
  const mark = one.asClaimed() ? paint(output, 'green', 'as claimed') : paint(output, 'red', 'NOT');
  const end = lock.broken === undefined ? mark : one.asClaimed() ? 'refused' : 'NOT REFUSED';
  const seen = one.misuseSeen() ? 'seen' : 'NOT SEEN';
  const misuse = one.misused.length === 0 ? '' : seen;
  return [lock.id, claimsOf(lock), ...cells, misuse, overtaken, readers, threads, end];
}

function claimsOf(lock: LockAlgorithm): string {
  if (lock.broken !== undefined) return 'broken';
  switch (lock.kind) {
    case 'sequence':
      return 'no torn read';
    case 'refcount':
      return 'freed once, saturates';
    case 'reclamation':
      return 'frees what nobody reads';
    case 'readers-writer':
      if (lock.readerBypass !== undefined) {
        return `${lock.waiting}, readers after ${lock.readerBypass} writer`;
      }
      return `${lock.waiting}, ${fairnessText(lock.fairness)}`;
    case 'exclusive':
      return `${lock.waiting}, ${fairnessText(lock.fairness)}`;
  }
}

/** Of locks that threads wait for. */
function fairnessOf(lock: LockAlgorithm): Fairness | undefined {
  return 'fairness' in lock ? lock.fairness : undefined;
}

function fairnessText(fairness: Fairness): string {
  if (fairness.fifo) return 'FIFO';
  return Number.isFinite(fairness.bypass) ? `at most ${fairness.bypass} overtake` : 'no order';
}

function printExplanation(one: Verified, output: Output): void {
  const { lock, system, file } = one;
  output.print(`\n${paint(output, 'bold', lock.id)}: ${lock.title}; ${lock.source}`);
  for (const { contest, summary } of one.explored) {
    output.print(`  ${contest}  ${paintVerdict(output, summary.verdict)}  ${summary.guarantee}`);
  }
  if (!one.readersAsClaimed()) output.print('  two readers were never inside together');
  if (!one.bypassAsClaimed()) {
    output.print(`  ${one.most(BYPASS)} overtook one that was queued: more than it claims`);
  }
  if (one.stress !== undefined && one.stress.violations > 0) {
    output.print(`  on threads: ${one.stress.headline}`);
  }
  const found = one.explored.find(({ summary }) => summary.explanation !== undefined);
  const explanation = found?.summary.explanation;
  if (explanation === undefined) return;
  output.print(`\n${explanation.report}\n${explanation.shortSchedule}\n\n${explanation.columns}`);
  const where = file === undefined ? '' : ` --system ${file.replace(/\.ts\/.*$/, '.ts')}`;
  output.print(`replay: npx hotrace replay ${explanation.token}${where}`);
  output.print(`from here: npx hotrace explore ${file ?? system.id}/${lock.id} --design \
${found?.contest ?? ''}`);
}

export function verifiedJson(verified: readonly Verified[]): unknown {
  return verified.map((one) => {
    const { lock } = one;
    return {
      lock: lock.id,
      title: lock.title,
      source: lock.source,
      kind: lock.kind,
      waiting: 'waiting' in lock ? lock.waiting : null,
      fifo: fairnessOf(lock)?.fifo ?? null,
      broken: lock.broken ?? null,
      asClaimed: one.asClaimed(),
      overtaken: one.most(BYPASS),
      readersTogether: lock.kind === 'readers-writer' ? one.most(TOGETHER) : null,
      misuseSeen: one.misused.length === 0 ? null : one.misuseSeen(),
      contests: one.explored.map(({ contest, bound, summary }) => ({
        contest,
        bound: Number.isFinite(bound) ? bound : null,
        verdict: summary.verdict,
        guarantee: summary.guarantee,
        executions: summary.executions,
        steps: summary.steps,
        elapsedMs: summary.elapsedMs,
        token: summary.explanation?.token ?? null,
      })),
      stress: one.stress ?? null,
    };
  });
}

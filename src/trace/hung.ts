/**
 * Reports of actors that wait for ever: the hung-task detector's lines (kernel/hung_task.c), the
 * chain of who waits for whom, why a wake-up was lost, and the soft lockup of a spin that ends not.
 */
import { OPS } from '../ops/vocabulary.ts';
import { heldLines } from './lockdep.ts';
import { type LockHistory, lockHistory } from './locks.ts';
import { addressOf, isWake, locks } from './operations.ts';
import type { Trace, TraceStep, TraceWait } from './record.ts';
import { involvedWaits } from './rows.ts';
import { type Symbols, siteText, stackLines } from './symbols.ts';

/** sysctl_hung_task_timeout_secs: a wait that never ends is longer than that. */
const HUNG_TASK_SECONDS = 120;

export function hungReport(trace: Trace, symbols: Symbols): readonly string[] {
  const waits = involvedWaits(trace);
  const shown = waits.length > 0 ? waits : trace.waits;
  const history = lockHistory(trace);
  if (shown.length === 0) return [trace.finding?.message ?? ''];
  return [
    ...shown.flatMap((wait) => taskLines(trace, wait)),
    '',
    ...chainLines(trace, symbols, shown, history),
    '',
    ...shown.flatMap((wait) =>
      heldLines(trace, symbols, wait.actor, history.atEnd[wait.actor] ?? []),
    ),
  ];
}

export function lostWakeupReport(trace: Trace, symbols: Symbols): readonly string[] {
  const sleeper = involvedWaits(trace)[0] ?? trace.waits[0];
  if (sleeper === undefined) return [trace.finding?.message ?? ''];
  const addr = sleeper.addr === 0 ? (trace.finding?.addr ?? 0) : sleeper.addr;
  return [...taskLines(trace, sleeper), '', ...wakeLines(trace, symbols, sleeper, addr)];
}

export function livelockReport(trace: Trace): readonly string[] {
  const last = trace.steps.at(-1);
  if (last === undefined) return [trace.finding?.message ?? ''];
  const actor = trace.actors[last.actor];
  const spinning = new Map<number, TraceStep>();
  for (const step of trace.steps) {
    if (step.kind === OPS.cpu_relax.kind) spinning.set(step.actor, step);
    else spinning.delete(step.actor);
  }
  const all = spinning.size > 0 ? [...spinning.values()] : [last];
  const task = `${actor?.comm ?? '?'}:${actor?.pid ?? 0}`;
  return [
    `watchdog: BUG: soft lockup - CPU#${actor?.cpu ?? 0} stuck! [${task}]`,
    trace.finding?.message ?? '',
    ...all.flatMap((step) => [
      `${trace.actors[step.actor]?.name ?? '?'} spins in:`,
      ...stackLines(step.stack),
    ]),
  ];
}

/**
 * `eehd waits for pci_rescan_remove_lock held by sysfs-remove, which waits for ...`, from a wait to
 * whoever holds no answer: the first actor again, one that ended, or nobody.
 */
export function waitChain(trace: Trace, symbols: Symbols, start: TraceWait): string {
  return chainFrom(trace, symbols, start, lockHistory(trace));
}

function chainFrom(trace: Trace, symbols: Symbols, start: TraceWait, history: LockHistory): string {
  const seen = new Set<number>();
  let text = nameOf(trace, start.actor);
  for (let wait: TraceWait | undefined = start; wait !== undefined; ) {
    seen.add(wait.actor);
    text += ` waits for ${waitedFor(symbols, wait)}`;
    const { holder, addr }: TraceWait = wait;
    if (holder < 0) return text;
    const hold = history.atEnd[holder]?.findLast((h) => h.addr === addr);
    const since = hold === undefined ? '' : ` since step ${hold.from}`;
    const who = holder === wait.actor ? 'itself' : nameOf(trace, holder);
    text += `, held by ${who}${since}`;
    if (seen.has(holder)) return holder === start.actor ? text : `${text} (a cycle)`;
    const next: TraceWait | undefined = trace.waits.find((w) => w.actor === holder);
    if (next === undefined) {
      const last = trace.steps.findLast((s) => s.actor === holder);
      const when = last === undefined ? '' : ` (its last step was ${last.step})`;
      return `${text}, which never released it${when}`;
    }
    text += ', which';
    wait = next;
  }
  return text;
}

/** One chain per circle, not one per actor in it. */
function chainLines(
  trace: Trace,
  symbols: Symbols,
  waits: readonly TraceWait[],
  history: LockHistory,
): readonly string[] {
  const told = new Set<number>();
  const lines: string[] = [];
  for (const wait of waits) {
    if (told.has(wait.actor)) continue;
    for (let w: TraceWait | undefined = wait; w !== undefined && !told.has(w.actor); ) {
      told.add(w.actor);
      const { holder }: TraceWait = w;
      w = trace.waits.find((other) => other.actor === holder);
    }
    lines.push(...wrapped(chainFrom(trace, symbols, wait, history)));
  }
  return lines;
}

/** One wait a line: a chain is read link by link. */
function wrapped(chain: string): readonly string[] {
  return chain.split(/(?<=,) (?=which )/).map((part, i) => (i === 0 ? part : `  ${part}`));
}

function taskLines(trace: Trace, wait: TraceWait): readonly string[] {
  const actor = trace.actors[wait.actor];
  const comm = actor?.comm ?? '?';
  return [
    `INFO: task ${comm}:${actor?.pid ?? 0} blocked for more than ${HUNG_TASK_SECONDS} seconds.`,
    `task:${comm.padEnd(15)} state:D  pid:${actor?.pid ?? 0}  ${trace.target} ${trace.design}`,
    'Call Trace:',
    ...stackLines(wait.stack),
  ];
}

function wakeLines(
  trace: Trace,
  symbols: Symbols,
  sleeper: TraceWait,
  addr: number,
): readonly string[] {
  const name = nameOf(trace, sleeper.actor);
  const place = symbols.place(addr);
  const sleep = trace.steps.findLast((s) => s.actor === sleeper.actor);
  const queued = trace.steps.findLast(
    (s) =>
      s.actor === sleeper.actor && s.kind === OPS.prepare_to_wait.kind && addressOf(s) === addr,
  );
  const slept = queued ?? sleep;
  const wake = trace.steps.findLast(
    (s) => isWake(s) && addressOf(s) === addr && s.actor !== sleeper.actor,
  );
  if (wake === undefined || slept === undefined) {
    return [`${name} sleeps on ${place}; no wake-up of it ever came.`];
  }
  const order =
    wake.step < slept.step
      ? `the wake-up at step ${wake.step} came before the sleep at step ${slept.step}:`
      : `it slept at step ${slept.step}, and the wake-up at step ${wake.step} woke another:`;
  const tested = trace.steps.findLast(
    (s) => s.actor === sleeper.actor && s.step < Math.min(wake.step, slept.step),
  );
  const steps = [...(tested === undefined ? [] : [tested]), wake, slept];
  return [
    `${name} sleeps on ${place}; ${order}`,
    ...steps
      .toSorted((a, b) => a.step - b.step)
      .map((s) => {
        const where = `${nameOf(trace, s.actor)} in ${siteText(s.stack[0])}`;
        return ` step ${s.step}: ${symbols.operation(s)}, ${where}`;
      }),
  ];
}

function waitedFor(symbols: Symbols, wait: TraceWait): string {
  if (wait.addr === 0) return 'a wake-up';
  const place = symbols.place(wait.addr);
  return locks(wait.kind) ? place : `a wake-up on ${place}`;
}

function nameOf(trace: Trace, actor: number): string {
  return trace.actors[actor]?.name ?? '?';
}

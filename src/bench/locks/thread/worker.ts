/** Entry of a benchmark's thread: takes its turns, one after the other. */
import { readlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { counts } from '../../../ops/bench/thread.ts';
import { BENCH_OPS, installLowering } from '../../../ops/lower/hooks.ts';
import type { Loops } from './loops.ts';
import {
  CONTROL,
  type LockRef,
  type PingTurn,
  type Started,
  type ThreadSetup,
  type Turn,
  type TurnEnd,
} from './protocol.ts';

// The pool starts threads with exactly this.
const setup = workerData as ThreadSetup;
const { control, thread } = setup;
installLowering('native', BENCH_OPS);
counts.current = thread + 1;

const offsetNs = offset(setup.zero);
const loaded = new Map<string, Loops>();

parentPort?.on('message', async (turn: Turn) => {
  parentPort?.postMessage(await take(turn));
});
const started: Started = { tid: threadId() };
parentPort?.postMessage(started);

async function take(turn: Turn): Promise<TurnEnd> {
  let error: string | undefined;
  let work: () => number = () => 0;
  try {
    work = await workOf(turn);
  } catch (cause) {
    error = String(cause);
  }
  counts.parks = 0;
  counts.notifies = 0;
  gate(turn);
  const cpu = process.threadCpuUsage();
  const began = now();
  let taken = 0;
  try {
    taken = work();
  } catch (cause) {
    error = String(cause);
  }
  const ended = now();
  const used = process.threadCpuUsage(cpu);
  const { parks, notifies } = counts;
  return { began, ended, taken, parks, notifies, cpuMicros: used.user + used.system, error };
}

async function workOf(turn: Turn): Promise<() => number> {
  if (turn.kind === 'ping') return () => ping(turn);
  const loops = await loopsOf(turn.lock);
  if (turn.kind === 'round') return () => loops.round(turn.places, thread);
  return () => loops.trace({ shared: setup, thread, offsetNs }, turn);
}

async function loopsOf(ref: LockRef): Promise<Loops> {
  const known = loaded.get(ref.key);
  if (known !== undefined) return known;
  // Loaded here, after the hooks.
  const { loadLoops } = await import('./loops.ts');
  const { instantiate } = await import('../../../ops/wasm/instantiate.ts');
  const operations = await import('../../../ops/bench.ts');
  const loops = await loadLoops(ref, (module) => {
    return instantiate(module, setup.memory, { ...operations }).functions;
  });
  loaded.set(ref.key, loops);
  return loops;
}

/** Looks (some 30 ns each) that whoever waits at the gate takes before it sleeps. */
const GATE_LOOKS = 1 << 15;

/** Whoever comes last lets all begin. Those who have a CPU of their own are awake by then. */
function gate({ turn, threads }: Turn): void {
  if (Atomics.add(control, CONTROL.arrived, 1) + 1 === threads) {
    Atomics.store(control, CONTROL.go, turn);
    Atomics.notify(control, CONTROL.go);
  }
  const looks = threads <= availableParallelism() ? GATE_LOOKS : 0;
  for (let i = 0; ; i++) {
    const open = Atomics.load(control, CONTROL.go);
    if (open === turn) return;
    if (i < looks) Atomics.pause();
    else Atomics.wait(control, CONTROL.go, open);
  }
}

/** Polls between two looks at the clock. */
const POLLS = 1 << 14;
const PING_MS = 50;

/** Two threads: what one writes into a word the other answers in a second one. */
function ping({ exchanges }: PingTurn): number {
  const until = performance.now() + PING_MS;
  const mine = thread === 0 ? CONTROL.ping : CONTROL.pong;
  const theirs = thread === 0 ? CONTROL.pong : CONTROL.ping;
  for (let i = 1; i <= exchanges; i++) {
    if (thread === 0) Atomics.store(control, mine, i);
    for (let polls = 1; Atomics.load(control, theirs) !== i; polls++) {
      if (polls % POLLS !== 0) continue;
      if (performance.now() > until) Atomics.store(control, CONTROL.giveUp, 1);
      if (Atomics.load(control, CONTROL.giveUp) !== 0) return i - 1;
    }
    if (thread !== 0) Atomics.store(control, mine, i);
  }
  return exchanges;
}

function now(): number {
  return performance.now() * 1e6 + offsetNs;
}

/** What makes this thread's performance.now() count from the common zero, within some 10 ns. */
function offset(zero: bigint): number {
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 1000; i++) {
    const before = Number(process.hrtime.bigint() - zero);
    const between = performance.now() * 1e6;
    const after = Number(process.hrtime.bigint() - zero);
    least = Math.max(least, before - between);
    most = Math.min(most, after - between);
  }
  return (least + most) / 2;
}

/** As taskset wants it; undefined where the platform has no such place. */
function threadId(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self').split('/').at(-1);
  } catch {
    return undefined;
  }
}

/**
 * Locks written by hand, as somebody would who has only Atomics: whole loops of the form of
 * sync/bench/rounds.ts, over the same words as their lowered twins. What lowering costs is measured
 * against them.
 */
import { words } from '../ops/bench/thread.ts';
import { bench_plan, bench_section, bench_thread } from '../sync/bench/structs.ts';
import { LINE, lock_node, lock_self } from '../sync/self.ts';

type Rounds = (section: number, plan: number, thread: number, lock: number, self: number) => number;

/** What the lock protects: false when all is done. */
function inside(section: number, plan: number): boolean {
  const counted = words[section + bench_section.counter] ?? 0;
  if (counted >= (words[plan + bench_plan.total] ?? 0)) return false;
  words[section + bench_section.counter] = counted + 1;
  for (let i = 1; i < (words[plan + bench_plan.inside] ?? 0); i++) {
    words[section + bench_section.data] = (words[section + bench_section.data] ?? 0) + 1;
  }
  return true;
}

function outside(steps: number, start: number): number {
  let x = start;
  for (let i = 0; i < steps; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  return x;
}

function done(thread: number, taken: number, x: number): number {
  words[thread + bench_thread.written] = taken;
  words[thread + bench_thread.sum] = x;
  return taken;
}

const ttas: Rounds = (section, plan, thread, lock, self) => {
  const steps = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  for (let taken = 0; ; taken++) {
    while (Atomics.exchange(words, lock, 1) !== 0) {
      while (Atomics.load(words, lock) !== 0) Atomics.pause();
    }
    const more = inside(section, plan);
    Atomics.store(words, lock, 0);
    if (!more) return done(thread, taken, x);
    x = outside(steps, x);
  }
};

const ticket: Rounds = (section, plan, thread, next, self) => {
  const owner = next + LINE;
  const steps = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  for (let taken = 0; ; taken++) {
    const mine = Atomics.add(words, next, 1);
    while (Atomics.load(words, owner) !== mine) Atomics.pause();
    const more = inside(section, plan);
    Atomics.add(words, owner, 1);
    if (!more) return done(thread, taken, x);
    x = outside(steps, x);
  }
};

const mcs: Rounds = (section, plan, thread, tail, self) => {
  const node = self + lock_self.node0.at;
  const [link, wait] = [node + lock_node.next, node + lock_node.wait];
  const steps = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  for (let taken = 0; ; taken++) {
    words[link] = 0;
    words[wait] = 1;
    const before = Atomics.exchange(words, tail, node);
    if (before !== 0) {
      Atomics.store(words, before + lock_node.next, node);
      while (Atomics.load(words, wait) !== 0) Atomics.pause();
    }
    const more = inside(section, plan);
    let behind = Atomics.load(words, link);
    if (behind === 0 && Atomics.compareExchange(words, tail, node, 0) !== node) {
      while (behind === 0) {
        Atomics.pause();
        behind = Atomics.load(words, link);
      }
    }
    if (behind !== 0) Atomics.store(words, behind + lock_node.wait, 0);
    if (!more) return done(thread, taken, x);
    x = outside(steps, x);
  }
};

function nodeOf(self: number, lock: number): number {
  let node = self + lock_self.node0.at;
  while (words[node + lock_node.lock] !== lock) node += LINE;
  return node;
}

/** As src/sync has it, which may hold several locks: the node is looked for, twice. */
const mcsNodes: Rounds = (section, plan, thread, tail, self) => {
  const steps = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  for (let taken = 0; ; taken++) {
    const node = nodeOf(self, 0);
    words[node + lock_node.lock] = tail;
    const [link, wait] = [node + lock_node.next, node + lock_node.wait];
    words[link] = 0;
    words[wait] = 1;
    const before = Atomics.exchange(words, tail, node);
    if (before !== 0) {
      Atomics.store(words, before + lock_node.next, node);
      while (Atomics.load(words, wait) !== 0) Atomics.pause();
    }
    const more = inside(section, plan);
    const held = nodeOf(self, tail);
    let behind = Atomics.load(words, held + lock_node.next);
    if (behind === 0 && Atomics.compareExchange(words, tail, node, 0) !== node) {
      while (behind === 0) {
        Atomics.pause();
        behind = Atomics.load(words, link);
      }
    }
    if (behind !== 0) Atomics.store(words, behind + lock_node.wait, 0);
    words[held + lock_node.lock] = 0;
    if (!more) return done(thread, taken, x);
    x = outside(steps, x);
  }
};

const futex: Rounds = (section, plan, thread, lock, self) => {
  const steps = words[plan + bench_plan.outside] ?? 0;
  let x = self | 1;
  for (let taken = 0; ; taken++) {
    if (Atomics.compareExchange(words, lock, 0, 1) !== 0) {
      while (Atomics.exchange(words, lock, 2) !== 0) Atomics.wait(words, lock, 2);
    }
    const more = inside(section, plan);
    if (Atomics.exchange(words, lock, 0) === 2) Atomics.notify(words, lock, 1);
    if (!more) return done(thread, taken, x);
    x = outside(steps, x);
  }
};

export const ROUNDS: Readonly<Record<string, Rounds>> = {
  'ttas by hand': ttas,
  'ticket by hand': ticket,
  'mcs by hand': mcs,
  'mcs by hand that finds its node': mcsNodes,
  'futex by hand': futex,
};

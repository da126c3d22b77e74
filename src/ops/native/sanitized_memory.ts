/** Sanitized form of loads, stores and atomic read-modify-writes. */
import { OPS } from '../vocabulary.ts';
import {
  accessible,
  before,
  beforeMove,
  draw,
  isWatched,
  record,
  recordMove,
  refuse,
  refuseRead,
  run,
} from './checks.ts';
import { fail, judge, mem, moved } from './runtime.ts';

export function read(site: number, addr: number): number {
  before();
  if (run.depth > 0) return Atomics.load(mem, addr);
  if (!accessible(addr)) refuseRead(site, OPS.read.kind, addr);
  // accessible() has looked the word up.
  const value = mem[addr] as number;
  record(site, OPS.read.kind, value, 1, addr, 0, 0);
  return value;
}

export function write(site: number, addr: number, value: number): void {
  beforeMove();
  if (run.depth > 0) {
    nestedStore(addr, value);
    return;
  }
  if (!accessible(addr)) refuse(site, OPS.write.kind, addr, value);
  if (isWatched(addr)) {
    watchedStore(site, OPS.write.kind, addr, value);
    return;
  }
  const order = draw();
  mem[addr] = value;
  recordMove(order, site, OPS.write.kind, 0, addr, value);
}

export function READ_ONCE(site: number, addr: number): number {
  return load(site, OPS.READ_ONCE.kind, addr);
}

export function WRITE_ONCE(site: number, addr: number, value: number): void {
  store(site, OPS.WRITE_ONCE.kind, addr, value);
}

export function smp_load_acquire(site: number, addr: number): number {
  return load(site, OPS.smp_load_acquire.kind, addr);
}

export function smp_store_release(site: number, addr: number, value: number): void {
  store(site, OPS.smp_store_release.kind, addr, value);
}

export function readl(site: number, reg: number): number {
  return load(site, OPS.readl.kind, reg);
}

export function writel(site: number, reg: number, value: number): void {
  store(site, OPS.writel.kind, reg, value);
}

export function load(site: number, kind: number, addr: number): number {
  before();
  if (run.depth > 0) return Atomics.load(mem, addr);
  if (!accessible(addr)) refuseRead(site, kind, addr);
  const value = Atomics.load(mem, addr);
  record(site, kind, value, 1, addr, 0, 0);
  return value;
}

export function store(site: number, kind: number, addr: number, value: number): void {
  beforeMove();
  if (run.depth > 0) {
    nestedStore(addr, value);
    return;
  }
  if (!accessible(addr)) refuse(site, kind, addr, value);
  if (isWatched(addr)) {
    watchedStore(site, kind, addr, value);
    return;
  }
  const order = draw();
  Atomics.store(mem, addr, value);
  recordMove(order, site, kind, 0, addr, value);
}

function nestedStore(addr: number, value: number): void {
  Atomics.store(mem, addr, value);
  moved();
}

/** Exchanged, so that the old state is the one that this store replaced. */
function watchedStore(site: number, kind: number, addr: number, value: number): void {
  const order = draw();
  const old = Atomics.exchange(mem, addr, value);
  recordMove(order, site, kind, 0, addr, value);
  checkWatched(addr, old, value);
}

function checkWatched(addr: number, from: number, to: number): void {
  const finding = from === to ? undefined : judge.watchedMove(addr, from, to);
  if (finding !== undefined) fail(finding.verdict, finding.oracle, finding.message, finding.addr);
}

export function xchg(site: number, addr: number, value: number): number {
  beforeMove();
  if (run.depth === 0 && !accessible(addr)) refuse(site, OPS.xchg.kind, addr, value);
  const old = Atomics.exchange(mem, addr, value);
  return exchanged(site, OPS.xchg.kind, old, addr, value, value);
}

export function cmpxchg(site: number, addr: number, old: number, new_value: number): number {
  beforeMove();
  const kind = OPS.cmpxchg.kind;
  if (run.depth === 0 && !accessible(addr)) refuse(site, kind, addr, old);
  const was = Atomics.compareExchange(mem, addr, old, new_value);
  if (was === old && old !== new_value) moved();
  if (run.depth > 0) return was;
  record(site, kind, was, 3, addr, old, new_value);
  if (was === old && isWatched(addr)) checkWatched(addr, old, new_value);
  return was;
}

export function atomic_fetch_add(site: number, addr: number, delta: number): number {
  beforeMove();
  const kind = OPS.atomic_fetch_add.kind;
  if (run.depth === 0 && !accessible(addr)) refuse(site, kind, addr, delta);
  const old = Atomics.add(mem, addr, delta);
  return exchanged(site, kind, old, addr, delta, (old + delta) | 0);
}

export function atomic_fetch_or(site: number, addr: number, bits: number): number {
  beforeMove();
  const kind = OPS.atomic_fetch_or.kind;
  if (run.depth === 0 && !accessible(addr)) refuse(site, kind, addr, bits);
  const old = Atomics.or(mem, addr, bits);
  return exchanged(site, kind, old, addr, bits, old | bits);
}

export function atomic_fetch_and(site: number, addr: number, bits: number): number {
  beforeMove();
  const kind = OPS.atomic_fetch_and.kind;
  if (run.depth === 0 && !accessible(addr)) refuse(site, kind, addr, bits);
  const old = Atomics.and(mem, addr, bits);
  return exchanged(site, kind, old, addr, bits, old & bits);
}

/** An exchange has happened: `now` replaced `old`. */
function exchanged(
  site: number,
  kind: number,
  old: number,
  addr: number,
  operand: number,
  now: number,
): number {
  if (old !== now) moved();
  if (run.depth > 0) return old;
  record(site, kind, old, 2, addr, operand, 0);
  if (isWatched(addr)) checkWatched(addr, old, now);
  return old;
}

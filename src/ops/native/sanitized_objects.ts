/** Sanitized form of allocation, free and reference counts. */
import { OPS } from '../vocabulary.ts';
import { accessible, beforeMove, draw, record, recordMove, refuse } from './checks.ts';
import { fail, judge, layout, mem, moved } from './runtime.ts';
import { load, store } from './sanitized_memory.ts';
import { allocate, FREED, release } from './slab.ts';

export function kzalloc(site: number, typeid: number, gfp: number): number {
  beforeMove();
  const ptr = allocate(typeid);
  record(site, OPS.kzalloc.kind, ptr, 2, typeid, gfp, 0);
  return ptr;
}

export function kfree(site: number, ptr: number): void {
  beforeMove();
  recordMove(draw(), site, OPS.kfree.kind, 0, ptr, 0);
  if (ptr === 0) return;
  const how = release(ptr);
  if (how === FREED.done) return;
  const object = layout.objects[(layout.objectOf[ptr] ?? 0) - 1];
  if (how === FREED.noObject || object === undefined) {
    // Not what kzalloc answered: the middle of an object, a static, or nothing at all.
    const { verdict, oracle, message } = judge.badAccess(ptr, 'Free');
    fail(object === undefined ? verdict : 'wild-access', oracle, message, ptr);
  }
  fail('double-free', 'kasan', `double-free or invalid-free of ${object.name}`, ptr);
}

export function refcount_set(site: number, addr: number, value: number): void {
  store(site, OPS.refcount_set.kind, addr, value);
}

export function refcount_read(site: number, addr: number): number {
  return load(site, OPS.refcount_read.kind, addr);
}

export function refcount_inc(site: number, addr: number): void {
  beforeMove();
  if (!accessible(addr)) refuse(site, OPS.refcount_inc.kind, addr, 0);
  const old = Atomics.add(mem, addr, 1);
  moved();
  record(site, OPS.refcount_inc.kind, 0, 1, addr, 0, 0);
  if (old > 0) return;
  fail('refcount', 'refcount', 'refcount_t: addition on 0; use-after-free.', addr);
}

export function refcount_inc_not_zero(site: number, addr: number): number {
  beforeMove();
  const kind = OPS.refcount_inc_not_zero.kind;
  if (!accessible(addr)) refuse(site, kind, addr, 0);
  let old = Atomics.load(mem, addr);
  while (old !== 0) {
    const was = Atomics.compareExchange(mem, addr, old, old + 1);
    if (was === old) break;
    old = was;
  }
  const taken = old === 0 ? 0 : 1;
  if (taken !== 0) moved();
  record(site, kind, taken, 1, addr, 0, 0);
  return taken;
}

export function refcount_dec_and_test(site: number, addr: number): number {
  beforeMove();
  const kind = OPS.refcount_dec_and_test.kind;
  if (!accessible(addr)) refuse(site, kind, addr, 0);
  const old = Atomics.sub(mem, addr, 1);
  moved();
  record(site, kind, old === 1 ? 1 : 0, 1, addr, 0, 0);
  if (old <= 0) fail('refcount', 'refcount', 'refcount_t: underflow; use-after-free.', addr);
  return old === 1 ? 1 : 0;
}

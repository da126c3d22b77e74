/** Sanitized form of choices, assertions, the log and the model's own bookkeeping. */
import { registerText } from '../sites.ts';
import { OPS } from '../vocabulary.ts';
import { accessible, before, record, recordLog } from './checks.ts';
import { ACTOR } from './control.ts';
import { block, ctl, fail, judge, me, mem, moved, nextRandom, nowMs } from './runtime.ts';

/** Every operation here is a full fence already. */
export function smp_mb(_site: number): void {
  return;
}

export function smp_rmb(_site: number): void {
  return;
}

export function delay(_site: number, count: number): void {
  for (let left = count; left > 0; left--) Atomics.pause();
}

export function smp_wmb(_site: number): void {
  return;
}

export function ktime_ms(site: number): number {
  before();
  const now = nowMs();
  record(site, OPS.ktime_ms.kind, now, 0, 0, 0, 0);
  return now;
}

export function choose(site: number, count: number): number {
  before();
  const answer = count > 0 ? nextRandom() % count : 0;
  moved();
  record(site, OPS.choose.kind, answer, 1, count, 0, 0);
  return answer;
}

export function BUG_ON(site: number, condition: number): number {
  if (!condition) return condition;
  record(site, OPS.BUG_ON.kind, condition, 1, condition, 0, 0);
  return fail('assertion', 'bug-on', 'kernel BUG: BUG_ON() hit', 0);
}

export function WARN_ON(site: number, condition: number, text: string): number {
  if (!condition) return condition;
  const textId = registerText(text);
  recordLog(site, OPS.WARN_ON.kind, [textId]);
  if (!judge.panicOnWarn) return condition;
  record(site, OPS.WARN_ON.kind, 0, 2, 1, textId, 0);
  return fail('assertion', 'warn-on', `WARNING: ${text}`, 0);
}

export function printk(site: number, format: string, ...args: readonly (number | string)[]): void {
  const words = args.map((arg) => (typeof arg === 'string' ? registerText(arg) : arg | 0));
  recordLog(site, OPS.printk.kind, [registerText(format), ...words]);
}

export function ctx_get(_site: number, index: number): number {
  return ctl[block + ACTOR.registers + index] ?? 0;
}

export function ctx_set(_site: number, index: number, value: number): void {
  ctl[block + ACTOR.registers + index] = value;
}

export function ghost_read(_site: number, addr: number): number {
  // Bookkeeping beside an object that is gone is lost: it is no access to report.
  return accessible(addr) ? Atomics.load(mem, addr) : 0;
}

export function ghost_write(_site: number, addr: number, value: number): void {
  if (accessible(addr)) Atomics.store(mem, addr, value);
}

export function ghost_add(_site: number, addr: number, delta: number): number {
  return accessible(addr) ? (Atomics.add(mem, addr, delta) + delta) | 0 : 0;
}

export function current(_site: number): number {
  return me + 1;
}

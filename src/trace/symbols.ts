/**
 * Symbolic names for everything a report shows: words, pointers, locks, values, whole operations.
 * Memory is untyped, so whether a word holds pointers is read off the trace: a field is one when
 * every value that passed through it is NULL, poison, or the start of an object or of a part of it.
 */
import { type MemoryLayout, nameOfAddress, nameOfPointer } from '../memory/image.ts';
import type { StructPart } from '../memory/layout.ts';
import { GFP_ATOMIC } from '../ops/reference.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { culpritOf } from './culprit.ts';
import { printable } from './dmesg.ts';
import {
  addressOf,
  isAddressOperand,
  isMemory,
  isRefcount,
  isSleep,
  type Operation,
  operandNames,
  operationName,
} from './operations.ts';
import type { Site, Trace, TraceActor, TraceStep } from './record.ts';
import { hex, nearPoison, numeral } from './values.ts';

const FAULTS: ReadonlySet<Verdict> = new Set<Verdict>([
  'use-after-free',
  'wild-access',
  'null-dereference',
]);

/** Operations whose answer says something; of the others only that they happened. */
const ANSWERING = new Set<number>([
  OPS.READ_ONCE.kind,
  OPS.smp_load_acquire.kind,
  OPS.xchg.kind,
  OPS.cmpxchg.kind,
  OPS.atomic_fetch_add.kind,
  OPS.atomic_fetch_or.kind,
  OPS.atomic_fetch_and.kind,
  OPS.refcount_read.kind,
  OPS.refcount_inc_not_zero.kind,
  OPS.refcount_dec_and_test.kind,
  OPS.spin_trylock.kind,
  OPS.mutex_trylock.kind,
  OPS.schedule_timeout.kind,
  OPS.futex_wait.kind,
  OPS.futex_wake.kind,
  OPS.ktime_ms.kind,
  OPS.queue_work.kind,
  OPS.queue_delayed_work.kind,
  OPS.cancel_work_sync.kind,
  OPS.cancel_work.kind,
  OPS.readl.kind,
  OPS.choose.kind,
]);

export class Symbols {
  readonly #layout: MemoryLayout;
  readonly #pointerFields = new Set<string>();
  /** The access that was refused: it has no result. */
  readonly #refused: Operation | undefined;

  constructor(trace: Trace) {
    this.#layout = trace.layout;
    const verdict = trace.finding?.verdict;
    this.#refused =
      verdict !== undefined && FAULTS.has(verdict) ? culpritOf(trace).step : undefined;
    this.#findPointerFields(trace.steps);
  }

  /** `eeh_pe#2.child_list.next`, `LIST_POISON1+3`, `NULL+5`: offsets count words. */
  address(addr: number): string {
    const poison = nearPoison(addr);
    return poison === '' ? nameOfAddress(this.#layout, addr) : poison;
  }

  /** Index into layout.objects of the object that a word belongs to, -1 if none. */
  objectAt(addr: number): number {
    return (this.#layout.objectOf[addr] ?? 0) - 1;
  }

  /** A lock, wait queue, completion, line or work item: the part's name, not its first word's. */
  place(addr: number): string {
    const object = this.#layout.objects[this.objectAt(addr)];
    if (object === undefined) return this.address(addr);
    const part = this.#parts(addr).at(-1);
    if (part !== undefined) return `${object.name}.${part.path}`;
    return object.base === addr ? object.name : this.address(addr);
  }

  /** What a pointer points to: `eeh_pe#2`, `&eeh_pe#1.child_list`. */
  pointer(ptr: number): string {
    const object = this.#layout.objects[this.objectAt(ptr)];
    if (object === undefined) return this.address(ptr);
    if (object.base === ptr) return object.name;
    const part = this.#parts(ptr)[0];
    return part === undefined ? nameOfPointer(this.#layout, ptr) : `&${object.name}.${part.path}`;
  }

  /** A value read from or written to the word at `addr` (undefined: of no word in particular). */
  value(value: number, addr?: number): string {
    const poison = nearPoison(value);
    if (poison !== '') return `${hex(value)} (${poison})`;
    if (addr !== undefined && this.#pointerFields.has(this.#field(addr))) {
      return this.pointer(value);
    }
    return numeral(value);
  }

  /** One operation as a line of a report: `R eeh_pe#2.state = 3`, `mutex_lock(foo)`. */
  operation(op: Operation & Partial<Pick<TraceStep, 'blocked'>>): string {
    const waited = op.blocked === true && !isSleep(op) ? '  [waited]' : '';
    return printable(`${this.#text(op)}${waited}`);
  }

  #text(op: Operation): string {
    const addr = addressOf(op) ?? 0;
    const answers = op !== this.#refused;
    if (op.kind === OPS.read.kind) {
      const name = `R ${this.address(addr)}`;
      return answers ? `${name} = ${this.#result(op, addr)}` : name;
    }
    if (op.kind === OPS.write.kind) {
      return `W ${this.address(addr)} = ${this.value(op.operands[1] ?? 0, addr)}`;
    }
    // Their texts are in the log.
    if (op.kind === OPS.printk.kind) return 'printk(...)';
    if (op.kind === OPS.WARN_ON.kind) return `WARN_ON(${op.operands[0] ?? 0})`;
    if (op.kind === OPS.kzalloc.kind) {
      return `kzalloc(${this.#allocOperands(op)}) = ${this.pointer(op.result)}`;
    }
    const names = operandNames(op.kind);
    const operands = names.map((name, i) => this.#operand(name, op.operands[i] ?? 0, addr, op));
    const call = `${operationName(op.kind)}(${operands.join(', ')})`;
    return answers && ANSWERING.has(op.kind) ? `${call} = ${this.#result(op, addr)}` : call;
  }

  #allocOperands(op: Operation): string {
    const cache = this.#layout.caches.find((c) => c.info.typeid === op.operands[0]);
    const name = cache?.info.name ?? hex(op.operands[0] ?? 0);
    return op.operands[1] === GFP_ATOMIC ? `${name}, GFP_ATOMIC` : name;
  }

  #operand(name: string, value: number, addr: number, op: Operation): string {
    if (name === 'ptr') return this.pointer(value);
    if (name === 'addr' || name === 'reg') return this.address(value);
    if (isAddressOperand(name)) return this.place(value);
    if (name === 'ms' || name === 'delta' || name === 'count' || isRefcount(op)) {
      return String(value);
    }
    if (name === 'bits' || op.kind === OPS.writel.kind) return hex(value);
    return this.value(value, addr);
  }

  #result(op: Operation, addr: number): string {
    if (op.kind === OPS.readl.kind) return hex(op.result);
    return isMemory(op) ? this.value(op.result, addr) : numeral(op.result);
  }

  /** Embedded structs that start at a word, outermost first. */
  #parts(addr: number): readonly StructPart[] {
    const object = this.#layout.objects[this.objectAt(addr)];
    if (object === undefined) return [];
    return object.info.parts.filter((part) => part.offset === addr - object.base);
  }

  /** The same field of all objects of a struct shares one key. */
  #field(addr: number): string {
    const object = this.#layout.objects[this.objectAt(addr)];
    return object === undefined ? '' : `${object.info.typeid}:${addr - object.base}`;
  }

  #findPointerFields(steps: readonly TraceStep[]): void {
    const refuted = new Set<string>(['']);
    for (const step of steps) {
      if (!isMemory(step) || step === this.#refused) continue;
      const field = this.#field(step.operands[0] ?? 0);
      for (const value of [...step.operands.slice(1), step.result]) {
        if (value === 0 || nearPoison(value) !== '') continue;
        if (this.#startsSomething(value)) this.#pointerFields.add(field);
        else refuted.add(field);
      }
    }
    for (const field of refuted) this.#pointerFields.delete(field);
  }

  #startsSomething(ptr: number): boolean {
    const object = this.#layout.objects[this.objectAt(ptr)];
    return object !== undefined && (object.base === ptr || this.#parts(ptr).length > 0);
  }
}

/** `eehd/928` */
export function taskName(actor: TraceActor | undefined): string {
  return actor === undefined ? 'unknown/0' : `${actor.comm}/${actor.pid}`;
}

/** As decode_stacktrace.sh prints a place: `eeh_pe_next (actors/eeh/eeh_pe.ts:88)`. */
export function siteText(site: Site | undefined): string {
  return site === undefined ? '(unknown)' : `${site.procedure} (${site.file}:${site.line})`;
}

/** A call trace, innermost first. */
export function stackLines(stack: readonly Site[], indent = ' '): string[] {
  return stack.length === 0 ? [`${indent}(unknown)`] : stack.map((s) => `${indent}${siteText(s)}`);
}

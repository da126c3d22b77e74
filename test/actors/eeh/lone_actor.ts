/**
 * Drives EEH's procedures as one actor alone, not lowered: operations on a board of their own, one
 * after the other, and a list of those that others could see. Locks are always free.
 */
import type { Kernel } from '../../../actors/eeh/kernel.ts';
import { type MemoryLayout, nameOfAddress, nameOfPointer } from '../../../src/memory/image.ts';
import { LIST_POISON1, LIST_POISON2 } from '../../../src/memory/kernel_structs.ts';
import { type Proc, pendingOp } from '../../../src/ops/reference.ts';
import { OPS } from '../../../src/ops/vocabulary.ts';
import { system } from '../../../src/scenarios/eeh_pe.ts';
import { defaultTopology } from '../../../src/topology/default-topology.ts';
import { buildMachine } from '../../../src/topology/machine.ts';

const NAMES = new Map<number, string>();
for (const [name, { kind }] of Object.entries(OPS)) {
  if (!NAMES.has(kind)) NAMES.set(kind, name);
}
const STEPS_MAX = 10_000;
/** Fields that hold pointers: their values are named. */
const POINTERS = /(next|prev|parent|\.pe|pdev|edev|bus)$/;

export class LoneActor {
  readonly k: Kernel;
  /** `W PE#2.state = 0x2`, `spin_lock_irqsave(piar_lock)`; reads are left out. */
  readonly done: string[] = [];
  readonly W: Int32Array;
  readonly #layout: MemoryLayout;
  #allocated = 0;

  constructor(race: string, design: string) {
    const machine = buildMachine(defaultTopology, system.platformDefault(race));
    const request = { race, design, machine, machineName: 'default', quarantine: 0 };
    const program = system.build(request);
    const [k] = program.actors[0]?.args ?? [];
    if (typeof k !== 'object') throw new Error('the first actor has no kernel');
    // The record that the system hands to its own procedures.
    this.k = k as unknown as Kernel;
    this.W = Int32Array.from(program.image);
    this.#layout = program.layout;
  }

  /** Address of a named object, or of a word in it. */
  at(name: string, offset = 0): number {
    const object = this.#layout.objects.find((o) => o.name === name);
    if (object === undefined) throw new Error(`no object ${name}`);
    return object.base + offset;
  }

  word(name: string, offset: number): number {
    return this.W[this.at(name, offset)] ?? 0;
  }

  run<T>(procedure: Proc<T>): T {
    let next = procedure.next();
    for (let i = 0; i < STEPS_MAX; i++) {
      if (next.done === true) return next.value;
      next = procedure.next(this.#perform());
    }
    throw new Error(`no end after ${STEPS_MAX} operations`);
  }

  #perform(): number {
    const name = NAMES.get(pendingOp.kind) ?? String(pendingOp.kind);
    const [at = 0, value = 0] = pendingOp.operands.map((o) => (typeof o === 'number' ? o : 0));
    const old = this.W[at] ?? 0;
    switch (name) {
      case 'read':
      case 'READ_ONCE':
      case 'readl':
      case 'ghost_read':
      case 'refcount_read':
        return old;
      case 'write':
      case 'WRITE_ONCE':
      case 'writel':
        this.done.push(`W ${nameOfAddress(this.#layout, at)} = ${this.#value(at, value)}`);
        this.W[at] = value;
        return 0;
      case 'ghost_write':
        this.W[at] = value;
        return 0;
      case 'refcount_dec_and_test':
        this.W[at] = old - 1;
        return old === 1 ? 1 : 0;
      case 'refcount_inc':
        this.W[at] = old + 1;
        return 0;
      case 'kzalloc':
        return this.#allocate(at);
      case 'ktime_ms':
        return 1000;
      case 'printk':
      case 'WARN_ON':
      case 'ghost_add':
        return 0;
      default:
        this.done.push(`${name}(${nameOfPointer(this.#layout, at)})`);
        return 0;
    }
  }

  /** The n-th object that was free at the start. */
  #allocate(typeid: number): number {
    const live = this.#layout.words;
    const spare = this.#layout.objects.filter(
      (o, i) => o.info.typeid === typeid && this.W[live + 2 * i] === 0,
    );
    const object = spare[this.#allocated++];
    if (object === undefined) throw new Error('nothing left to allocate');
    this.W.fill(0, object.base, object.base + object.info.sizeof);
    this.done.push(`kzalloc = ${object.name}`);
    return object.base;
  }

  #value(at: number, value: number): string {
    if (value === LIST_POISON1) return 'LIST_POISON1';
    if (value === LIST_POISON2) return 'LIST_POISON2';
    const isPointer = POINTERS.test(nameOfAddress(this.#layout, at));
    return isPointer ? nameOfPointer(this.#layout, value) : `0x${value.toString(16)}`;
  }
}

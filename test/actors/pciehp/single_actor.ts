/**
 * Drives procedures as one actor alone, not lowered: operations on a fresh memory image, one after
 * the other, and a list of them. Enough to hold a procedure against the order in its document.
 */
import { type MemoryLayout, nameOfAddress } from '../../../src/memory/image.ts';
import { irq_desc } from '../../../src/memory/kernel_structs.ts';
import { type Proc, pendingOp } from '../../../src/ops/reference.ts';
import { OPS } from '../../../src/ops/vocabulary.ts';

const NAMES = new Map<number, string>();
for (const [name, { kind }] of Object.entries(OPS)) {
  if (!NAMES.has(kind)) NAMES.set(kind, name);
}

const STEPS_MAX = 100_000;

export class SingleActor {
  readonly W: Int32Array;
  /** `write(ctrl.cmd_busy, 1)`, in order. */
  readonly operations: string[] = [];
  readonly log: string[] = [];
  /** Called at every raise_irq: the handler that would run. */
  messages = 0;
  nowMs: number;
  readonly #layout: MemoryLayout;

  constructor(layout: MemoryLayout, image: Int32Array, nowMs: number) {
    this.#layout = layout;
    this.W = Int32Array.from(image);
    this.nowMs = nowMs;
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
    const { operands } = pendingOp;
    const [at = 0, value = 0] = operands.map((o) => (typeof o === 'number' ? o : 0));
    const values = operands.slice(1, name === 'printk' ? 1 : undefined);
    this.operations.push(`${name}(${[nameOfAddress(this.#layout, at), ...values].join(', ')})`);
    const old = this.W[at] ?? 0;
    switch (name) {
      case 'read':
      case 'readl':
      case 'ghost_read':
        return old;
      case 'write':
      case 'writel':
      case 'ghost_write':
        this.W[at] = value;
        return 0;
      case 'ghost_add':
        this.W[at] = old + value;
        return old + value;
      case 'atomic_fetch_or':
        this.W[at] = old | value;
        return old;
      case 'raise_irq':
        this.messages++;
        this.W[at + irq_desc.pending] = 1;
        return 0;
      case 'printk':
        this.log.push(operands.join('|'));
        return 0;
      case 'msleep':
      case 'schedule_timeout':
        this.nowMs += at;
        return 0;
      case 'ktime_ms':
        return this.nowMs;
      default:
        return 0;
    }
  }
}

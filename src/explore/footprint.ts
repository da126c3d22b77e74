/**
 * Which words are shared in fact: touched by two actors, written by one of them, in any execution so
 * far. A step on other words commutes with everything the others do, so no switch is tried before
 * it. Found by running: when a word turns out to be shared later, the search starts over with it
 * (a fixpoint), so nothing is lost.
 */
import { ACB } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Engine } from './engine.ts';
import { PENDING } from './world.ts';

const READS = new Set<number>([
  OPS.read.kind,
  OPS.READ_ONCE.kind,
  OPS.smp_load_acquire.kind,
  OPS.refcount_read.kind,
  OPS.readl.kind,
]);

/** How a kind touches the word of its first operand. */
const TOUCH = { NONE: 0, READ: 1, WRITE: 2, SLAB: 3, ALWAYS: 4 } as const;

function touchTable(): Uint8Array {
  const table = new Uint8Array(256).fill(TOUCH.ALWAYS);
  const lockLast = OPS.up_write.kind;
  for (const { kind } of Object.values(OPS)) {
    if (READS.has(kind)) table[kind] = TOUCH.READ;
    else if (kind <= OPS.atomic_fetch_and.kind) table[kind] = TOUCH.WRITE;
    else if (kind >= OPS.refcount_set.kind && kind <= OPS.refcount_dec_and_test.kind) {
      table[kind] = TOUCH.WRITE;
    } else if (kind >= OPS.spin_lock.kind && kind <= lockLast) table[kind] = TOUCH.WRITE;
  }
  table[OPS.writel.kind] = TOUCH.WRITE;
  table[OPS.kzalloc.kind] = TOUCH.SLAB;
  table[OPS.kfree.kind] = TOUCH.SLAB;
  table[OPS.ktime_ms.kind] = TOUCH.NONE;
  table[PENDING.SLEEPING] = TOUCH.NONE;
  // An irqsave lock also decides whether an interrupt may come: always a scheduling point.
  table[OPS.spin_lock_irqsave.kind] = TOUCH.ALWAYS;
  table[OPS.spin_unlock_irqrestore.kind] = TOUCH.ALWAYS;
  return table;
}

const TABLE = touchTable();

export class Footprint {
  readonly #readers: Uint16Array;
  readonly #writers: Uint16Array;
  readonly #engine: Engine;
  readonly #irqActors: boolean;
  /** Set when a word became shared since the last `clearChanged`. */
  changed = false;

  constructor(engine: Engine) {
    const { layout } = engine.world;
    // One more word per cache: allocation order decides addresses.
    this.#readers = new Uint16Array(layout.words + layout.caches.length);
    this.#writers = new Uint16Array(layout.words + layout.caches.length);
    this.#engine = engine;
    this.#irqActors = engine.program.actors.some((a) => a.context !== 'process');
  }

  /** True where no other actor can tell when the pending step of `actor` happens. */
  isLocal(actor: number): boolean {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const kind = W[acb] ?? 0;
    const touch = this.#touch(kind);
    if (touch === TOUCH.NONE) return true;
    if (touch === TOUCH.ALWAYS) return false;
    const addr = W[acb + ACB.operands] ?? 0;
    if (touch === TOUCH.SLAB) return this.#slabIsLocal(kind, addr, actor);
    if (addr < 0 || addr >= world.layout.words) return true;
    const others = ~(1 << actor);
    const conflicting = this.#writers[addr] ?? 0;
    if (touch === TOUCH.READ) return (conflicting & others) === 0;
    return ((conflicting | (this.#readers[addr] ?? 0)) & others) === 0;
  }

  /** Notes what the pending step of `actor` will touch. Call before the step. */
  note(actor: number): void {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const kind = W[acb] ?? 0;
    const touch = TABLE[kind] ?? TOUCH.ALWAYS;
    const addr = W[acb + ACB.operands] ?? 0;
    if (touch === TOUCH.READ) this.#mark(addr, actor, false);
    else if (touch === TOUCH.WRITE) this.#mark(addr, actor, true);
    else if (touch === TOUCH.SLAB) this.#noteSlab(kind, addr, actor);
    else if (touch === TOUCH.ALWAYS && addr > 0) this.#mark(addr, actor, true);
  }

  #touch(kind: number): number {
    const touch = TABLE[kind] ?? TOUCH.ALWAYS;
    if (touch !== TOUCH.ALWAYS || this.#irqActors) return touch;
    const irqLock = kind === OPS.spin_lock_irqsave.kind || kind === OPS.spin_unlock_irqrestore.kind;
    return irqLock ? TOUCH.WRITE : touch;
  }

  #mark(addr: number, actor: number, write: boolean): void {
    if (addr < 0 || addr >= this.#readers.length) return;
    const bit = 1 << actor;
    const readers = this.#readers[addr] ?? 0;
    const writers = this.#writers[addr] ?? 0;
    if (((write ? writers : readers) & bit) !== 0) return;
    // Any new conflicting pair makes some step visible that was not.
    if (((write ? readers | writers : writers) & ~bit) !== 0) this.changed = true;
    if (write) this.#writers[addr] = writers | bit;
    else this.#readers[addr] = readers | bit;
  }

  #slabIsLocal(kind: number, operand: number, actor: number): boolean {
    const { layout } = this.#engine.world;
    const others = ~(1 << actor);
    const [cache, first, end] = this.#slabRange(kind, operand);
    const slab = layout.words + cache;
    if (((this.#writers[slab] ?? 0) & others) !== 0) return false;
    for (let addr = first; addr < end; addr++) {
      const touched = (this.#writers[addr] ?? 0) | (this.#readers[addr] ?? 0);
      if ((touched & others) !== 0) return false;
    }
    return true;
  }

  #noteSlab(kind: number, operand: number, actor: number): void {
    const { layout } = this.#engine.world;
    const [cache, first, end] = this.#slabRange(kind, operand);
    if (cache < 0) return;
    this.#mark(layout.words + cache, actor, true);
    for (let addr = first; addr < end; addr++) this.#mark(addr, actor, true);
  }

  /** Cache index and the words that change: one object for kfree, all slots for kzalloc. */
  #slabRange(kind: number, operand: number): readonly [number, number, number] {
    const { layout } = this.#engine.world;
    if (kind === OPS.kfree.kind) {
      const object = layout.objects[(layout.objectOf[operand] ?? 0) - 1];
      if (object === undefined || object.cache < 0) return [-1, 0, 0];
      return [object.cache, object.base, object.base + object.info.sizeof];
    }
    const cache = layout.caches.findIndex((c) => c.info.typeid === operand);
    return [cache, 0, 0];
  }
}

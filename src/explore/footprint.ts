/**
 * Which words are shared in fact: touched by two actors, written by one of them, in any execution
 * so far. A step on other words commutes with everything the others do, so no switch is tried
 * before it. Found by running: when a word turns out to be shared later, the search starts over
 * with it (a fixpoint), so nothing is lost.
 */
import { irq_desc, mutex, rw_semaphore, spinlock, work_struct } from '../memory/kernel_structs.ts';
import { stableId } from '../memory/layout.ts';
import { ACB, metas } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Engine, SideTouches } from './engine.ts';
import { nextSlot } from './slab.ts';
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

/** Words that a kind touches from its first operand on: locks and lines are several words. */
function spanTable(): Uint8Array {
  const table = new Uint8Array(256).fill(1);
  for (const { kind, operands } of Object.values(OPS)) {
    const [first] = operands;
    if (first === 'lock') table[kind] = lockWords(kind);
    else if (first === 'desc') table[kind] = irq_desc.sizeof;
    else if (first === 'work') table[kind] = work_struct.sizeof;
    else if (first === undefined || first === 'ms' || first === 'count') table[kind] = 0;
  }
  for (const kind of [PENDING.SLEEPING, PENDING.TIMED]) table[kind] = 0;
  return table;
}

function lockWords(kind: number): number {
  if (kind <= OPS.spin_unlock_irqrestore.kind) return spinlock.sizeof;
  return kind <= OPS.mutex_trylock.kind ? mutex.sizeof : rw_semaphore.sizeof;
}

const SPAN = spanTable();

/** Places whose steps have side effects that others can tell: buckets of a hash of the place. */
const SITES = 4096;

export class Footprint implements SideTouches {
  readonly #readers: Uint32Array;
  readonly #writers: Uint32Array;
  readonly #engine: Engine;
  readonly #irqActors: boolean;
  /** Where the sites begin among the words. */
  readonly #sites: number;
  /** Bucket of the step that is being performed, -1 before the first. */
  #site = -1;
  /** Hash of each procedure's name, by its id. */
  readonly #names: number[] = [];
  /** Set when a word became shared since the last `clearChanged`. */
  changed = false;

  constructor(engine: Engine) {
    const { layout } = engine.world;
    // One more word per cache (allocation order decides addresses) and per actor's state.
    this.#sites = layout.words + layout.caches.length + engine.actorCount;
    this.#readers = new Uint32Array(this.#sites + SITES);
    this.#writers = new Uint32Array(this.#sites);
    this.#engine = engine;
    this.#irqActors = engine.program.actors.some((a) => a.context !== 'process');
  }

  /** What is known so far, to be handed to another search of the same program. */
  words(): Uint32Array {
    const all = new Uint32Array(this.#readers.length + this.#writers.length);
    all.set(this.#readers);
    all.set(this.#writers, this.#readers.length);
    return all;
  }

  /** Takes over what another search found; true if it was news. */
  merge(words: Uint32Array): boolean {
    const news = mergeInto(this.#readers, words.subarray(0, this.#readers.length));
    return mergeInto(this.#writers, words.subarray(this.#readers.length)) || news;
  }

  /** True where no other actor can tell when the pending step of `actor` happens. */
  isLocal(actor: number): boolean {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const kind = W[acb] ?? 0;
    const touch = this.#touch(kind);
    if (touch === TOUCH.ALWAYS || this.#hasSideEffects(actor, acb)) return false;
    if (touch === TOUCH.NONE) return true;
    const addr = W[acb + ACB.operands] ?? 0;
    if (touch === TOUCH.SLAB) return this.#slabIsLocal(kind, addr, actor);
    if (addr < 0 || addr >= world.layout.words) return true;
    for (let i = 0; i < (SPAN[kind] ?? 1); i++) {
      if (this.#conflicts(addr + i, actor, touch === TOUCH.WRITE)) return false;
    }
    return true;
  }

  #conflicts(addr: number, actor: number, write: boolean): boolean {
    const readers = write ? (this.#readers[addr] ?? 0) : 0;
    return (((this.#writers[addr] ?? 0) | readers) & ~(1 << actor)) !== 0;
  }

  #hasSideEffects(actor: number, acb: number): boolean {
    const at = this.#sites + this.#siteOf(acb);
    return ((this.#readers[at] ?? 0) & (1 << actor)) !== 0;
  }

  /** Bucket of the place where an actor's pending operation stands. */
  #siteOf(acb: number): number {
    const { W } = this.#engine;
    const frame = W[acb + ACB.frame] ?? 0;
    const procedure = W[frame + 1] ?? 0;
    let name = this.#names[procedure];
    if (name === undefined) {
      name = stableId(metas[procedure]?.name ?? '');
      this.#names[procedure] = name;
    }
    return (name + Math.imul(W[frame] ?? 0, 0x9e3779b1)) & (SITES - 1);
  }

  /**
   * Bookkeeping and looks of invariants belong to the step before them: where others can tell
   * those, the step is not local, whatever its own word is.
   */
  touch(actor: number, addr: number, write: boolean): void {
    if (this.#site < 0) return;
    this.#mark(addr, actor, write);
    if (!this.#conflicts(addr, actor, write)) return;
    const at = this.#sites + this.#site;
    const known = this.#readers[at] ?? 0;
    if ((known & (1 << actor)) !== 0) return;
    this.#readers[at] = known | (1 << actor);
    this.changed = true;
  }

  /** An execution begins: what actors do up to their first step has one order only. */
  begin(): void {
    this.#site = -1;
  }

  /** Notes what the pending step of `actor` will touch. Call before the step. */
  note(actor: number): void {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const kind = W[acb] ?? 0;
    const touch = TABLE[kind] ?? TOUCH.ALWAYS;
    const addr = W[acb + ACB.operands] ?? 0;
    this.#site = this.#siteOf(acb);
    if (touch === TOUCH.SLAB) this.#noteSlab(kind, addr, actor);
    else if (touch !== TOUCH.NONE) {
      const span = SPAN[kind] ?? 1;
      for (let i = 0; i < span; i++) this.#mark(addr + i, actor, touch !== TOUCH.READ);
    }
  }

  #touch(kind: number): number {
    const touch = TABLE[kind] ?? TOUCH.ALWAYS;
    if (touch !== TOUCH.ALWAYS || this.#irqActors) return touch;
    const irqLock = kind === OPS.spin_lock_irqsave.kind || kind === OPS.spin_unlock_irqrestore.kind;
    return irqLock ? TOUCH.WRITE : touch;
  }

  #mark(addr: number, actor: number, write: boolean): void {
    if (addr < 0 || addr >= this.#sites) return;
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
    const [cache, first, end] = this.#slabRange(kind, operand);
    if (cache < 0) return true;
    if (this.#conflicts(this.#engine.world.layout.words + cache, actor, true)) return false;
    for (let addr = first; addr < end; addr++) {
      if (this.#conflicts(addr, actor, true)) return false;
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

  /** Cache index and the words that change: those of the object freed or handed out. */
  #slabRange(kind: number, operand: number): readonly [number, number, number] {
    const { layout } = this.#engine.world;
    if (kind === OPS.kfree.kind) {
      const object = layout.objects[(layout.objectOf[operand] ?? 0) - 1];
      if (object === undefined || object.cache < 0) return [-1, 0, 0];
      return [object.cache, object.base, object.base + object.info.sizeof];
    }
    const cache = layout.caches.findIndex((c) => c.info.typeid === operand);
    const slot = layout.objects[nextSlot(this.#engine, cache)];
    return slot === undefined ? [cache, 0, 0] : [cache, slot.base, slot.base + slot.info.sizeof];
  }
}

/** Ors `news` into `known`; true if that changed anything. */
function mergeInto(known: Uint32Array, news: Uint32Array): boolean {
  let changed = false;
  for (let i = 0; i < known.length; i++) {
    const all = ((known[i] ?? 0) | (news[i] ?? 0)) >>> 0;
    changed ||= all !== known[i];
    known[i] = all;
  }
  return changed;
}

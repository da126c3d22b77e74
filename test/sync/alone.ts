/** Threads of a lock one after the other over plain words: procedures as they are written. */
import { setUpSelves } from '../../src/actor/lock_choice.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { drive } from '../../src/ops/drive.ts';
import type { Op } from '../../src/ops/reference.ts';
import { OPS } from '../../src/ops/vocabulary.ts';
import type { LockAlgorithm } from '../../src/sync/algorithm.ts';
import { LINE, lock_self } from '../../src/sync/self.ts';

const FIRST_ATOMIC = OPS.READ_ONCE.kind;
const LAST_ATOMIC = OPS.atomic_fetch_and.kind;

export class Alone {
  readonly image: Int32Array;
  readonly lock: number;
  readonly self: number;
  readonly other: number;
  /** A word of `other` that holds a pointer. */
  readonly link: number;
  /** Atomic operations so far, and what was freed. */
  atomics = 0;
  readonly freed: number[] = [];

  constructor({ memory, setup }: LockAlgorithm) {
    const builder = new ImageBuilder();
    const selves = [0, 1].map((i) => builder.static_(`lock_self#${i}`, lock_self, LINE));
    this.lock = builder.static_('lock', memory, LINE);
    this.self = selves[0] ?? 0;
    this.other = selves[1] ?? 0;
    this.link = this.other + lock_self.own.at;
    const poke = (addr: number, value: number): void => builder.poke(addr, value);
    setUpSelves({ actors: [] }, selves, poke);
    poke(this.link, this.lock);
    const object = (name: string, type: LockAlgorithm['memory']): number =>
      builder.static_(name, type, LINE);
    setup?.({ lock: this.lock, selves, poke, object });
    this.image = builder.build().image;
  }

  run<T>(procedure: Generator<Op, T, number>): T {
    return drive(procedure, (kind, operands) => {
      if (kind >= FIRST_ATOMIC && kind <= LAST_ATOMIC) this.atomics += 1;
      return this.#perform(kind, operands.map(Number));
    });
  }

  #perform(kind: number, [addr = 0, value = 0, then = 0]: readonly number[]): number {
    const { image } = this;
    const old = image[addr] ?? 0;
    switch (kind) {
      case OPS.kfree.kind:
        this.freed.push(addr);
        return 0;
      case OPS.write.kind:
      case OPS.WRITE_ONCE.kind:
      case OPS.smp_store_release.kind:
      case OPS.ghost_write.kind:
      case OPS.xchg.kind:
        image[addr] = value;
        return old;
      case OPS.cmpxchg.kind:
        if (old === value) image[addr] = then;
        return old;
      case OPS.atomic_fetch_add.kind:
        image[addr] = old + value;
        return old;
      case OPS.atomic_fetch_or.kind:
        image[addr] = old | value;
        return old;
      case OPS.atomic_fetch_and.kind:
        image[addr] = old & value;
        return old;
      default:
        return old;
    }
  }
}

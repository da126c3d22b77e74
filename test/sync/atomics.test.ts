import { expect, test } from 'vitest';
import { setUpSelves } from '../../src/actor/lock_choice.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { drive } from '../../src/ops/drive.ts';
import type { Op } from '../../src/ops/reference.ts';
import { OPS } from '../../src/ops/vocabulary.ts';
import type { LockAlgorithm } from '../../src/sync/algorithm.ts';
import { LINE, lock_self } from '../../src/sync/self.ts';
import { ZOO } from '../../src/sync/zoo.ts';

const FIRST_ATOMIC = OPS.READ_ONCE.kind;
const LAST_ATOMIC = OPS.atomic_fetch_and.kind;

/** One thread alone over plain words, which counts its atomic operations. */
class Alone {
  readonly image: Int32Array;
  readonly lock: number;
  readonly self: number;
  /** A word that holds a pointer. */
  readonly link: number;
  atomics = 0;

  constructor({ memory, setup }: LockAlgorithm) {
    const builder = new ImageBuilder();
    const selves = [0, 1].map((i) => builder.static_(`lock_self#${i}`, lock_self, LINE));
    this.lock = builder.static_('lock', memory, LINE);
    this.self = selves[0] ?? 0;
    this.link = (selves[1] ?? 0) + lock_self.own.at;
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

/** What an uncontended use is, of each kind. */
function useOnce(lock: LockAlgorithm, alone: Alone): void {
  const { lock: at, self } = alone;
  switch (lock.kind) {
    case 'exclusive':
      alone.run(lock.procedures.lock(at, self));
      alone.run(lock.procedures.unlock(at, self));
      return;
    case 'readers-writer':
      alone.run(lock.procedures.down_read(at, self));
      alone.run(lock.procedures.up_read(at, self));
      return;
    case 'sequence': {
      const begun = alone.run(lock.procedures.read_begin(at, self));
      expect(alone.run(lock.procedures.read_retry(at, self, begun))).toBe(0);
      return;
    }
    case 'refcount':
      alone.run(lock.procedures.inc(at));
      expect(alone.run(lock.procedures.dec_and_test(at))).toBe(0);
      return;
    case 'reclamation':
      alone.run(lock.procedures.enter(at, self));
      alone.run(lock.procedures.protect(at, self, alone.link, 0));
      alone.run(lock.procedures.leave(at, self));
  }
}

test.each(ZOO)('$id: uncontended, $atomics atomic operations', (lock) => {
  const alone = new Alone(lock);
  if (lock.kind === 'refcount') alone.run(lock.procedures.init(alone.lock, 1));
  // QSBR comes online once, not each time.
  if (lock.kind === 'reclamation') alone.run(lock.procedures.enter(alone.lock, alone.self));
  alone.atomics = 0;
  useOnce(lock, alone);
  expect(alone.atomics).toBe(lock.atomics);
});

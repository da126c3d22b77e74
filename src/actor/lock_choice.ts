/**
 * Lock algorithms behind the locks of a program: each of its spinlocks, mutexes and rwsems gets a
 * lock of the chosen kind beside it, and each actor the words that algorithms want from a thread.
 */
import { type Extra, extendImage } from '../memory/extend.ts';
import type { MemoryLayout } from '../memory/image.ts';
import { mutex, rw_semaphore, spinlock } from '../memory/kernel_structs.ts';
import { structInfo } from '../memory/layout.ts';
import type { ExclusiveLock, LockAlgorithm, ReadersWriterLock } from '../sync/algorithm.ts';
import { LINE, lock_node, lock_self } from '../sync/self.ts';
import type { Program } from './program.ts';

export interface ChosenLocks {
  readonly spinlock: ExclusiveLock | undefined;
  readonly mutex: ExclusiveLock | undefined;
  readonly rwsem: ReadersWriterLock | undefined;
}

/** What stands behind the locks of a program. */
export interface LockBacking extends ChosenLocks {
  /** lock_self of each actor. */
  readonly selves: readonly number[];
  /** By a lock's address in the program: the address of the lock that stands behind it, or 0. */
  readonly behind: Int32Array;
}

interface Place {
  readonly addr: number;
  readonly name: string;
  readonly algorithm: LockAlgorithm;
}

/**
 * The program with room for the chosen locks; addresses of what was there do not change. `budgets`:
 * how often they poll before they sleep, and the like.
 */
export function backWithLocks(
  program: Program,
  chosen: ChosenLocks,
  budgets: 'explored' | 'threads',
): Program & { readonly locks: LockBacking } {
  const places = placesOf(program.layout, chosen);
  const selves: Extra[] = program.actors.map(({ name }) => ({
    name: `lock_self of ${name}`,
    type: lock_self,
    align: LINE,
  }));
  const locks: Extra[] = places.map(({ name, algorithm }) => ({
    name: `${algorithm.id} behind ${name}`,
    type: algorithm.memory,
    align: LINE,
  }));
  const first = extendImage(program.layout, program.image, [...selves, ...locks]);
  const selfAt = first.bases.slice(0, selves.length);
  const lockAt = first.bases.slice(selves.length);
  let grown = { layout: first.layout, image: first.image };
  const poke = (addr: number, value: number): void => {
    grown.image[addr] = value;
  };
  setUpSelves(program, selfAt, poke);
  const behind = new Int32Array(program.layout.words);
  for (const [i, { addr, name, algorithm }] of places.entries()) {
    const lock = lockAt[i] ?? 0;
    behind[addr] = lock;
    algorithm.setup?.({
      lock,
      selves: selfAt,
      poke,
      object: (what, type) => {
        const extra = { name: `${what} of ${name}`, type, align: LINE };
        const next = extendImage(grown.layout, grown.image, [extra]);
        grown = { layout: next.layout, image: next.image };
        return next.bases[0] ?? 0;
      },
    });
    const { budget } = algorithm;
    if (budget !== undefined) poke(lock + budget.at, budget[budgets]);
  }
  const backing = { ...chosen, selves: selfAt, behind };
  return { ...program, ...grown, locks: backing };
}

/** Fills in what lock_self says of its thread. */
export function setUpSelves(
  program: { readonly actors: readonly { readonly cpu: number }[] },
  selves: readonly number[],
  poke: (addr: number, value: number) => void,
): void {
  for (const [i, self] of selves.entries()) {
    poke(self + lock_self.id, i + 1);
    poke(self + lock_self.cpu, program.actors[i]?.cpu ?? 0);
    poke(self + lock_self.threads, selves.length);
    poke(self + lock_self.peers, selves[0] ?? 0);
    const { node0, node1, node2, node3 } = lock_self;
    for (const node of [node0, node1, node2, node3]) poke(self + node.at + lock_node.self, self);
  }
}

/** Every lock that the memory can hold, slots of slab caches that are not in use included. */
function placesOf(layout: MemoryLayout, chosen: ChosenLocks): Place[] {
  const byStruct = new Map<string, LockAlgorithm | undefined>([
    [structInfo(spinlock.typeid).name, chosen.spinlock],
    [structInfo(mutex.typeid).name, chosen.mutex],
    [structInfo(rw_semaphore.typeid).name, chosen.rwsem],
  ]);
  const places: Place[] = [];
  for (const { base, info, name } of layout.objects) {
    const whole = { offset: 0, path: '', struct: info.name };
    for (const part of [whole, ...info.parts]) {
      const algorithm = byStruct.get(part.struct);
      if (algorithm === undefined) continue;
      const path = part.path === '' ? name : `${name}.${part.path}`;
      places.push({ addr: base + part.offset, name: path, algorithm });
    }
  }
  return places;
}

/** An actor whose thread died: nobody releases what it held, so that is said. */
import type { Program } from '../actor/program.ts';
import { nameOfAddress, STATUS } from '../memory/image.ts';
import { rw_semaphore } from '../memory/kernel_structs.ts';
import { lockClassesOf, lockName } from '../oracles/lock_classes.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Arena } from './arena.ts';

export interface Death {
  readonly actor: string;
  readonly reason: string;
  /** Names of the locks it held. */
  readonly held: readonly string[];
}

/** The locks whose owner words name an actor. */
export function locksHeldBy(arena: Arena, program: Program, actor: number): string[] {
  const { layout } = program;
  const { memory } = arena;
  const classes = lockClassesOf(layout);
  const held: string[] = [];
  layout.objects.forEach((object, index) => {
    if (memory[layout.words + 2 * index] !== STATUS.LIVE) return;
    for (let lock = object.base; lock < object.base + object.info.sizeof; lock++) {
      if ((classes.of[lock] ?? -2) === -2) continue;
      const isRwsem = structAt(object.info, lock - object.base) === 'rw_semaphore';
      const readers = isRwsem ? (memory[lock + rw_semaphore.readers] ?? 0) : 0;
      const owns = memory[lock + 1] === actor + 1 || (readers & (1 << actor)) !== 0;
      if (owns) held.push(lockName(nameOfAddress(layout, lock)));
    }
  });
  return held;
}

function structAt(
  info: { readonly name: string; readonly parts: readonly { offset: number; struct: string }[] },
  offset: number,
): string {
  const part = info.parts.findLast((p) => p.offset === offset);
  return part?.struct ?? info.name;
}

export function deathFinding(
  arena: Arena,
  program: Program,
  actor: number,
  reason: string,
): Finding {
  const held = locksHeldBy(arena, program, actor);
  const name = program.actors[actor]?.name ?? '?';
  const holding = held.length === 0 ? 'it held no lock' : `it held ${held.join(', ')}`;
  const message = `${name} died: ${reason}; ${holding}`;
  return { verdict: 'assertion', oracle: 'worker', message, addr: 0 };
}

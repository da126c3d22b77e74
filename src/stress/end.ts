/** What must hold when a round has come to rest: the program's end invariants, and no leak. */
import type { MemoryView, Program } from '../actor/program.ts';
import { ACTOR, actorAt } from '../ops/native/control.ts';
import { CTX_REGISTERS } from '../ops/vocabulary.ts';
import { findLeak } from '../oracles/leak.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Arena } from './arena.ts';

export function judgeEnd(arena: Arena, program: Program, view: MemoryView): Finding | undefined {
  for (const invariant of program.invariants) {
    // The others hold between two writes, which only the explorer can stop at.
    if (invariant.when !== 'end') continue;
    const finding = invariant.check(view);
    if (finding !== undefined) return { ...finding, oracle: invariant.name };
  }
  if (!program.checkLeaks) return undefined;
  const roots: number[] = [];
  for (let actor = 0; actor < program.actors.length; actor++) {
    const at = actorAt(actor) + ACTOR.registers;
    for (let i = 0; i < CTX_REGISTERS; i++) roots.push(arena.control[at + i] ?? 0);
  }
  return findLeak(program.layout, arena.memory, roots);
}

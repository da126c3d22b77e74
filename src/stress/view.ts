/** Memory as invariants and measures see it: the words of a round that has ended. */
import type { MemoryView, Program } from '../actor/program.ts';
import type { Table } from '../actor/table.ts';
import { nameOfPointer } from '../memory/image.ts';
import { ACTOR, actorAt, CONTROL } from '../ops/native/control.ts';
import { isAccessible } from '../oracles/kasan.ts';
import type { Arena } from './arena.ts';

export function viewOf(arena: Arena, program: Program, tables: readonly Table[]): MemoryView {
  const { memory, control } = arena;
  const { layout } = program;
  const isLive = (addr: number): boolean => isAccessible(layout, memory, addr);
  return {
    layout,
    nowMs: control[CONTROL.nowMs] ?? 0,
    read: (addr) => memory[addr] ?? 0,
    live: (typeid) =>
      layout.objects.filter((o) => o.info.typeid === typeid && isLive(o.base)).map((o) => o.base),
    isLive,
    name: (addr) => nameOfPointer(layout, addr),
    actor: (index) => {
      const state = tables[index]?.states[control[actorAt(index) + ACTOR.machineState] ?? 0];
      return { state: state?.name ?? '', done: state?.final === true };
    },
  };
}

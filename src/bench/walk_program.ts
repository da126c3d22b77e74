/** The canonical workload: three actors walk a list of eight under one spinlock. */
import { createMachine } from 'xstate';
import type { Program } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { walk } from './canonical_walk.ts';
import { walk_node, walk_root } from './canonical_walk_structs.ts';

const machine = createMachine({
  id: 'walker',
  initial: 'WALK',
  states: { WALK: { invoke: { src: 'walk' }, on: { WALKED: 'DONE' } }, DONE: { type: 'final' } },
});

/** `actors` walkers over `nodes` list entries. */
export function walkProgram(actors: number, nodes: number): Program {
  const memory = new ImageBuilder();
  const root = memory.static_('walk_root', walk_root);
  memory.cache(walk_node, nodes, 0);
  const head = root + walk_root.list.at;
  let last = head;
  for (let i = 0; i < nodes; i++) {
    const entry = memory.alloc(walk_node) + walk_node.list.at;
    memory.poke(last, entry);
    memory.poke(entry + 1, last);
    last = entry;
  }
  memory.poke(last, head);
  memory.poke(root + walk_root.list.prev, last);
  return {
    target: 'bench/walk',
    design: 'spinlock',
    ...memory.build(),
    actors: Array.from({ length: actors }, (_, i) => ({
      name: `walker${i}`,
      context: 'process' as const,
      cpu: i,
      binding: { machine, procedures: { walk } },
      args: [root],
      daemon: false,
    })),
    invariants: [],
    measures: [],
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: false,
  };
}

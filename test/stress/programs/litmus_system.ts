/** Store buffering as a system module; its measures count what the slots of a round ended with. */
import type { Measure, MemoryView, Program } from '../../../src/actor/program.ts';
import { ImageBuilder } from '../../../src/memory/image.ts';
import { fenced, marked, plain } from './litmus.ts';
import { litmus, SLOTS } from './litmus_words.ts';
import { once } from './machines.ts';

const sides = { plain, fenced, marked };

export interface LitmusRequest {
  readonly how: keyof typeof sides;
}

function build({ how }: LitmusRequest): Program {
  const builder = new ImageBuilder();
  const a = builder.static_('litmus', litmus);
  const { layout, image } = builder.build();
  const binding = { machine: once, procedures: { main: sides[how] } };
  const [x, y] = [a + litmus.x.at, a + litmus.y.at];
  const [seenY, seenX] = [a + litmus.seen_y.at, a + litmus.seen_x.at];
  const side = { context: 'process', binding, daemon: false } as const;
  return {
    target: 'litmus/SB',
    design: how,
    layout,
    image,
    actors: [
      { ...side, name: 'first', cpu: 0, args: [x, y, seenY, SLOTS] },
      { ...side, name: 'second', cpu: 1, args: [y, x, seenX, SLOTS] },
    ],
    invariants: [],
    measures: [0, 1, 2, 3].map((outcome) => counting(outcome, seenY, seenX)),
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: false,
  };
}

/** Slots in which the two sides read these values: bit 1 the first, bit 0 the second. */
function counting(outcome: number, seenY: number, seenX: number): Measure {
  return {
    name: `${outcome >> 1},${outcome & 1}`,
    unit: 'slots',
    read: (memory: MemoryView) => {
      let count = 0;
      for (let i = 0; i < SLOTS; i++) {
        if (memory.read(seenY + i) * 2 + memory.read(seenX + i) === outcome) count++;
      }
      return count;
    },
  };
}

export const system = { build };

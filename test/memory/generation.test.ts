import { expect, test } from 'vitest';
import { generationAt, ImageBuilder } from '../../src/memory/image.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { program, runs } from '../explore/build.ts';
import { board, node } from './structs.ts';

installLowering('explored');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { live_and_die } = await import('./lives.ts');

/** Generations of three slots after so many lives, and which slot the last of them is in. */
function generations(lives: number, quarantine: number): readonly number[] {
  const builder = new ImageBuilder();
  const at = builder.static_('board', board);
  builder.cache(node, 3, quarantine);
  const engine = new Engine(
    program('test/lives', builder, [runs('owner', live_and_die, [at, lives])]),
  );
  expect(replay(engine, { actors: [], choices: [] }, 1000).finding).toBeUndefined();
  const { W } = engine;
  const { layout } = engine.program;
  const slot = (layout.objectOf[W[at + board.slots.at] ?? 0] ?? 0) - 1;
  return [1, 2, 3].map((object) => W[generationAt(layout, object)] ?? 0).concat(slot);
}

test('each allocation of a slot begins a generation', () => {
  expect(generations(1, 0)).toEqual([1, 0, 0, 1]);
  expect(generations(4, 0)).toEqual([4, 0, 0, 1]);
});

test('a slot in quarantine is not handed out: its generation stands still', () => {
  // One free has to pass before a slot comes back: two slots take turns.
  expect(generations(5, 1)).toEqual([3, 2, 0, 1]);
  expect(generations(5, 2)).toEqual([2, 2, 1, 2]);
});

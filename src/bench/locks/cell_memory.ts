/** The memory of one cell: its lock, what each thread has for it, and what it protects. */
import { setUpSelves } from '../../actor/lock_choice.ts';
import { ImageBuilder } from '../../memory/image.ts';
import { kref } from '../../memory/kernel_structs.ts';
import type { LockAlgorithm } from '../../sync/algorithm.ts';
import { bench_plan, bench_section, bench_thread } from '../../sync/bench/structs.ts';
import { LINE, lock_self } from '../../sync/self.ts';
import type { Places } from './thread/protocol.ts';

export interface CellMemory {
  readonly places: Places;
  readonly image: Int32Array;
}

/** `algorithm` undefined: the empty loop. Written words lie on lines of their own. */
export function cellMemory(
  algorithm: Pick<LockAlgorithm, 'memory' | 'setup'> | undefined,
  threads: number,
  cpuOf: (thread: number) => number,
): CellMemory {
  const builder = new ImageBuilder();
  const each = (name: string, type: typeof lock_self | typeof bench_thread): number[] =>
    Array.from({ length: threads }, (_, i) => builder.static_(`${name}#${i}`, type, LINE));
  const selves = each('lock_self', lock_self);
  const lock = builder.static_('lock', algorithm?.memory ?? kref, LINE);
  const section = builder.static_('bench_section', bench_section, LINE);
  const plan = builder.static_('bench_plan', bench_plan, LINE);
  const results = each('bench_thread', bench_thread);
  const poke = (addr: number, value: number): void => builder.poke(addr, value);
  const cpus = selves.map((_, i) => ({ cpu: cpuOf(i) }));
  setUpSelves({ actors: cpus }, selves, poke);
  algorithm?.setup?.({
    lock,
    selves,
    poke,
    object: (name, type) => builder.static_(name, type, LINE),
  });
  const { layout, image } = builder.build();
  const places = { section, plan, lock, selves, threads: results };
  return { places, image: image.slice(0, layout.words) };
}

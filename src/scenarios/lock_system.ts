/**
 * Lock algorithms as a system: each lock is a race between threads that want it, each contest (how
 * many threads, how many turns) a design. What it claims is checked by invariants over bookkeeping
 * that the lock knows nothing of; so a lock is explored, stressed and replayed as everything else.
 */
import { createMachine } from 'xstate';
import { setUpSelves } from '../actor/lock_choice.ts';
import type { ActorSpec, Program } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { LINE, lock_self } from '../sync/self.ts';
import { type Contest, contestsOf } from './lock_contests.ts';
import { ROLES, stageOf } from './lock_stages.ts';
import type { BuildRequest, Design, Race, System } from './system.ts';

/** A system of locks, with what they claim of themselves. */
export interface LockSystem extends System {
  readonly locks: readonly LockAlgorithm[];
}

const machine = createMachine({
  id: 'contender',
  initial: 'CONTEND',
  states: { CONTEND: { invoke: { src: 'contend' }, on: { DONE: 'END' } }, END: { type: 'final' } },
});

/** @throws Error when two algorithms have one id. */
export function lockSystem(
  id: string,
  title: string,
  algorithms: readonly LockAlgorithm[],
): LockSystem {
  const byId = new Map(algorithms.map((algorithm) => [algorithm.id, algorithm]));
  if (byId.size !== algorithms.length) throw new Error(`${id}: two locks have one id`);
  const contests = contestsOf();
  return {
    id,
    title,
    locks: algorithms,
    platformDefault: () => 'powernv',
    races: algorithms.map((algorithm) => raceOf(algorithm, contests)),
    designs: contests.map(({ id: name, title: what }): Design => {
      return { id: name, title: what, source: 'locks.md 5' };
    }),
    build: (request) => build(id, byId, contests, request),
  };
}

function raceOf(algorithm: LockAlgorithm, contests: readonly Contest[]): Race {
  const verdict = algorithm.broken ?? (['pass'] as const);
  const expected = { verdict, mark: 'lab', source: algorithm.source } as const;
  return {
    id: algorithm.id,
    title: algorithm.title,
    section: algorithm.source,
    needs: 'nothing of the topology',
    expected: Object.fromEntries(
      contests.map(({ id, misuse }) => {
        if (misuse === undefined || algorithm.kind !== 'exclusive') return [id, expected];
        const found = [misuse, ...(algorithm.broken ?? [])];
        return [id, { verdict: found, mark: 'lab', source: 'locks.md 5: owner, recursion' }];
      }),
    ),
  };
}

function build(
  system: string,
  algorithms: ReadonlyMap<string, LockAlgorithm>,
  contests: readonly Contest[],
  request: BuildRequest,
): Program {
  const algorithm = algorithms.get(request.race);
  const chosen = contests.find(({ id }) => id === request.design);
  if (algorithm === undefined || chosen === undefined) {
    throw new Error(`[hotrace bug] no contest ${request.race} ${request.design}`);
  }
  const builder = new ImageBuilder();
  const roles = chosen.roles(algorithm);
  const selves = roles.map((_, i) => builder.static_(`lock_self#${i}`, lock_self, LINE));
  const lock = builder.static_('lock', algorithm.memory, LINE);
  const stage = stageOf(algorithm, builder, roles, chosen.turns, selves);
  const poke = (addr: number, value: number): void => builder.poke(addr, value);
  const actors = roles.map((role, i): ActorSpec => {
    const binding = { machine, procedures: { contend: ROLES[role] } };
    const args = [stage.contest, lock, selves[i] ?? 0, algorithm.procedures, chosen.turns];
    return { name: `${role}-${i}`, context: 'process', cpu: i, binding, args, daemon: false };
  });
  setUpSelves({ actors }, selves, poke);
  const object = (name: string, type: LockAlgorithm['memory']): number =>
    builder.static_(name, type, LINE);
  algorithm.setup?.({ lock, selves, poke, object });
  const { budget } = algorithm;
  if (budget !== undefined && !chosen.threads) poke(lock + budget.at, budget.explored);
  const { layout, image } = builder.build();
  return {
    target: `${system}/${algorithm.id}`,
    design: chosen.id,
    layout,
    image,
    actors,
    invariants: stage.invariants,
    measures: stage.measures,
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: false,
  };
}

/**
 * The systems' own procedures in all forms. What the actors of explored executions did is done
 * again by the un-lowered generators, the native and the sanitized form: every operation with its
 * operands must be the same. And each actor alone, on the real native runtime, must leave the same
 * memory behind as in exploration.
 */
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, test } from 'vitest';
import type { Invariant } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { RandomPicker } from '../../src/explore/pickers.ts';
import { metas } from '../../src/ops/flat.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import type { BuildRequest, System } from '../../src/scenarios/system.ts';
import { StressPool } from '../../src/stress/pool.ts';
import { stress } from '../../src/stress/stress.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';
import { depthFirst } from '../explore/search.ts';
import { recordRun } from './record_run.ts';
import type { RecordedRun, ReplayAnswer, ReplayForm, ReplaySetup } from './replay_worker.ts';

installLowering('explored');
const { loadSystem, SYSTEMS } = await import('../../src/scenarios/registry.ts');
const { FORMS, system: alone } = await import('./alone_system.ts');

const systems: readonly System[] = await Promise.all(SYSTEMS.map(({ url }) => loadSystem(url)));

/** Executions recorded of each cell. */
const RUNS = 1;

function requestOf(system: System, race: string, design: string): BuildRequest {
  const machine = buildMachine(defaultTopology, system.platformDefault(race));
  return { race, design, machine, machineName: 'default', quarantine: 8 };
}

/** Of 1,900 cells every third, so that each race is there and each design with many races. */
const cells = systems
  .flatMap((system) =>
    system.races.flatMap(({ id }) =>
      system.designs.map((design) => ({ system, request: requestOf(system, id, design.id) })),
    ),
  )
  .filter((_, i) => i % 3 === 0);

const procedures = new Set<string>();
const recorded: RecordedRun[] = cells.flatMap(({ system, request }, cell) => {
  const engine = new Engine(system.build(request));
  // Findings end executions early: the designs that hold are the ones that run far.
  engine.oracles = false;
  return Array.from({ length: RUNS }, (_, run) => ({
    system: system.id,
    request,
    records: recordRun(engine, new RandomPicker(cell), run, procedures),
  }));
});

async function replayed(form: ReplayForm, runs = recorded): Promise<ReplayAnswer> {
  const setup: ReplaySetup = { form, runs };
  const worker = new Worker(new URL('./replay_worker.ts', import.meta.url), { workerData: setup });
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('what actors did in exploration, done again', () => {
  const operations = operationsOf(recorded);

  function operationsOf(runs: readonly RecordedRun[]): number {
    return runs.flatMap(({ records }) => records).reduce((sum, r) => sum + countOf(r), 0);
  }

  function countOf(record: readonly number[]): number {
    let count = 0;
    for (let at = 0; at < record.length; at += 3 + (record[at + 1] ?? 0)) count++;
    return count;
  }

  test.each(['reference', 'native', 'sanitized'] as const)(
    '%s: the same operations',
    async (form) => {
      const answer = await replayed(form);
      expect(answer.differences).toEqual([]);
      expect(answer.operations).toBe(operations);
      // The form was really another: generators, or plain functions.
      const other = form === 'reference' ? answer.plain : answer.generators;
      expect([other, answer.generators + answer.plain > 0]).toEqual([0, true]);
    },
  );

  // Compiled anew for the records of every run: one run of each race's last design is enough.
  test('wasm: the same operations', async () => {
    const last = new Map(recorded.map((r) => [`${r.system}/${r.request.race}`, r]));
    const runs = [...last.values()];
    const answer = await replayed('wasm', runs);
    expect(answer.differences).toEqual([]);
    expect([answer.operations, answer.generators]).toEqual([operationsOf(runs), 0]);
  });

  test('most procedures of actors/ were among them', () => {
    const all = metas.filter(({ file }) => file.startsWith('actors/'));
    const missing = all.filter(({ file, name }) => !procedures.has(`${file} ${name}`));
    expect(all.length).toBeGreaterThan(100);
    expect(missing.map(({ file, name }) => `${file} ${name}`).length).toBeLessThan(all.length / 5);
  });
});

describe('each actor alone to its end, on the real runtimes', () => {
  const pool = new StressPool();
  afterAll(() => pool.close());
  const systemModule = new URL('./alone_system.ts', import.meta.url).href;

  const firsts = systems.flatMap((system) =>
    system.races.map(({ id }) => {
      const design = system.designs.at(-1)?.id ?? '';
      return { name: `${system.id}/${id}`, system, request: requestOf(system, id, design) };
    }),
  );

  /** Actors that were played in an earlier race, by what they run. */
  const played = new Set<string>();

  test.each(firsts)('$name', async ({ system, request }) => {
    const forms: number[] = [];
    for (const [actor, { binding }] of system.build(request).actors.entries()) {
      const runs = Object.values(binding.procedures).map(({ name }) => name);
      const what = `${system.id} ${runs.join(' ')}`;
      if (played.has(what)) continue;
      played.add(what);
      const own = { system: system.id, request, actor };
      const { hashes, found } = finalMeasures(own);
      for (const lowering of ['native', 'sanitized'] as const) {
        const { measures, verdict } = await stress({
          program: { systemModule, request: own },
          lowering,
          limits: { rounds: 1, millis: 20_000, roundMillis: 5_000, failures: 0 },
          perturbation: { rate: 0, sleepShare: 0 },
          seed: 1,
          locks: { spinlock: 'ttas', mutex: 'futex', rwsem: 'futex-rwsem' },
          expected: ['pass'],
          inspect: false,
          traceEvents: 256,
          pool,
          signal: undefined,
        });
        const [least = -1, greatest = -1, memory] = measures.map(({ min }) => min);
        // What fails alone is an assertion, a leak or a lock: the native form checks none of them.
        if (found && lowering === 'native') continue;
        expect([actor, lowering, verdict !== 'pass']).toEqual([actor, lowering, found]);
        // A round that fails measures nothing.
        if (found) continue;
        expect(hashes).toContain(memory);
        expect(least).toBeGreaterThanOrEqual(FORMS.native);
        if (lowering === 'native') expect(greatest).toBe(FORMS.native);
        else forms.push(greatest);
      }
    }
    // An actor whose procedures only call others holds no operation that would show a site.
    if (forms.length > 0) expect(forms).toContain(FORMS.sanitized);
  });

  /** Memory after every answer to every choose(), in exploration. */
  function finalMeasures(own: Parameters<typeof alone.build>[0]): {
    readonly hashes: readonly number[];
    /** One actor alone is enough for the race's finding. */
    readonly found: boolean;
  } {
    const made = alone.build(own);
    const hashes = new Set<number>();
    const look: Invariant = {
      name: 'look',
      cite: 'this test',
      when: 'end',
      check: (memory) => {
        const [least, , hash] = made.measures.map(({ read }) => read(memory));
        expect(least).toBe(FORMS.flat);
        hashes.add(hash ?? 0);
        return;
      },
    };
    const engine = new Engine({ ...made, invariants: [look] });
    const limits = { stepsLimit: 20_000, executions: 2_000 };
    const { end } = depthFirst(engine, { bound: 0, reduce: false, ...limits });
    expect(['exhausted', 'finding']).toContain(end);
    return { hashes: [...hashes], found: end === 'finding' };
  }
});

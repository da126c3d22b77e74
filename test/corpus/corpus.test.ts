import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { OPS } from '../../src/ops/vocabulary.ts';

installLowering('explored');
const { SYSTEMS } = await import('../../src/scenarios/registry.ts');
const { Engine } = await import('../../src/explore/engine.ts');
const { replay } = await import('../../src/explore/replay.ts');
const { decisionsOf, readSchedule } = await import('../../src/explore/schedule.ts');
const { shadowMoves } = await import('../../src/explore/shadow.ts');
const { makeScenario, readTopologyFile } = await import('../../src/cli/scenario.ts');

const GHOSTS = new Set<number>(
  Object.values(OPS).flatMap((op) => (op.visibility === 'ghost' ? [op.kind] : [])),
);
const folder = fileURLToPath(new URL('./schedules/', import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith('.schedule'));

test('the corpus holds a counterexample of every system', () => {
  for (const system of SYSTEMS.map(({ id }) => id)) {
    expect(files.some((name) => name.startsWith(`${system}.`))).toBe(true);
  }
});

/** A recorded schedule must fail for ever, in the same way, by the same operations. */
for (const file of files) {
  test(`${file} replays to the bit`, async () => {
    const schedule = readSchedule(readFileSync(`${folder}${file}`, 'utf8'));
    const { program } = await makeScenario({
      target: schedule.target,
      design: schedule.design,
      topology: readTopologyFile(undefined),
      quarantine: 8,
    });
    const names = program.actors.map((actor) => actor.name);
    const again = replay(new Engine(program), decisionsOf(schedule.runs, names), 100_000);
    expect(again.divergence).toBeUndefined();
    expect({ verdict: again.finding?.verdict, ops: again.opsHash }).toEqual({
      verdict: schedule.verdict,
      ops: schedule.opsHash,
    });
    // An assertion that fails is shown in the trace and is no step of its own.
    const steps = again.trace.steps.filter(({ kind }) => !GHOSTS.has(kind));
    expect(steps.length).toBe(schedule.step);
    // XState's own actors, sent the same events, stand where the integer tables stood.
    expect(shadowMoves(program, again.trace.transitions).mismatch).toBeUndefined();
  });
}

test('a corrupted schedule diverges and says at which step', async () => {
  const [file = ''] = files.filter((name) => name.startsWith('pciehp-command.probe.A1'));
  const schedule = readSchedule(readFileSync(`${folder}${file}`, 'utf8'));
  const { program } = await makeScenario({
    target: schedule.target,
    design: schedule.design,
    topology: readTopologyFile(undefined),
    quarantine: 8,
  });
  const names = program.actors.map((actor) => actor.name);
  const { actors, choices } = decisionsOf(schedule.runs, names);
  // The first actor's run is given to one that has nothing to do yet.
  const wrong = actors.map((actor, step) => (step < 3 ? names.length - 1 : actor));
  const again = replay(new Engine(program), { actors: wrong, choices }, 100_000);
  expect(again.divergence?.step).toBe(0);
  expect(again.divergence?.expected).toContain('a step of');
  expect(again.divergence?.found).toContain('it waits in');
});

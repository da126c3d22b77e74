import { expect, test } from 'vitest';
import { installLowering } from '../../../src/ops/lower/hooks.ts';

installLowering('explored');
const { Engine } = await import('../../../src/explore/engine.ts');
const { explore } = await import('../../../src/explore/explore.ts');
const { replay } = await import('../../../src/explore/replay.ts');
const { shadowMoves } = await import('../../../src/explore/shadow.ts');
const { makeScenario, readTopologyFile } = await import('../../../src/cli/scenario.ts');
const { coverageOf, figuresOf } = await import('../../../src/inspect/coverage/coverage.ts');
const { machinesIn, seenInInspection, seenInSearch, seenInTrace } = await import(
  '../../../src/inspect/coverage/sources.ts'
);

const { program } = await makeScenario({
  target: 'pciehp-command/probe',
  design: 'A2',
  topology: readTopologyFile(undefined),
  quarantine: 8,
});
const machines = machinesIn(program);

const options = {
  strategy: 'random',
  bound: 0,
  beyondMs: 0,
  depth: 1,
  seed: 1,
  limits: { executions: 20, steps: 10_000, millis: 10_000 },
  reduce: true,
  subtree: undefined,
  minimiseTries: 0,
  now: () => 0,
  stopped: () => false,
  progress: () => undefined,
} as const;

test('a trace and the inspection of XState beside it cover the same', () => {
  const { trace } = replay(new Engine(program), { actors: [], choices: [] }, 10_000);
  const { inspected } = shadowMoves(program, trace.transitions);
  const byActor = program.actors.map((_, i) => inspected.filter(({ actor }) => actor === i));
  const traced = coverageOf(machines, seenInTrace(program, trace.transitions));
  expect(coverageOf(machines, seenInInspection(program, byActor))).toEqual(traced);
  expect(figuresOf(traced.machines).taken).toBeGreaterThan(5);
  expect(figuresOf(traced.machines).refused).toBe(0);
});

test('a search counts the moves of all its executions, if it is told to', () => {
  const { moves, executions } = explore(program, { ...options, countMoves: true });
  const searched = coverageOf(machines, seenInSearch(program, moves));
  const figures = figuresOf(searched.machines);
  expect(figures.refused).toBe(0);
  expect(figures.taken).toBeGreaterThan(5);
  const first = moves.filter(({ actor }) => actor === 0).map(({ count }) => count);
  expect(Math.max(...first)).toBeGreaterThanOrEqual(executions);
  expect(explore(program, options).moves).toEqual([]);
});

test('an event that a state does not accept is counted where it came', () => {
  const [spec, ...others] = program.actors;
  if (spec === undefined) throw new Error('a program without actors');
  const [machine] = machinesIn({ actors: [spec] });
  const moves = [{ actor: 0, state: 'NOWHERE', event: 'NEVER', count: 2 }];
  const { machines: covered } = coverageOf(
    machine === undefined ? [] : [machine],
    seenInSearch({ actors: [spec, ...others] }, moves),
  );
  expect(figuresOf(covered).refused).toBe(1);
});

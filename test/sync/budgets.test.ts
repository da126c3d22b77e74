import { describe, expect, test } from 'vitest';
import { backWithLocks } from '../../src/actor/lock_choice.ts';
import { system as locks } from '../../src/scenarios/locks.ts';
import { system } from '../../src/scenarios/pciehp_command.ts';
import { ZOO } from '../../src/sync/zoo.ts';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { buildMachine } from '../../src/topology/machine.ts';

const machine = buildMachine(defaultTopology, 'powernv');
const asked = { machine, machineName: 'default', quarantine: 0 };

const none = { spinlock: undefined, mutex: undefined, rwsem: undefined };
const budgeted = ZOO.filter(({ budget }) => budget !== undefined);
const exclusive = budgeted.filter((lock) => lock.kind === 'exclusive');
const noBudget = { at: 0, explored: 0, threads: 0 };

describe.each(budgeted)('contests of $id', ({ id, budget = noBudget }) => {
  test.each([
    ['2x2', budget.explored],
    ['3x20', budget.threads],
  ] as const)('%s has a budget of %i', (design, expected) => {
    const { image, layout } = locks.build({ ...asked, race: id, design });
    const at = layout.objects.find(({ name }) => name === 'lock')?.base ?? 0;
    expect(image[at + budget.at]).toBe(expected);
  });
});

test.each(exclusive)('$id behind a mutex has the budget that is asked for', (mutex) => {
  const { budget = noBudget } = mutex;
  const program = system.build({ ...asked, race: 'probe', design: 'A2' });
  for (const budgets of ['explored', 'threads'] as const) {
    const backed = backWithLocks(program, { ...none, mutex }, budgets);
    const [at = 0] = backed.locks.behind.filter((addr) => addr !== 0);
    expect(backed.image[at + budget.at]).toBe(budget[budgets]);
  }
});

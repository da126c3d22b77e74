import { expect, test } from 'vitest';
import { epochs } from '../../src/sync/epochs.ts';
import { hazardPointers } from '../../src/sync/hazard_pointers.ts';
import { qsbr } from '../../src/sync/qsbr.ts';
import { lock_self } from '../../src/sync/self.ts';
import { Alone } from './alone.ts';

// A reader that holds the first of three objects and does not run any more.
test.each([
  { ...hazardPointers, keeps: 'its own object alone', early: 2 },
  { ...epochs, keeps: 'everything that is retired', early: 0 },
  { ...qsbr, keeps: 'everything that is retired', early: 0 },
])('$id: a stalled reader keeps $keeps, until it leaves', ({ early, ...algorithm }) => {
  const threads = new Alone(algorithm);
  const { procedures } = algorithm;
  const { lock: domain, self: remover, other: reader, link, freed } = threads;
  const nodes = [lock_self.node0, lock_self.node1, lock_self.node2].map(({ at }) => remover + at);
  const [first = 0] = nodes;
  threads.image[link] = first;
  threads.run(procedures.enter(domain, reader));
  expect(threads.run(procedures.protect(domain, reader, link, 0))).toBe(first);
  threads.image[link] = 0;
  for (const node of nodes) {
    threads.run(procedures.retire(domain, remover, node));
    for (let i = 0; i < 5; i++) threads.run(procedures.quiescent(domain, remover));
  }
  expect(freed).toHaveLength(early);
  expect(freed).not.toContain(first);
  threads.run(procedures.leave(domain, reader));
  threads.run(procedures.offline(domain, reader));
  for (let i = 0; i < 3; i++) threads.run(procedures.quiescent(domain, remover));
  expect(freed.toSorted((a, b) => a - b)).toEqual(nodes);
});

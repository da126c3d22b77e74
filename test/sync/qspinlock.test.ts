import { describe, expect, test } from 'vitest';
import {
  LOCKED,
  LOCKED_MASK,
  node_at,
  PENDING,
  TAIL_MASK,
  tail_of,
} from '../../src/sync/qspinlock_word.ts';
import { lock_self, SELF_STRIDE } from '../../src/sync/self.ts';

const PEERS = 4096;
const nodes = [lock_self.node0.at, lock_self.node1.at, lock_self.node2.at, lock_self.node3.at];

/** What a procedure returns that asks for one word. */
function answered(procedure: Generator<unknown, number, number>, word: number): number | undefined {
  procedure.next();
  const { done, value } = procedure.next(word);
  return done === true ? value : undefined;
}

describe('the word of qspinlock', () => {
  test('locked is byte 0, pending bit 8, the tail bits 16 to 31', () => {
    expect([LOCKED, LOCKED_MASK, PENDING, TAIL_MASK >>> 0]).toEqual([1, 0xff, 0x100, 0xffff0000]);
  });

  test.each([
    [0, 0, 0x0004_0000],
    [0, 3, 0x0007_0000],
    [1, 0, 0x0008_0000],
    [29, 2, 0x007a_0000],
  ])(
    'thread %i, node %i: thread + 1 from bit 18, the node in bits 16 and 17',
    (thread, node, tail) => {
      const self = PEERS + thread * SELF_STRIDE;
      const place = self + (nodes[node] ?? 0);
      expect(answered(tail_of(self, place), thread + 1)).toBe(tail);
      expect(answered(node_at(PEERS, tail | PENDING | LOCKED), PEERS)).toBe(place);
    },
  );
});

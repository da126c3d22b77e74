/** What verification sees of how a lock is used, and of whose queue nodes are touched. */
import type { Invariant } from '../actor/program.ts';
import { contest, MISUSE } from '../sync/contest.ts';
import { lock_node, lock_self } from '../sync/self.ts';

/** A lock is released by its holder, and not taken by it again. */
export function usedRight(c: number): Invariant {
  return {
    name: 'owner',
    cite: 'locks.md 5',
    when: [c + contest.misuse],
    check: (memory) => {
      const misuse = memory.read(c + contest.misuse);
      if (misuse === MISUSE.NONE) return;
      const addr = c + contest.owner;
      return misuse === MISUSE.UNLOCK
        ? { verdict: 'bad-unlock', oracle: '', message: 'unlock by one who does not hold it', addr }
        : { verdict: 'recursive-lock', oracle: '', message: 'taken again by its holder', addr };
    },
  };
}

/**
 * A queue node that serves no lock (before take_node, after drop_node) is in no queue: whoever
 * changes a word of it writes to a node that is not published, or not any more.
 */
export function nodesPublished(selves: readonly number[]): readonly Invariant[] {
  const { node0, node1, node2, node3 } = lock_self;
  const nodes = selves.flatMap((self) => [node0, node1, node2, node3].map(({ at }) => self + at));
  return nodes.map((node): Invariant => {
    return {
      name: 'unpublished-node',
      cite: 'locks.md 2',
      when: [lock_node.next, lock_node.wait, lock_node.prev].map((at) => node + at),
      check: (memory) => {
        if (memory.read(node + lock_node.lock) !== 0) return;
        const message = `${memory.name(node)} was written to: it is in no queue`;
        return { verdict: 'assertion', oracle: '', message, addr: node };
      },
    };
  });
}

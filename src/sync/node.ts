/** Which of its nodes a thread uses for which lock. Bookkeeping of one thread: no shared access. */
import { BUG_ON, ghost_read, ghost_write, type Proc, type Ptr } from '#ops';
import { LINE, lock_node, lock_self, NODES } from './self.ts';

/** A node that serves no lock; from here on it serves this one. */
export function* take_node(self: Ptr, lock: Ptr): Proc<Ptr> {
  let node = self + lock_self.node0.at;
  let left = NODES;
  while ((yield ghost_read(node + lock_node.lock)) !== 0) {
    left -= 1;
    yield BUG_ON(left === 0 ? 1 : 0);
    node += LINE;
  }
  yield ghost_write(node + lock_node.lock, lock);
  return node;
}

/** The node that serves a lock which this thread holds or waits for. */
export function* node_of(self: Ptr, lock: Ptr): Proc<Ptr> {
  let node = self + lock_self.node0.at;
  let left = NODES;
  while ((yield ghost_read(node + lock_node.lock)) !== lock) {
    left -= 1;
    yield BUG_ON(left === 0 ? 1 : 0);
    node += LINE;
  }
  return node;
}

/** Nobody else will look at the node any more. */
export function* drop_node(node: Ptr): Proc<void> {
  yield ghost_write(node + lock_node.lock, 0);
}

/** From here on this thread has its place: of a fair lock, whoever begins later comes later. */
export function* queued(self: Ptr): Proc<void> {
  yield ghost_write(self + lock_self.queued, 1);
}

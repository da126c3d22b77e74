/** An MCS lock that tidies its node up after it has given it back: the next use of it is hurt. */
import { cmpxchg, type Proc, type Ptr, READ_ONCE, smp_store_release, WRITE_ONCE } from '#ops';
import { lockSystem } from '../../src/scenarios/lock_system.ts';
import { mcs, mcs_lock, mcs_lock_t, successor } from '../../src/sync/mcs.ts';
import { drop_node, node_of } from '../../src/sync/node.ts';
import { lock_node } from '../../src/sync/self.ts';

function* late_unlock(lock: Ptr, self: Ptr): Proc<void> {
  const node = yield* node_of(self, lock);
  let next = yield READ_ONCE(node + lock_node.next);
  if (next === 0 && (yield cmpxchg(lock + mcs_lock_t.tail, node, 0)) !== node) {
    next = yield* successor(node);
  }
  if (next !== 0) yield smp_store_release(next + lock_node.wait, 0);
  yield* drop_node(node);
  yield WRITE_ONCE(node + lock_node.next, 0);
}

const procedures = Object.freeze({ lock: mcs_lock, unlock: late_unlock });
const lateNode = { ...mcs, id: 'late-node', broken: ['assertion'] as const, procedures };
const title = 'a node is written to after its use';
export const system = lockSystem('late-node', title, [lateNode]);

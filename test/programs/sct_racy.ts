/** SCTBench programs without a lock where one is needed (engines.md 3.4: 8, 12). */
import { BUG_ON, mutex_lock, mutex_unlock, type Proc, type Ptr, read, write } from '#ops';
import { DONE } from './done.ts';
import { cells, file_system } from './structs.ts';

/** reorder: a is cell 0, b is cell 1. */
export function* reorder_set(at: Ptr): Proc<number> {
  yield write(at + cells.at.at, 1);
  yield write(at + cells.at.at + 1, -1);
  return DONE;
}

/** The reads of C's short circuit are steps of their own. */
export function* reorder_check(at: Ptr): Proc<number> {
  const a = at + cells.at.at;
  const b = at + cells.at.at + 1;
  const good =
    ((yield read(a)) === 0 && (yield read(b)) === 0) ||
    ((yield read(a)) === 1 && (yield read(b)) === -1);
  yield BUG_ON(good ? 0 : 1);
  return DONE;
}

/** fsbench: inode i gets a free block, searched from 2 * i; actor 26 has no inode. */
export function* fs_create(at: Ptr, i: number): Proc<number> {
  const lock = at + file_system.inode_lock.at + 3 * i;
  yield mutex_lock(lock);
  if ((yield read(at + file_system.inode.at + i)) === 0) {
    let block = (2 * i) % 26;
    while (true) {
      const block_lock = at + file_system.block_lock.at + 3 * block;
      yield mutex_lock(block_lock);
      const busy = yield read(at + file_system.busy.at + block);
      if (busy === 0) {
        yield write(at + file_system.busy.at + block, 1);
        yield write(at + file_system.inode.at + i, block + 1);
      }
      yield mutex_unlock(block_lock);
      if (busy === 0) break;
      block = (block + 1) % 26;
    }
  }
  yield mutex_unlock(lock);
  return DONE;
}

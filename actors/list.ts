/**
 * Doubly linked lists as the kernel has them: a head is an entry that holds nothing, an unlinked
 * entry is poisoned (eeh.md 1.3.8). Nothing here takes a lock; each link is an access of its own.
 */
import { type Proc, type Ptr, READ_ONCE, read, WRITE_ONCE, write } from '#ops';
import { LIST_POISON1, LIST_POISON2, list_head } from '../src/memory/kernel_structs.ts';

export function* INIT_LIST_HEAD(list: Ptr): Proc<void> {
  yield write(list + list_head.next, list);
  yield write(list + list_head.prev, list);
}

/** The new entry is reachable from `prev` with the last write, from `next` with the first. */
function* list_insert(entry: Ptr, prev: Ptr, next: Ptr): Proc<void> {
  yield write(next + list_head.prev, entry);
  yield write(entry + list_head.next, next);
  yield write(entry + list_head.prev, prev);
  yield WRITE_ONCE(prev + list_head.next, entry);
}

/** Right after the head: a stack. */
export function* list_add(entry: Ptr, head: Ptr): Proc<void> {
  yield* list_insert(entry, head, yield read(head + list_head.next));
}

/** Right before the head: a queue. */
export function* list_add_tail(entry: Ptr, head: Ptr): Proc<void> {
  yield* list_insert(entry, yield read(head + list_head.prev), head);
}

/** Unlinks and poisons: whoever still walks over the entry falls over the poison. */
export function* list_del(entry: Ptr): Proc<void> {
  const prev = yield read(entry + list_head.prev);
  const next = yield read(entry + list_head.next);
  yield write(next + list_head.prev, prev);
  yield WRITE_ONCE(prev + list_head.next, next);
  yield write(entry + list_head.next, LIST_POISON1);
  yield write(entry + list_head.prev, LIST_POISON2);
}

export function* list_empty(head: Ptr): Proc<number> {
  return (yield READ_ONCE(head + list_head.next)) === head ? 1 : 0;
}

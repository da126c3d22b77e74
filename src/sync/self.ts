/**
 * What a lock algorithm knows of the thread that calls it: its number, words of its own, and queue
 * nodes, as Linux keeps four per CPU. Whatever one thread writes and others poll lies on a cache
 * line of its own (64 bytes, 16 words).
 */
import { embed, struct, word, words } from '../memory/layout.ts';

/** Words of a cache line. */
export const LINE = 16;
/** Locks of one kind that a thread may hold at once. */
export const NODES = 4;

/** A place in a lock's queue; which fields are used, the algorithm says. One line. */
export const lock_node = struct('lock_node', {
  next: word('the waiter behind, 0 if none is linked yet', 'written by the successor'),
  wait: word('what its waiter polls', 'written by the predecessor'),
  prev: word('the waiter before', 'the algorithm says'),
  self: word('lock_self of the thread that waits with it', 'const'),
  lock: word('bookkeeping: the lock it serves, 0 = unused', 'its thread alone'),
  extra: words(LINE - 5, 'what the algorithm keeps beside that'),
});

/** One per thread; the second argument of every lock procedure. */
export const lock_self = struct('lock_self', {
  id: word('1 + index of the thread', 'const'),
  cpu: word('CPU it runs on', 'const'),
  threads: word('how many threads there are', 'const'),
  peers: word('lock_self of the first thread; they lie one after the other', 'const'),
  queued: word('bookkeeping: 1 from where it has a place in the queue to the end of lock()'),
  ahead: word('bookkeeping: bit mask of those who were queued when it began'),
  reads: word('bookkeeping: 1 while it waits as a reader'),
  parks: word('bookkeeping: times it slept'),
  own: words(LINE - 8, 'words that no other thread touches; the algorithm says'),
  grant: word('polled by a successor (Hemlock)', 'the algorithm says'),
  shared: words(LINE - 1, 'the rest of that line; the algorithm says'),
  node0: embed(lock_node, 'for the first lock held'),
  node1: embed(lock_node, 'for the second'),
  node2: embed(lock_node, 'for the third'),
  node3: embed(lock_node, 'for the fourth'),
});

/** From one thread's lock_self to the next: each is followed by a line that belongs to nobody. */
export const SELF_STRIDE = lock_self.sizeof + LINE;

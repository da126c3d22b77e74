/** What the test programs keep in memory. Words that nothing guards are racy on purpose. */
import {
  completion,
  irq_desc,
  kref,
  list_head,
  mutex,
  rw_semaphore,
  spinlock,
  wait_queue_head,
  work_struct,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** 64 shared words: programs that need no more than a few variables. */
export const cells = struct('t_cells', { at: words(64, 'shared words') });

/** A mutex whose order lockdep is told not to check, so that a deadlock is reached. */
export const quiet_mutex = struct('t_quiet_mutex', {
  m: embed(mutex, 'no lockdep class', { novalidate: true }),
});

/** Two locks and some data: account, lazy, twostage, sync. */
export const shared = struct('t_shared', {
  m: embed(mutex, 'guards the words below, where a program says so'),
  m2: embed(mutex, 'a second lock'),
  full: embed(wait_queue_head, 'condition: something was put'),
  empty: embed(wait_queue_head, 'condition: something was taken'),
  ended: embed(completion, 'one complete() by each thread that is joined'),
  a: word('a'),
  b: word('b'),
  c: word('c'),
  d: word('d'),
});

/** Bounded buffer. */
export const ring = struct('t_ring', {
  m: embed(mutex, 'guards all'),
  not_full: word('futex word: bumped when a slot is freed', 'm'),
  not_empty: word('futex word: bumped when an item is put', 'm'),
  puts_waiting: word('producers that wait', 'm'),
  takes_waiting: word('consumers that wait', 'm'),
  first: word('index of the oldest item', 'm'),
  next: word('index of the next free slot', 'm'),
  count: word('items in it', 'm'),
  slot: words(10, 'items', 'm'),
});

/** pbzip2's queue: lock and conditions die with it. */
export const work_queue = struct('t_work_queue', {
  m: embed(mutex, 'guards the queue'),
  more: embed(wait_queue_head, 'items or the end have come'),
  items: word('blocks to compress', 'm'),
  done: word('the producer has ended', 'm'),
});

/** fsbench: inode table and block bitmap with a lock each; the locks come last, 3 words each. */
export const file_system = struct('t_file_system', {
  inode: words(26, 'block + 1 of each inode', 'its lock'),
  busy: words(26, 'block in use', 'its lock'),
  block_lock: words(78, 'mutexes of the blocks, three words each'),
  inode_lock: words(78, 'mutexes of the inodes, three words each'),
});

/** ctrace: tables of a tracing library. */
export const trace_table = struct('t_trace_table', {
  m: embed(mutex, 'guards entries'),
  entries: words(3, 'level of each traced thread', 'm'),
});
export const tracer = struct('t_tracer', {
  on: word('tracing is initialised: nothing guards it, that is the bug'),
  table: word('the live trace_table, 0 after shutdown'),
  lines: word('trace lines written'),
});

/** qsort_mt: a pool of sorting threads. */
export const sorter = struct('t_sorter', {
  m: embed(mutex, 'guards state and job'),
  wake: embed(wait_queue_head, 'state changed'),
  state: word('0 idle, 1 has work, 2 must end', 'm'),
  job: word('the piece to sort', 'm'),
});
export const sort_pool = struct('t_sort_pool', {
  m: embed(mutex, 'guards idle and left'),
  finished: embed(wait_queue_head, 'left came to 0'),
  idle: word('threads without work', 'm'),
  left: word('pieces not yet sorted', 'm'),
  sorted: words(4, 'how often each piece was sorted'),
});

/** A device with an interrupt, a work item, an event queue: the kernel-flavoured programs. */
export const device = struct('t_device', {
  lock: embed(spinlock, 'guards list'),
  big_lock: embed(mutex, 'pci_rescan_remove_lock in small'),
  sem: embed(rw_semaphore, 'a reader-writer lock'),
  irq: embed(irq_desc, 'its interrupt line'),
  work: embed(work_struct, 'deferred work'),
  queue: embed(wait_queue_head, 'its daemon sleeps here'),
  done: embed(completion, 'a command has ended'),
  list: embed(list_head, 'of t_event.list; lock'),
  current_object: word('the object that opens find'),
  readers: word('rcu readers inside'),
  state: word('a statechart by itself'),
  other: word('a second word beside state'),
});
export const event = struct('t_event', {
  list: embed(list_head, 'in device.list; device.lock'),
  value: word('payload'),
});
export const object = struct('t_object', {
  ref: embed(kref, 'references'),
  value: word('payload'),
});

/** Something that is freed while others wait inside it; the completion is its last word. */
export const mortal = struct('t_mortal', {
  m: embed(mutex, 'a lock that dies'),
  done: embed(completion, 'a completion that dies'),
});

/** Twelve instances of each kind: random programs choose among them. */
export const arena = struct('t_arena', {
  word: words(6, 'shared words'),
  ghost: words(3, 'bookkeeping'),
  result: words(12, 'three words an actor, written at its end'),
  code: words(160, 'the table that the interpreter runs'),
  lock0: embed(spinlock, 'a lock'),
  lock1: embed(mutex, 'a lock'),
  sem: embed(rw_semaphore, 'a lock'),
  queue: embed(wait_queue_head, 'a wait queue'),
  done: embed(completion, 'a completion'),
});
export const piece = struct('t_piece', { x: word('payload'), y: word('payload') });

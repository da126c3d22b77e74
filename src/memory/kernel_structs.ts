/**
 * The kernel's small building blocks as the laboratory lays them out, and its poison values.
 * The words of a lock are the lock's whole state in every lowering: abstract exploration keeps
 * owner and waiters there, a real algorithm its own bits.
 */
import { embed, struct, word } from './layout.ts';

/** include/linux/poison.h on 64 bit, cut to the word that identifies it: 0x5deadbeef0000100. */
export const LIST_POISON1 = 0x5dead100 | 0;
export const LIST_POISON2 = 0x5dead122 | 0;
/** SLUB POISON_FREE 0x6b in every byte of a freed object, POISON_END 0xa5 in its last byte. */
export const POISON_FREE_WORD = 0x6b6b6b6b | 0;
export const POISON_END_WORD = 0xa56b6b6b | 0;
export const NULL = 0;

export const list_head = struct('list_head', {
  next: word('next entry, or the head itself'),
  prev: word('previous entry, or the head itself'),
});

/** spinlock_t and raw_spinlock_t. */
export const spinlock = struct('spinlock', {
  val: word('0 free; otherwise the algorithm in use says'),
  owner: word('actor id + 1 of the holder, for reports'),
});

export const mutex = struct('mutex', {
  val: word('0 free; otherwise the algorithm in use says'),
  owner: word('actor id + 1 of the holder'),
  waiters: word('sleepers, for the algorithm in use'),
});

export const rw_semaphore = struct('rw_semaphore', {
  val: word('readers holding it, or -1 for a writer'),
  owner: word('actor id + 1 of the writer'),
  readers: word('bit mask of the actors that read, for reports'),
  waiting: word('bit mask of writers queued: new readers wait behind them'),
});

export const completion = struct('completion', {
  done: word('complete() calls not yet consumed'),
});

export const wait_queue_head = struct('wait_queue_head', {
  waiters: word('bit mask of the actors queued by prepare_to_wait'),
});

export const work_struct = struct('work_struct', {
  pending: word('queued and not yet taken by its worker'),
  running: word('actor id + 1 of the worker inside the function'),
  expires: word('virtual ms before which a delayed work is not taken; 0 = at once'),
});

/** One interrupt line, as irq_desc keeps it. */
export const irq_desc = struct('irq_desc', {
  pending: word('an edge arrived, or the level is high, and was not yet taken'),
  inprogress: word('actor id + 1 of the handler that runs (IRQD_IRQ_INPROGRESS)'),
  depth: word('disable_irq nesting; the line is masked while > 0'),
  level: word('1 while a level-triggered source asserts the line'),
});

export const kref = struct('kref', {
  refcount: word('references held; 0 = being released'),
});

/** Used by models that keep a refcount and a lock side by side. */
export const device_lock = struct('device_lock', {
  mutex: embed(mutex, 'device_lock(): taken by driver bind, unbind and error callbacks', {
    // Linux: lockdep_set_novalidate_class(&dev->mutex), drivers/base/core.c
    novalidate: true,
  }),
});

/** What the canaries keep in memory. */
import {
  completion,
  irq_desc,
  kref,
  list_head,
  mutex,
  rw_semaphore,
  spinlock,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

export const box = struct('canary_box', {
  next: word('pointer to another box, or 0'),
  entry: embed(list_head, 'in a list'),
  ref: embed(kref, 'references'),
});

export const stage = struct('canary_stage', {
  a: embed(mutex, 'a mutex'),
  b: embed(mutex, 'another'),
  s: embed(spinlock, 'a spinlock'),
  t: embed(spinlock, 'another'),
  rw: embed(rw_semaphore, 'a rw_semaphore'),
  wq: embed(wait_queue_head, 'a wait queue'),
  done: embed(completion, 'a completion'),
  irq: embed(irq_desc, 'an interrupt line'),
  box: word('pointer to a box'),
  flag: word('a condition'),
  state: word('a statechart of its own: 0 OFF, 1 ON, 2 BROKEN'),
});

/** Memory of the synthetic programs. */
import {
  completion,
  device_lock,
  irq_desc,
  kref,
  list_head,
  mutex,
  rw_semaphore,
  spinlock,
  wait_queue_head,
  work_struct,
} from '../../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../../src/memory/layout.ts';

export const demo_node = struct('demo_node', {
  list: embed(list_head, 'link in demo.nodes'),
  value: word('what it carries', 'demo.lock'),
  ref: embed(kref, 'references'),
});

export const demo = struct('demo', {
  lock: embed(spinlock, 'guards nodes and count'),
  other_lock: embed(spinlock, 'the second one of lock orders'),
  mutex_a: embed(mutex, 'guards total'),
  mutex_b: embed(mutex, 'the second one of mutex orders'),
  sem: embed(rw_semaphore, 'guards pair'),
  nodes: embed(list_head, 'all demo_nodes', undefined),
  count: word('nodes in the list', 'lock'),
  total: word('sum, written without atomics', 'mutex_a'),
  pair: word('written together with pair_copy', 'sem'),
  pair_copy: word('always equal to pair', 'sem'),
  done: embed(completion, 'the adder is through'),
  wq: embed(wait_queue_head, 'waits for flag'),
  flag: word('a condition somebody waits for'),
  shared: word('a pointer that is handed about'),
  irq: embed(irq_desc, 'line of the demo device'),
  work: embed(work_struct, 'demo work'),
  dev_a: embed(device_lock, 'one device'),
  dev_b: embed(device_lock, 'another one; lockdep does not check their order'),
  seen: word('interrupts, works or turns handled'),
  state: word('a statechart of its own'),
});

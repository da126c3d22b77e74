/**
 * What a system of one's own is written with (docs/writing-a-system.md). Operations come from
 * `hotrace/ops`, because each lowering has its own form of them.
 */
export type {
  ActorSpec,
  Binding,
  Context,
  Invariant,
  Measure,
  MemoryView,
  Program,
  TimerModel,
  WatchedWord,
} from './actor/program.ts';
export { ImageBuilder, type MemoryLayout } from './memory/image.ts';
export {
  completion,
  device_lock,
  irq_desc,
  kref,
  LIST_POISON1,
  LIST_POISON2,
  list_head,
  mutex,
  NULL,
  rw_semaphore,
  spinlock,
  wait_queue_head,
  work_struct,
} from './memory/kernel_structs.ts';
export { embed, struct, word, words } from './memory/layout.ts';
export { eventCodes } from './ops/events.ts';
export type { Finding, Verdict } from './oracles/verdict.ts';
export { type LockSystem, lockSystem } from './scenarios/lock_system.ts';
export type {
  BuildRequest,
  Design,
  Expectation,
  Mark,
  Race,
  System,
} from './scenarios/system.ts';
export type {
  ExclusiveLock,
  Fairness,
  LockAlgorithm,
  ReadersWriterLock,
  Reclamation,
  Refcount,
  SequenceLock,
} from './sync/algorithm.ts';
export { drop_node, node_of, queued, take_node } from './sync/node.ts';
export { LINE, lock_node, lock_self } from './sync/self.ts';
export { findHost, type Host, misfit, type Need } from './topology/host.ts';
export type { Machine } from './topology/machine.ts';

/** What the kernel's hung task detector looks at, and how long it looks on. */
import { OPS } from '../ops/vocabulary.ts';

/** hung_task_timeout_secs: 120. */
export const HUNG_TASK_MS = 120_000;

/** Operations that wait for whoever holds a lock. */
export const LOCK_WAITS: ReadonlySet<number> = new Set<number>([
  OPS.spin_lock.kind,
  OPS.spin_lock_irqsave.kind,
  OPS.mutex_lock.kind,
  OPS.down_read.kind,
  OPS.down_write.kind,
]);

/** Operations that sleep in TASK_UNINTERRUPTIBLE. */
export const UNINTERRUPTIBLE: ReadonlySet<number> = new Set<number>([
  OPS.mutex_lock.kind,
  OPS.down_read.kind,
  OPS.down_write.kind,
  OPS.wait_for_completion.kind,
  OPS.cancel_work_sync.kind,
  OPS.synchronize_hardirq.kind,
]);

/**
 * The vocabulary of operations: every word that a procedure may yield, in one table that all
 * lowerings are made from. A kind's number is part of recorded schedules: append, never renumber.
 */

/**
 * visible: other actors can tell when it happens, so it is a scheduling point.
 * ghost: bookkeeping of the model or of reports; performed at once, never a scheduling point.
 */
export type Visibility = 'visible' | 'ghost';

export interface OpSpec {
  readonly kind: number;
  /** Operand names, for traces; at most OPERANDS_MAX. */
  readonly operands: readonly string[];
  readonly visibility: Visibility;
  /** May sleep: a violation in atomic context (might_sleep). */
  readonly sleeps?: true;
}

function op(kind: number, operands: string, flags: Partial<OpSpec> = {}): OpSpec {
  const names = operands === '' ? [] : operands.split(' ');
  return { kind, operands: names, visibility: 'visible', ...flags };
}

const ghost = { visibility: 'ghost' } as const;
const sleeps = { sleeps: true } as const;

export const OPS = {
  // memory
  read: op(1, 'addr'),
  write: op(2, 'addr value'),
  READ_ONCE: op(3, 'addr'),
  WRITE_ONCE: op(4, 'addr value'),
  smp_load_acquire: op(5, 'addr'),
  smp_store_release: op(6, 'addr value'),
  xchg: op(7, 'addr value'),
  cmpxchg: op(8, 'addr old new'),
  atomic_fetch_add: op(9, 'addr delta'),
  atomic_fetch_or: op(10, 'addr bits'),
  atomic_fetch_and: op(11, 'addr bits'),
  smp_mb: op(12, '', ghost),
  smp_rmb: op(13, '', ghost),
  smp_wmb: op(14, '', ghost),
  // slab
  kzalloc: op(16, 'typeid gfp'),
  kfree: op(17, 'ptr'),
  // reference counts
  refcount_set: op(20, 'addr value'),
  refcount_read: op(21, 'addr'),
  refcount_inc: op(22, 'addr'),
  refcount_inc_not_zero: op(23, 'addr'),
  refcount_dec_and_test: op(24, 'addr'),
  // locks
  spin_lock: op(32, 'lock'),
  spin_unlock: op(33, 'lock'),
  spin_trylock: op(34, 'lock'),
  spin_lock_irqsave: op(35, 'lock'),
  spin_unlock_irqrestore: op(36, 'lock'),
  raw_spin_lock_irqsave: op(35, 'lock'),
  raw_spin_unlock_irqrestore: op(36, 'lock'),
  raw_spin_lock: op(32, 'lock'),
  raw_spin_unlock: op(33, 'lock'),
  mutex_lock: op(37, 'lock', sleeps),
  mutex_unlock: op(38, 'lock'),
  mutex_trylock: op(39, 'lock'),
  down_read: op(40, 'lock', sleeps),
  up_read: op(41, 'lock'),
  down_write: op(42, 'lock', sleeps),
  up_write: op(43, 'lock'),
  lockdep_assert_held: op(44, 'lock', ghost),
  might_sleep: op(45, '', { ...ghost, ...sleeps }),
  local_irq_disable: op(46, ''),
  local_irq_enable: op(47, ''),
  local_bh_disable: op(48, ''),
  local_bh_enable: op(49, ''),
  // waiting
  prepare_to_wait: op(56, 'wq'),
  finish_wait: op(57, 'wq'),
  schedule: op(58, '', sleeps),
  schedule_timeout: op(59, 'ms', sleeps),
  wake_up: op(60, 'wq'),
  wake_up_all: op(61, 'wq'),
  complete: op(62, 'completion'),
  wait_for_completion: op(63, 'completion', sleeps),
  futex_wait: op(64, 'addr expected'),
  futex_wake: op(65, 'addr count'),
  cpu_relax: op(66, ''),
  // time (virtual milliseconds)
  msleep: op(72, 'ms', sleeps),
  ktime_ms: op(73, ''),
  // interrupts and deferred work
  raise_irq: op(80, 'desc'),
  irq_enter: op(81, 'desc'),
  irq_exit: op(82, 'desc'),
  disable_irq_nosync: op(83, 'desc'),
  enable_irq: op(84, 'desc'),
  synchronize_hardirq: op(85, 'desc', sleeps),
  lower_irq: op(86, 'desc'),
  queue_work: op(88, 'work'),
  queue_delayed_work: op(89, 'work ms'),
  work_wait: op(90, 'work'),
  work_done: op(91, 'work'),
  cancel_work_sync: op(92, 'work', sleeps),
  cancel_work: op(93, 'work'),
  // devices
  readl: op(96, 'reg'),
  writel: op(97, 'reg value'),
  // nondeterminism, assertions, log
  choose: op(104, 'count'),
  BUG_ON: op(105, 'condition', ghost),
  WARN_ON: op(106, 'condition text', ghost),
  printk: op(107, 'format a b c d e f g h', ghost),
  // the model's own bookkeeping: not kernel memory accesses
  ctx_get: op(112, 'index', ghost),
  ctx_set: op(113, 'index value', ghost),
  ghost_read: op(114, 'addr', ghost),
  ghost_write: op(115, 'addr value', ghost),
  ghost_add: op(116, 'addr delta', ghost),
  current: op(117, '', ghost),
  delay: op(118, 'count', ghost),
} as const satisfies Record<string, OpSpec>;

export type OpName = keyof typeof OPS;
export const OPERANDS_MAX = 9;
/** Registers of one actor for ctx_get and ctx_set. */
export const CTX_REGISTERS = 16;

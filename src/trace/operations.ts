/**
 * What a recorded step did, seen from its kind: which word it concerns, whether it takes or
 * releases a lock, allocates, frees, wakes or sleeps. Made from the vocabulary's table, so that a
 * new operation is at least shown under its own name.
 */
import { OPS, type OpName, type OpSpec } from '../ops/vocabulary.ts';
import type { TraceStep } from './record.ts';

/** The part of a step that these questions need; a TraceWait answers them too. */
export type Operation = Pick<TraceStep, 'kind' | 'operands' | 'result'>;

interface Entry {
  readonly name: string;
  readonly spec: OpSpec;
}

const BY_KIND = tableByKind();

/** Operands that are addresses; the vocabulary always puts them first. */
const ADDRESS_OPERANDS = new Set([
  'addr',
  'ptr',
  'lock',
  'wq',
  'completion',
  'desc',
  'work',
  'reg',
]);

const LOCK_KINDS = kinds('spin_lock', 'spin_lock_irqsave', 'mutex_lock', 'down_read', 'down_write');
const TRYLOCK_KINDS = kinds('spin_trylock', 'mutex_trylock');
const UNLOCK_KINDS = kinds(
  'spin_unlock',
  'spin_unlock_irqrestore',
  'mutex_unlock',
  'up_read',
  'up_write',
);
const SPIN_KINDS = kinds('spin_lock', 'spin_lock_irqsave', 'spin_trylock');
const RWSEM_KINDS = kinds('down_read', 'down_write', 'up_read', 'up_write');
const WAKE_KINDS = kinds(
  'wake_up',
  'wake_up_all',
  'complete',
  'futex_wake',
  'queue_work',
  'queue_delayed_work',
  'raise_irq',
);
const SLEEP_KINDS = kinds(
  'schedule',
  'schedule_timeout',
  'msleep',
  'wait_for_completion',
  'futex_wait',
);
const IRQ_KINDS = kinds('raise_irq', 'irq_enter', 'irq_exit');
const READ_KINDS = kinds('read', 'READ_ONCE', 'smp_load_acquire', 'refcount_read', 'readl');
/** Ordinary memory accesses: what carries pointers and data from one actor to another. */
const MEMORY_KINDS = kinds(
  'read',
  'write',
  'READ_ONCE',
  'WRITE_ONCE',
  'smp_load_acquire',
  'smp_store_release',
  'xchg',
  'cmpxchg',
);
const STORE_KINDS = kinds('write', 'WRITE_ONCE', 'smp_store_release', 'writel', 'refcount_set');
const REFCOUNT_KINDS = kinds(
  'refcount_set',
  'refcount_read',
  'refcount_inc',
  'refcount_inc_not_zero',
  'refcount_dec_and_test',
);
/** The model's own bookkeeping: no kernel code does it, so no report shows it. */
const HIDDEN_KINDS = kinds(
  'ctx_get',
  'ctx_set',
  'ghost_read',
  'ghost_write',
  'ghost_add',
  'current',
  'delay',
);

export function operationName(kind: number): string {
  return BY_KIND.get(kind)?.name ?? `op${kind}`;
}

/** Operand names in order, as the vocabulary declares them. */
export function operandNames(kind: number): readonly string[] {
  return BY_KIND.get(kind)?.spec.operands ?? [];
}

export function isAddressOperand(name: string): boolean {
  return ADDRESS_OPERANDS.has(name);
}

/** The word or object an operation concerns: its address operand, or what kzalloc handed out. */
export function addressOf(op: Operation): number | undefined {
  if (isAlloc(op)) return op.result === 0 ? undefined : op.result;
  const first = operandNames(op.kind)[0];
  return first !== undefined && ADDRESS_OPERANDS.has(first) ? op.operands[0] : undefined;
}

/** It tried to take a lock, whether or not it got it. */
export function locks(kind: number): boolean {
  return LOCK_KINDS.has(kind) || TRYLOCK_KINDS.has(kind);
}

/** A trylock cannot deadlock, so it makes no dependency (as lockdep sees it). */
export function triesLock(kind: number): boolean {
  return TRYLOCK_KINDS.has(kind);
}

/** After this step its actor holds the lock. */
export function acquires(op: Operation): boolean {
  return LOCK_KINDS.has(op.kind) || (TRYLOCK_KINDS.has(op.kind) && op.result !== 0);
}

export function releases(op: Operation): boolean {
  return UNLOCK_KINDS.has(op.kind);
}

export function lockType(kind: number): 'spinlock' | 'mutex' | 'rwsem' {
  if (SPIN_KINDS.has(kind)) return 'spinlock';
  return RWSEM_KINDS.has(kind) ? 'rwsem' : 'mutex';
}

export function isAlloc(op: Operation): boolean {
  return op.kind === OPS.kzalloc.kind;
}

export function isFree(op: Operation): boolean {
  return op.kind === OPS.kfree.kind;
}

export function isWake(op: Operation): boolean {
  return WAKE_KINDS.has(op.kind);
}

export function isSleep(op: Operation): boolean {
  return SLEEP_KINDS.has(op.kind);
}

/** might_sleep() applies: a violation in atomic context. */
export function maySleep(kind: number): boolean {
  return BY_KIND.get(kind)?.spec.sleeps === true || kind === OPS.kzalloc.kind;
}

export function isIrq(op: Operation): boolean {
  return IRQ_KINDS.has(op.kind);
}

export function isRead(op: Operation): boolean {
  return READ_KINDS.has(op.kind);
}

export function isStore(op: Operation): boolean {
  return STORE_KINDS.has(op.kind);
}

export function isMemory(op: Operation): boolean {
  return MEMORY_KINDS.has(op.kind);
}

export function isRefcount(op: Operation): boolean {
  return REFCOUNT_KINDS.has(op.kind);
}

export function isHidden(op: Operation): boolean {
  return HIDDEN_KINDS.has(op.kind);
}

/** As KASAN words it; everything that is not a plain read modifies memory. */
export function accessWord(op: Operation): 'Read' | 'Write' | 'Free' {
  if (isFree(op)) return 'Free';
  return isRead(op) ? 'Read' : 'Write';
}

function kinds(...names: OpName[]): ReadonlySet<number> {
  return new Set(names.map((name) => OPS[name].kind));
}

/** Names that share a kind (raw_spin_lock) are shown under the first. */
function tableByKind(): ReadonlyMap<number, Entry> {
  const table = new Map<number, Entry>();
  for (const [name, spec] of Object.entries(OPS)) {
    if (!table.has(spec.kind)) table.set(spec.kind, { name, spec });
  }
  return table;
}

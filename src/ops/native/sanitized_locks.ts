/** Sanitized form of locks: the algorithm of src/sync that was handed in, and lockdep. */
import { rw_semaphore } from '../../memory/kernel_structs.ts';
import { OPS } from '../vocabulary.ts';
import { accessible, beforeMove, draw, put, record, refuseLock, run } from './checks.ts';
import { bhOff, bhOn, irqsOff, irqsOn } from './irq.ts';
import {
  checkHeld,
  checkMaySleep,
  checkRecursion,
  noteReleased,
  noteTaken,
  noteTried,
} from './lockdep.ts';
import { enterWait, leaveWait, locks, me, mem, moved, self } from './runtime.ts';

export function spin_lock(site: number, lock: number): void {
  takeSpinlock(site, OPS.spin_lock.kind, lock);
}

export function spin_lock_irqsave(site: number, lock: number): void {
  // Interrupts go off before the lock is taken, so lockdep sees them off.
  irqsOff();
  takeSpinlock(site, OPS.spin_lock_irqsave.kind, lock);
}

function takeSpinlock(site: number, kind: number, lock: number): void {
  enter(site, kind, lock);
  locks.spin_lock(lock);
  taken(site, kind, lock, true);
}

export function spin_unlock(site: number, lock: number): void {
  releaseSpinlock(site, OPS.spin_unlock.kind, lock);
}

export function spin_unlock_irqrestore(site: number, lock: number): void {
  releaseSpinlock(site, OPS.spin_unlock_irqrestore.kind, lock);
  irqsOn();
}

function releaseSpinlock(site: number, kind: number, lock: number): void {
  leaving(site, kind, lock, true);
  locks.spin_unlock(lock);
  left();
}

export function spin_trylock(site: number, lock: number): number {
  beforeMove();
  usable(site, OPS.spin_trylock.kind, lock);
  run.depth++;
  const got = locks.spin_trylock(lock);
  run.depth--;
  return tried(site, OPS.spin_trylock.kind, lock, got, true);
}

export function raw_spin_lock(site: number, lock: number): void {
  spin_lock(site, lock);
}

export function raw_spin_unlock(site: number, lock: number): void {
  spin_unlock(site, lock);
}

export function raw_spin_lock_irqsave(site: number, lock: number): void {
  spin_lock_irqsave(site, lock);
}

export function raw_spin_unlock_irqrestore(site: number, lock: number): void {
  spin_unlock_irqrestore(site, lock);
}

export function mutex_lock(site: number, lock: number): void {
  checkMaySleep(site, OPS.mutex_lock.kind, lock);
  enter(site, OPS.mutex_lock.kind, lock);
  locks.mutex_lock(lock);
  taken(site, OPS.mutex_lock.kind, lock, false);
}

export function mutex_unlock(site: number, lock: number): void {
  leaving(site, OPS.mutex_unlock.kind, lock, false);
  locks.mutex_unlock(lock);
  left();
}

export function mutex_trylock(site: number, lock: number): number {
  beforeMove();
  usable(site, OPS.mutex_trylock.kind, lock);
  run.depth++;
  const got = locks.mutex_trylock(lock);
  run.depth--;
  return tried(site, OPS.mutex_trylock.kind, lock, got, false);
}

export function down_read(site: number, lock: number): void {
  checkMaySleep(site, OPS.down_read.kind, lock);
  enter(site, OPS.down_read.kind, lock);
  locks.down_read(lock);
  Atomics.or(mem, lock + rw_semaphore.readers, 1 << me);
  taken(site, OPS.down_read.kind, lock, false);
}

export function up_read(site: number, lock: number): void {
  leaving(site, OPS.up_read.kind, lock, false);
  locks.up_read(lock);
  left();
}

export function down_write(site: number, lock: number): void {
  checkMaySleep(site, OPS.down_write.kind, lock);
  enter(site, OPS.down_write.kind, lock);
  locks.down_write(lock);
  taken(site, OPS.down_write.kind, lock, false);
}

export function up_write(site: number, lock: number): void {
  leaving(site, OPS.up_write.kind, lock, false);
  locks.up_write(lock);
  left();
}

export function lockdep_assert_held(site: number, lock: number): void {
  checkHeld(site, OPS.lockdep_assert_held.kind, lock);
}

export function might_sleep(site: number): void {
  checkMaySleep(site, OPS.might_sleep.kind, 0);
}

export function local_irq_disable(site: number): void {
  beforeMove();
  irqsOff();
  record(site, OPS.local_irq_disable.kind, 0, 0, 0, 0, 0);
}

export function local_irq_enable(site: number): void {
  beforeMove();
  record(site, OPS.local_irq_enable.kind, 0, 0, 0, 0, 0);
  irqsOn();
}

export function local_bh_disable(site: number): void {
  beforeMove();
  bhOff();
  record(site, OPS.local_bh_disable.kind, 0, 0, 0, 0, 0);
}

export function local_bh_enable(site: number): void {
  beforeMove();
  record(site, OPS.local_bh_enable.kind, 0, 0, 0, 0, 0);
  bhOn();
}

function usable(site: number, kind: number, lock: number): void {
  if (!accessible(lock)) refuseLock(site, kind, lock);
}

function enter(site: number, kind: number, lock: number): void {
  beforeMove();
  usable(site, kind, lock);
  checkRecursion(site, kind, lock);
  enterWait(kind, lock, site);
  run.depth++;
}

/** The second word of every lock is its owner; of a rw_semaphore, the writer. */
function taken(site: number, kind: number, lock: number, spins: boolean): void {
  run.depth--;
  if (kind !== OPS.down_read.kind) mem[lock + 1] = me + 1;
  moved();
  record(site, kind, 0, 1, lock, 0, 0);
  leaveWait();
  noteTaken(lock, spins);
}

function tried(site: number, kind: number, lock: number, got: number, spins: boolean): number {
  if (got !== 0) {
    mem[lock + 1] = me + 1;
    moved();
    noteTried(lock, spins);
  }
  record(site, kind, got, 1, lock, 0, 0);
  return got;
}

/** The release is in the order of operations before anybody can take the lock after it. */
function leaving(site: number, kind: number, lock: number, spins: boolean): void {
  beforeMove();
  usable(site, kind, lock);
  noteReleased(site, kind, lock, spins);
  if (kind === OPS.up_read.kind) Atomics.and(mem, lock + rw_semaphore.readers, ~(1 << me));
  else mem[lock + 1] = 0;
  put(draw(), site, kind, 0, 1, lock, 0);
  run.depth++;
  // No handler may come in while the lock is held but has no owner any more: it is one operation.
  self.irqsOff++;
}

function left(): void {
  self.irqsOff--;
  run.depth--;
  moved();
}

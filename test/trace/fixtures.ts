/**
 * Traces made by hand, for the reports: races as the domain documents tell them, each operation
 * recorded as the engine would record it.
 */
import { LIST_POISON1, LIST_POISON2 } from '../../src/memory/kernel_structs.ts';
import type { Trace } from '../../src/trace/record.ts';
import { fx_dev, fx_pe, Recorder } from './recorder.ts';

const DRIVER = 'actors/eeh/eeh_driver.ts';
const PE = 'actors/eeh/eeh_pe.ts';
const REMOVE = 'actors/pci/remove.ts';

/** Up to the point where eehd asks for the PE after the one that sysfs-remove took away. */
function removedWhileRecovering(free: boolean): { r: Recorder; eehd: number; remove: number } {
  const r = new Recorder();
  const { at } = r;
  const eehd = r.actor('eehd', 928);
  r.actor('mmio', 0, 'softirq');
  const remove = r.actor('sysfs-remove', 1411);
  const rescan = r.actor('sysfs-rescan', 1400);
  r.call(rescan, 'eeh_pe_tree_insert', PE, 1).op(rescan, 200, 'mutex_lock', [at.rescan_lock]);
  r.call(rescan, 'eeh_pe_alloc', PE).op(rescan, 61, 'kzalloc', [fx_pe.typeid, 0], at.pe);
  r.op(rescan, 64, 'write', [at.pe + fx_pe.addr, 0x102]);
  r.op(rescan, 65, 'write', [at.pe + fx_pe.child_list.next, at.pe + fx_pe.child_list.at]);
  r.ret(rescan);
  r.op(rescan, 214, 'write', [at.pe + fx_pe.parent, at.root]);
  r.op(rescan, 215, 'write', [at.pe + fx_pe.child.next, at.root + fx_pe.child_list.at]);
  r.op(rescan, 216, 'write', [at.root + fx_pe.child_list.next, at.pe + fx_pe.child.at]);
  r.op(rescan, 220, 'mutex_unlock', [at.rescan_lock]);
  r.call(eehd, 'eeh_handle_normal_event', DRIVER, 812).call(eehd, 'eeh_pe_report', DRIVER, 390);
  r.move(eehd, 'WAIT', 'EVENT', 'P3');
  r.print(eehd, "EEH: Beginning: 'error_detected(IO frozen)'");
  r.op(eehd, 392, 'read', [at.root + fx_pe.child_list.next], at.pe + fx_pe.child.at);
  for (let i = 0; i < 14; i++) {
    r.op(eehd, 395 + i, 'read', [at.pe + fx_pe.state], i % 3);
  }
  r.op(eehd, 410, 'mutex_lock', [at.dev + fx_dev.lock.at], 0, true);
  r.op(eehd, 411, 'ctx_set', [1, 5]);
  r.timeMs += 250;
  r.op(eehd, 412, 'msleep', [250], 0, true);
  r.call(remove, 'pci_stop_and_remove_bus_device', REMOVE, 120);
  r.op(remove, 121, 'mutex_lock', [at.rescan_lock]);
  r.call(remove, 'eeh_rmv_from_parent_pe', PE, 301);
  r.op(remove, 302, 'read', [at.dev + fx_dev.pe], at.pe);
  r.op(remove, 303, 'write', [at.dev + fx_dev.pe, 0]);
  r.op(remove, 310, 'read', [at.pe + fx_pe.state], 0);
  r.op(remove, 311, 'write', [at.pe + fx_pe.child.next, LIST_POISON1]);
  r.op(remove, 311, 'write', [at.pe + fx_pe.child.prev, LIST_POISON2]);
  if (free) r.op(remove, 312, 'kfree', [at.pe]);
  r.ret(remove).op(remove, 130, 'mutex_unlock', [at.rescan_lock]);
  r.op(eehd, 414, 'mutex_unlock', [at.dev + fx_dev.lock.at]);
  r.call(eehd, 'eeh_pe_next', PE, 80);
  return { r, eehd, remove };
}

export function useAfterFree(): Trace {
  const { r, eehd } = removedWhileRecovering(true);
  const addr = r.at.pe + fx_pe.child_list.next;
  // An access that an oracle refuses has no result.
  r.op(eehd, 88, 'read', [addr]);
  return r.end({ verdict: 'use-after-free', oracle: 'kasan', message: 'use-after-free', addr });
}

export function poisonedLink(): Trace {
  const { r, eehd } = removedWhileRecovering(false);
  const { pe } = r.at;
  r.op(eehd, 88, 'read', [pe + fx_pe.child_list.next], pe + fx_pe.child_list.at);
  r.op(eehd, 91, 'read', [pe + fx_pe.child.next], LIST_POISON1);
  const addr = LIST_POISON1 - fx_pe.child.at + fx_pe.state;
  r.ret(eehd).op(eehd, 395, 'read', [addr], 0);
  return r.end({ verdict: 'wild-access', oracle: 'kasan', message: 'poisoned pointer', addr });
}

export function nullDereference(): Trace {
  const { r, eehd, remove } = removedWhileRecovering(false);
  r.ret(eehd).op(remove, 131, 'write', [r.at.dev + fx_dev.pdev, 0]);
  r.op(eehd, 420, 'read', [r.at.dev + fx_dev.pdev], 0);
  r.op(eehd, 421, 'read', [5], 0);
  return r.end({ verdict: 'null-dereference', oracle: 'kasan', message: 'NULL', addr: 5 });
}

export function doubleFree(): Trace {
  const { r, eehd } = removedWhileRecovering(true);
  const addr = r.at.pe;
  r.call(eehd, 'eeh_pe_free', PE).op(eehd, 140, 'kfree', [addr]);
  return r.end({ verdict: 'double-free', oracle: 'kasan', message: 'double-free', addr });
}

export function refcountFromZero(): Trace {
  const { r, eehd, remove } = removedWhileRecovering(false);
  const addr = r.at.pe + fx_pe.refcount;
  r.op(remove, 131, 'refcount_set', [addr, 1]);
  r.op(remove, 132, 'refcount_dec_and_test', [addr], 1);
  r.op(eehd, 99, 'refcount_inc', [addr]);
  const message = 'refcount_t: addition on 0; use-after-free.';
  return r.end({ verdict: 'refcount', oracle: 'refcount', message, addr });
}

export function leak(): Trace {
  const { r } = removedWhileRecovering(false);
  return r.end({ verdict: 'leak', oracle: 'kmemleak', message: 'leak', addr: r.at.pe });
}

export function dataRace(): Trace {
  const { r, eehd, remove } = removedWhileRecovering(false);
  const addr = r.at.pe + fx_pe.state;
  r.op(remove, 140, 'write', [addr, 3]).op(eehd, 92, 'write', [addr, 1]);
  return r.end({ verdict: 'data-race', oracle: 'kcsan', message: 'data-race', addr });
}

/** T10: eeh_pe_bus_get takes the lock that its caller holds. */
export function recursiveLock(blocked = false): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const lock = r.at.rescan_lock;
  r.call(eehd, 'eeh_handle_normal_event', DRIVER).op(eehd, 815, 'mutex_lock', [lock]);
  r.op(eehd, 816, 'read', [r.at.root + fx_pe.state], 3);
  r.call(eehd, 'eeh_pe_bus_get', PE);
  if (blocked) r.wait(eehd, 501, 'mutex_lock', lock, eehd);
  else r.op(eehd, 501, 'mutex_lock', [lock]);
  const message = 'possible recursive locking detected';
  const verdict = blocked ? 'deadlock' : 'recursive-lock';
  return r.end(
    { verdict, oracle: blocked ? 'hung-task' : 'lockdep', message, addr: lock },
    'eeh-pe/T10',
    'rescan-lock',
  );
}

/** T11e: rescan lock -> device lock here, device lock -> rescan lock there. */
export function inversion(deadlocks: boolean): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const sriov = r.actor('sriov-store', 1411);
  const { rescan_lock, sriov_lock } = r.at;
  r.call(sriov, 'sriov_numvfs_store', 'actors/pci/iov.ts');
  r.op(sriov, 30, 'mutex_lock', [sriov_lock]);
  if (!deadlocks) {
    r.op(sriov, 33, 'mutex_lock', [rescan_lock]).op(sriov, 34, 'mutex_unlock', [rescan_lock]);
    r.op(sriov, 35, 'mutex_unlock', [sriov_lock]);
  }
  r.call(eehd, 'eeh_handle_normal_event', DRIVER).op(eehd, 815, 'mutex_lock', [rescan_lock]);
  r.call(eehd, 'eeh_report_error', DRIVER);
  if (!deadlocks) {
    r.op(eehd, 350, 'mutex_lock', [sriov_lock]);
    const message = 'possible circular locking dependency detected';
    return r.end({ verdict: 'lock-inversion', oracle: 'lockdep', message, addr: sriov_lock });
  }
  r.wait(eehd, 350, 'mutex_lock', sriov_lock, sriov);
  r.wait(sriov, 33, 'mutex_lock', rescan_lock, eehd);
  const message = 'circular wait';
  return r.end({ verdict: 'deadlock', oracle: 'hung-task', message, addr: sriov_lock });
}

/** spin_lock in process context against the same lock in a handler. */
export function irqUnsafe(): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const isr = r.actor('phb-isr', 0, 'hardirq');
  const lock = r.at.confirm_lock;
  r.call(eehd, 'eeh_pe_state_mark', PE).op(eehd, 700, 'spin_lock', [lock]);
  r.op(eehd, 701, 'raise_irq', [r.at.irq]).op(eehd, 705, 'spin_unlock', [lock]);
  r.call(isr, 'pnv_eeh_event', 'actors/powernv/eeh.ts').op(isr, 20, 'irq_enter', [r.at.irq]);
  r.op(isr, 22, 'spin_lock_irqsave', [lock]);
  const message = 'inconsistent lock state';
  return r.end({ verdict: 'irq-unsafe-lock', oracle: 'lockdep', message, addr: lock });
}

export function sleepingInAtomic(): Trace {
  const r = new Recorder();
  const mmio = r.actor('mmio', 77, 'softirq');
  r.call(mmio, 'eeh_dev_check_failure', 'actors/eeh/eeh.ts');
  r.op(mmio, 440, 'spin_lock_irqsave', [r.at.confirm_lock]);
  r.call(mmio, 'eeh_pe_bus_get', PE).op(mmio, 501, 'mutex_lock', [r.at.rescan_lock]);
  const message = 'sleeping function called from invalid context';
  const addr = r.at.rescan_lock;
  return r.end({ verdict: 'sleeping-in-atomic', oracle: 'lockdep', message, addr });
}

/** T6: the unlock goes to another device's mutex, which `owner` holds or nobody does. */
export function badUnlock(held: boolean): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const bind = r.actor('bind', 1500);
  const other = r.at.dev + fx_dev.lock.at;
  r.call(eehd, 'eeh_report_error', DRIVER).op(eehd, 350, 'mutex_lock', [r.at.rescan_lock]);
  r.call(bind, 'device_attach', 'actors/pci/bind.ts');
  if (held) r.op(bind, 15, 'mutex_lock', [other]);
  r.op(eehd, 366, 'mutex_unlock', [other]);
  const message = 'bad unlock balance';
  return r.end({ verdict: 'bad-unlock', oracle: 'lockdep', message, addr: other });
}

/** The wake-up comes between the test of the condition and prepare_to_wait. */
export function lostWakeup(): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const mmio = r.actor('mmio', 0, 'softirq');
  const { wq, root } = r.at;
  r.call(eehd, 'eeh_event_handler', 'actors/eeh/eeh_event.ts');
  r.op(eehd, 40, 'read', [root + fx_pe.state], 0);
  r.call(mmio, 'eeh_send_failure_event', 'actors/eeh/eeh_event.ts');
  r.op(mmio, 90, 'write', [root + fx_pe.state, 1]).op(mmio, 91, 'wake_up', [wq]);
  r.op(eehd, 42, 'prepare_to_wait', [wq]).wait(eehd, 43, 'schedule', wq, -1);
  return r.end({ verdict: 'lost-wakeup', oracle: 'hung-task', message: 'lost wake-up', addr: wq });
}

/** The holder ended without giving the lock back. */
export function hungTask(): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  const remove = r.actor('sysfs-remove', 1411);
  const lock = r.at.dev + fx_dev.lock.at;
  r.call(eehd, 'eeh_report_error', DRIVER).op(eehd, 350, 'mutex_lock', [lock]);
  r.call(remove, 'device_release_driver', 'actors/pci/bind.ts');
  r.wait(remove, 44, 'mutex_lock', lock, eehd);
  return r.end({ verdict: 'hung-task', oracle: 'hung-task', message: 'hung', addr: lock });
}

export function brokenInvariant(): Trace {
  const { r } = removedWhileRecovering(false);
  const addr = r.at.pe + fx_pe.parent;
  const message = 'eeh_pe#1 is in no child_list, but its parent is eeh_pe#0';
  return r.end({ verdict: 'assertion', oracle: 'link-symmetry', message, addr });
}

export function bugOn(): Trace {
  const { r, eehd } = removedWhileRecovering(false);
  r.op(eehd, 95, 'BUG_ON', [1]);
  return r.end({ verdict: 'assertion', oracle: 'bug-on', message: 'BUG_ON(1)', addr: 0 });
}

export function illegalTransition(): Trace {
  const { r, eehd } = removedWhileRecovering(false);
  r.move(eehd, 'P3', 'NEED_RESET', 'P5');
  const message = 'eehd: RECOVERED is not accepted in state P5';
  return r.end({ verdict: 'illegal-transition', oracle: 'machine', message, addr: 0 });
}

export function livelock(): Trace {
  const r = new Recorder();
  const a = r.actor('eehd', 928);
  r.call(a, 'pci_wait_cfg', 'actors/pci/access.ts');
  for (let i = 0; i < 40; i++) r.op(a, 12, 'cpu_relax', []);
  return r.end({ verdict: 'livelock', oracle: 'hung-task', message: 'spins', addr: 0 });
}

export function passing(): Trace {
  const { r } = removedWhileRecovering(false);
  return r.end(undefined);
}

/** Every fixture with a finding, by its file-safe name. */
export const FINDINGS: Readonly<Record<string, () => Trace>> = {
  useAfterFree,
  poisonedLink,
  nullDereference,
  doubleFree,
  refcountFromZero,
  leak,
  dataRace,
  recursiveLock,
  selfDeadlock: () => recursiveLock(true),
  inversion: () => inversion(false),
  abbaDeadlock: () => inversion(true),
  irqUnsafe,
  sleepingInAtomic,
  badUnlock: () => badUnlock(false),
  wrongOwner: () => badUnlock(true),
  lostWakeup,
  hungTask,
  brokenInvariant,
  bugOn,
  illegalTransition,
  livelock,
};

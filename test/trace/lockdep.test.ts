import { describe, expect, test } from 'vitest';
import { dependencyChain, lockClass, lockHistory } from '../../src/trace/locks.ts';
import type { Trace } from '../../src/trace/record.ts';
import { reportOf } from '../../src/trace/report.ts';
import { badUnlock, inversion, irqUnsafe, recursiveLock, sleepingInAtomic } from './fixtures.ts';
import { fx_dev, Recorder } from './recorder.ts';

function linesOf(trace: Trace): string[] {
  return reportOf(trace)?.text.split('\n') ?? [];
}

test('recursion is reported as lockdep does', () => {
  expect(linesOf(recursiveLock())).toEqual([
    '============================================',
    'WARNING: possible recursive locking detected',
    '--------------------------------------------',
    'eehd/928 is trying to acquire lock:',
    '(pci_rescan_remove_lock){mutex}, at: eeh_pe_bus_get (actors/eeh/eeh_pe.ts:501)',
    '',
    'but task is already holding lock:',
    '(pci_rescan_remove_lock){mutex}, at: eeh_handle_normal_event (actors/eeh/eeh_driver.ts:815)',
    '',
    'other info that might help us debug this:',
    ' Possible unsafe locking scenario:',
    '',
    '       CPU0',
    '       ----',
    '  lock(pci_rescan_remove_lock);',
    '  lock(pci_rescan_remove_lock);',
    '',
    ' *** DEADLOCK ***',
    '',
    '1 lock held by eehd/928:',
    ' #0: (pci_rescan_remove_lock){mutex}, at: eeh_handle_normal_event ' +
      '(actors/eeh/eeh_driver.ts:815)',
    '',
    'stack backtrace:',
    'CPU: 0 PID: 928 Comm: eehd  eeh-pe/T10 rescan-lock, step 2',
    'Call Trace:',
    ' eeh_pe_bus_get (actors/eeh/eeh_pe.ts:501)',
    ' eeh_handle_normal_event (actors/eeh/eeh_driver.ts:816)',
  ]);
});

describe('an inversion', () => {
  test('shows the chain that was there before', () => {
    const lines = linesOf(inversion(false));
    expect(lines[1]).toBe('WARNING: possible circular locking dependency detected');
    const chain = lines.indexOf('the existing dependency chain (in reverse order) is:');
    expect(lines.slice(chain + 2, chain + 7)).toEqual([
      '-> #1 (pci_rescan_remove_lock), taken by sriov-store/1411 at step 1 with sriov_lock held:',
      '       sriov_numvfs_store (actors/pci/iov.ts:33)',
      '',
      '-> #0 (sriov_lock):',
      '       eeh_report_error (actors/eeh/eeh_driver.ts:350)',
    ]);
  });

  test('shows how two CPUs come to a standstill', () => {
    const lines = linesOf(inversion(false));
    const at = lines.indexOf('       ----                      ----');
    expect(lines.slice(at - 1, at + 7)).toEqual([
      '       CPU0                      CPU1',
      '       ----                      ----',
      '  lock(pci_rescan_remove_lock);',
      '                                 lock(sriov_lock);',
      '                                 lock(pci_rescan_remove_lock);',
      '  lock(sriov_lock);',
      '',
      ' *** DEADLOCK ***',
    ]);
  });

  test('over three locks names all of them', () => {
    const r = new Recorder();
    const [a, b, c] = [r.actor('a', 1), r.actor('b', 2), r.actor('c', 3)];
    const { rescan_lock, sriov_lock, confirm_lock } = r.at;
    const nest = (actor: number, outer: number, inner: number): void => {
      r.op(actor, 1, 'mutex_lock', [outer]).op(actor, 2, 'mutex_lock', [inner]);
      r.op(actor, 3, 'mutex_unlock', [inner]).op(actor, 4, 'mutex_unlock', [outer]);
    };
    nest(a, rescan_lock, sriov_lock);
    nest(b, sriov_lock, confirm_lock);
    r.op(c, 1, 'mutex_lock', [confirm_lock]).op(c, 2, 'mutex_lock', [rescan_lock]);
    const lines = linesOf(
      r.end({ verdict: 'lock-inversion', oracle: 'lockdep', message: '', addr: rescan_lock }),
    );
    const at = lines.indexOf('Chain exists of:');
    expect(lines[at + 1]).toBe('  pci_rescan_remove_lock --> sriov_lock --> confirm_error_lock');
    expect(lines.filter((line) => /^-> #/.test(line)).map((line) => line.slice(0, 5))).toEqual([
      '-> #2',
      '-> #1',
      '-> #0',
    ]);
  });

  test('whose other half is not in this trace still says what was tried', () => {
    const trace = inversion(false);
    const lines = linesOf({ ...trace, steps: trace.steps.slice(4) });
    expect(lines).toContain('possible circular locking dependency detected');
    expect(lines).toContain('Call Trace:');
  });
});

test('a lock taken on both sides of an interrupt', () => {
  const lines = linesOf(irqUnsafe());
  expect(lines[1]).toBe('WARNING: inconsistent lock state');
  expect(lines[3]).toBe('inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.');
  const at = lines.indexOf('{HARDIRQ-ON-W} state was registered at:');
  expect(lines.slice(at + 1, at + 3)).toEqual([
    '  eehd/928 at step 0:',
    '  eeh_pe_state_mark (actors/eeh/eeh_pe.ts:700)',
  ]);
  expect(lines).toContain('  <Interrupt>');
});

test('sleeping in atomic context says why it is atomic', () => {
  expect(linesOf(sleepingInAtomic()).slice(0, 5)).toEqual([
    'BUG: sleeping function called from invalid context at actors/eeh/eeh_pe.ts:501',
    'in_atomic(): 1, irqs_disabled(): 1, non_block: 0, pid: 77, name: mmio',
    'context: softirq, operation: mutex_lock(pci_rescan_remove_lock)',
    '1 lock held by mmio/77:',
    ' #0: (confirm_error_lock){spinlock}, at: eeh_dev_check_failure (actors/eeh/eeh.ts:440)',
  ]);
});

describe('an unlock', () => {
  test('of what nobody holds is out of balance', () => {
    const lines = linesOf(badUnlock(false));
    expect(lines[1]).toBe('WARNING: bad unlock balance detected!');
    expect(lines).toContain('eehd/928 is trying to release lock (eeh_dev#0.lock) at:');
    expect(lines).toContain('but there are no more locks to release!');
  });

  test('of what another holds names the owner', () => {
    const lines = linesOf(badUnlock(true));
    expect(lines[0]).toBe('DEBUG_LOCKS_WARN_ON(__owner_task(owner) != get_current())');
    expect(lines).toContain(
      'eehd/928 releases eeh_dev#0.lock, which is held by bind/1500 since step 1:',
    );
  });
});

describe('who holds what', () => {
  test('a failed trylock holds nothing, a successful one makes no dependency', () => {
    const r = new Recorder();
    const a = r.actor('a', 1);
    const { rescan_lock, sriov_lock } = r.at;
    r.op(a, 1, 'mutex_trylock', [rescan_lock], 0).op(a, 2, 'mutex_lock', [sriov_lock]);
    r.op(a, 3, 'mutex_trylock', [rescan_lock], 1);
    const trace = r.end(undefined);
    const history = lockHistory(trace);
    expect(history.atEnd[a]?.map((hold) => hold.addr)).toEqual([sriov_lock, rescan_lock]);
    const none = ['sriov_lock', 'pci_rescan_remove_lock'] as const;
    expect(dependencyChain(trace.layout, history.acquisitions, ...none)).toBe(undefined);
  });

  test('an unlock of what was never taken changes nothing', () => {
    const r = new Recorder();
    const a = r.actor('a', 1);
    r.op(a, 1, 'mutex_unlock', [r.at.rescan_lock]).op(a, 2, 'mutex_lock', [r.at.rescan_lock]);
    const history = lockHistory(r.end(undefined));
    expect(history.holds).toHaveLength(1);
    expect(history.holds[0]?.to).toBe(undefined);
  });

  test('a class is the field of the struct, whichever object it lies in', () => {
    const r = new Recorder();
    const { layout } = r.end(undefined);
    expect(lockClass(layout, r.at.dev + fx_dev.lock.at)).toBe('eeh_dev.lock');
    expect(lockClass(layout, r.at.rescan_lock)).toBe('pci_rescan_remove_lock');
  });
});

import { describe, expect, test } from 'vitest';
import type { Trace } from '../../src/trace/record.ts';
import { reportOf } from '../../src/trace/report.ts';
import {
  dataRace,
  doubleFree,
  leak,
  nullDereference,
  poisonedLink,
  refcountFromZero,
  useAfterFree,
} from './fixtures.ts';
import { fx_pe, Recorder } from './recorder.ts';

function linesOf(trace: Trace): string[] {
  return reportOf(trace)?.text.split('\n') ?? [];
}

/** An access to `addr` by a lone actor, refused as `verdict`. */
function access(verdict: 'wild-access' | 'use-after-free', addr: number, write = false): Trace {
  const r = new Recorder();
  const eehd = r.actor('eehd', 928);
  r.call(eehd, 'eeh_pe_next', 'actors/eeh/eeh_pe.ts');
  r.op(eehd, 88, write ? 'write' : 'read', write ? [addr, 1] : [addr]);
  return r.end({ verdict, oracle: 'kasan', message: verdict, addr });
}

test('a use-after-free is reported as KASAN does', () => {
  expect(linesOf(useAfterFree())).toEqual([
    '==================================================================',
    'BUG: KASAN: use-after-free in eeh_pe_next (actors/eeh/eeh_pe.ts:88)',
    'Read of size 4 at addr eeh_pe#1.child_list.next by task eehd/928',
    '',
    'CPU: 0 PID: 928 Comm: eehd  eeh-pe/T3 none, step 35',
    'Call Trace:',
    ' eeh_pe_next (actors/eeh/eeh_pe.ts:88)',
    ' eeh_pe_report (actors/eeh/eeh_driver.ts:414)',
    ' eeh_handle_normal_event (actors/eeh/eeh_driver.ts:812)',
    '',
    'Allocated by task sysfs-rescan/1400 at step 1:',
    ' eeh_pe_alloc (actors/eeh/eeh_pe.ts:61)',
    ' eeh_pe_tree_insert (actors/eeh/eeh_pe.ts:200)',
    '',
    'Freed by task sysfs-remove/1411 at step 32:',
    ' eeh_rmv_from_parent_pe (actors/eeh/eeh_pe.ts:312)',
    ' pci_stop_and_remove_bus_device (actors/pci/remove.ts:121)',
    '',
    'The buggy address belongs to the object eeh_pe#1',
    ' which belongs to the cache eeh_pe of size 32',
    'The buggy address is located 12 bytes inside of',
    ' freed 32-byte region [0x16c, 0x18c)',
    '==================================================================',
  ]);
});

test('its headline is the line that says what happened', () => {
  expect(reportOf(useAfterFree())?.headline).toBe(
    'BUG: KASAN: use-after-free in eeh_pe_next (actors/eeh/eeh_pe.ts:88)',
  );
});

test('a reused slot is told by its last allocation and the free after it', () => {
  const r = new Recorder();
  const a = r.actor('a', 1);
  const b = r.actor('b', 2);
  const { pe } = r.at;
  r.call(a, 'first', 'actors/x.ts').op(a, 1, 'kzalloc', [fx_pe.typeid, 0], pe);
  r.op(a, 2, 'kfree', [pe]);
  r.call(b, 'second', 'actors/x.ts').op(b, 3, 'kzalloc', [fx_pe.typeid, 0], pe);
  r.op(b, 4, 'kfree', [pe]).op(a, 5, 'write', [pe, 1]);
  const finding = { verdict: 'use-after-free', oracle: 'kasan', message: '', addr: pe } as const;
  const lines = linesOf(r.end(finding));
  expect(lines).toContain('Write of size 4 at addr eeh_pe#1.state by task a/1');
  expect(lines).toContain('Allocated by task b/2 at step 2:');
  expect(lines).toContain('Freed by task b/2 at step 3:');
});

test('the actors of a stress run may have gone on: the last access to the address is meant', () => {
  const trace = useAfterFree();
  const { steps } = trace;
  const later = steps.slice(8, 20).map((step, i) => ({ ...step, step: steps.length + i }));
  const report = linesOf({ ...trace, steps: [...steps, ...later] });
  expect(report[1]).toBe('BUG: KASAN: use-after-free in eeh_pe_next (actors/eeh/eeh_pe.ts:88)');
});

test('an object that was there before the run has no allocation to show', () => {
  const r = new Recorder();
  const { root } = r.at;
  const lines = linesOf(access('use-after-free', root));
  expect(lines).toContain('Allocated before the run began');
  expect(lines.some((line) => line.startsWith('Freed'))).toBe(false);
});

test('a double free names what was freed and who did it first', () => {
  const lines = linesOf(doubleFree());
  expect(lines[1]).toBe('BUG: KASAN: double-free in eeh_pe_free (actors/eeh/eeh_pe.ts:140)');
  expect(lines[2]).toBe('Free of addr eeh_pe#1 by task eehd/928');
  expect(lines).toContain('Freed by task sysfs-remove/1411 at step 32:');
});

test('the word after an object is its red zone', () => {
  const { root } = new Recorder().at;
  const lines = linesOf(access('wild-access', root + fx_pe.sizeof, true));
  expect(lines[1]).toBe('BUG: KASAN: slab-out-of-bounds in eeh_pe_next (actors/eeh/eeh_pe.ts:88)');
  expect(lines).toContain('The buggy address is located 0 bytes to the right of');
});

describe('a pointer that points nowhere', () => {
  test('from list poison: read where, put there by whom', () => {
    const lines = linesOf(poisonedLink());
    expect(lines[0]).toBe(
      'general protection fault, probably for non-canonical address 0x5dead0fb: LIST_POISON1-5',
    );
    const at = lines.indexOf(
      '0x5dead100 (LIST_POISON1) was read from eeh_pe#1.child.next at step 35:',
    );
    expect(lines[at + 1]).toBe(' eeh_pe_next (actors/eeh/eeh_pe.ts:91)');
    const written = lines.indexOf('Written by task sysfs-remove/1411 at step 30:');
    expect(lines[written + 1]).toBe(' eeh_rmv_from_parent_pe (actors/eeh/eeh_pe.ts:311)');
    expect(lines).toContain('Allocated by task sysfs-rescan/1400 at step 1:');
  });

  test('NULL, with the byte address as powerpc prints it', () => {
    const lines = linesOf(nullDereference());
    expect(lines[0]).toBe('BUG: Kernel NULL pointer dereference on read at 0x00000014');
    expect(lines).toContain('NULL was read from eeh_dev#0.pdev at step 35:');
  });

  test('the contents of freed memory', () => {
    expect(linesOf(access('wild-access', 0x6b6b6b6b, true))[0]).toBe(
      'general protection fault, probably for non-canonical address 0x6b6b6b6b: POISON_FREE',
    );
  });

  test('anything else', () => {
    expect(linesOf(access('wild-access', 0x123456))[0]).toBe(
      'BUG: Unable to handle kernel data access on read at 0x0048d158',
    );
  });
});

test('a refcount warning tells the history of the count', () => {
  const lines = linesOf(refcountFromZero());
  expect(lines[1]).toBe('refcount_t: addition on 0; use-after-free.');
  expect(lines[2]).toBe('WARNING: CPU: 0 PID: 928 at actors/eeh/eeh_pe.ts:99 eeh_pe_next');
  const history = lines.slice(lines.indexOf('The count is eeh_pe#1.refcount:') + 1);
  expect(history.slice(0, 3).map((line) => line.split(',')[0])).toEqual([
    ' step 34: refcount_set(eeh_pe#1.refcount',
    ' step 35: refcount_dec_and_test(eeh_pe#1.refcount) = 1',
    ' step 36: refcount_inc(eeh_pe#1.refcount)',
  ]);
});

test('a leak is reported as kmemleak does', () => {
  expect(linesOf(leak()).slice(0, 5)).toEqual([
    'kmemleak: 1 new suspected memory leaks',
    'unreferenced object eeh_pe#1 (size 32):',
    '  comm "sysfs-rescan", pid 1400, step 1',
    '  backtrace:',
    '    eeh_pe_alloc (actors/eeh/eeh_pe.ts:61)',
  ]);
});

test('a data race names both procedures in alphabetical order, as KCSAN does', () => {
  const lines = linesOf(dataRace());
  expect(lines[1]).toBe('BUG: KCSAN: data-race in eeh_pe_next / pci_stop_and_remove_bus_device');
  expect(lines).toContain(
    'write to eeh_pe#1.state of 4 bytes by task sysfs-remove/1411 on cpu 2 (step 34):',
  );
});

test('a slot that was never handed out is wild memory', () => {
  const { pe } = new Recorder().at;
  const lines = linesOf(access('wild-access', pe));
  expect(lines[1]).toBe('BUG: KASAN: wild-memory-access in eeh_pe_next (actors/eeh/eeh_pe.ts:88)');
  expect(lines).toContain('Never allocated');
});

import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { COLUMNS_DEFAULTS, columns, shortSchedule } from '../../src/trace/columns.ts';
import type { Trace } from '../../src/trace/record.ts';
import { contextSwitches, rowsOf } from '../../src/trace/rows.ts';
import {
  FINDINGS,
  illegalTransition,
  inversion,
  lostWakeup,
  passing,
  poisonedLink,
  useAfterFree,
} from './fixtures.ts';
import { Recorder } from './recorder.ts';

const at = (width: number, full = false): typeof COLUMNS_DEFAULTS => ({
  ...COLUMNS_DEFAULTS,
  width,
  full,
});

/** Two actors that take turns, one step each. */
function pingPong(turns: number): Trace {
  const r = new Recorder();
  const a = r.actor('a', 1);
  const b = r.actor('b', 2);
  r.call(a, 'ping', 'actors/x.ts').call(b, 'pong', 'actors/x.ts');
  for (let i = 0; i < turns; i++) r.op(i % 2 === 0 ? a : b, 5, 'read', [r.at.root], 0);
  return r.end(undefined);
}

test('a use-after-free reads as in a commit message', () => {
  expect(columns(useAfterFree(), at(92)).split('\n')).toEqual([
    '    CPU0 eehd       CPU2 sysfs-remove  CPU3 sysfs-rescan',
    '    ---------       -----------------  -----------------',
    '                                       eeh_pe_tree_insert()',
    ' 0                                      mutex_lock(pci_rescan_remove_lock) eeh_pe.ts:200',
    '                                        eeh_pe_alloc()',
    ' 1                                       kzalloc(eeh_pe) = eeh_pe#1        eeh_pe.ts:61',
    ' 2                                       W eeh_pe#1.addr = 0x102           eeh_pe.ts:64',
    ' 3                                       W eeh_pe#1.child_list.next =      eeh_pe.ts:65',
    '                                             &eeh_pe#1.child_list',
    ' 4                                      W eeh_pe#1.parent = eeh_pe#0       eeh_pe.ts:214',
    ' 5                                      W eeh_pe#1.child.next =            eeh_pe.ts:215',
    '                                            &eeh_pe#0.child_list',
    ' 6                                      W eeh_pe#0.child_list.next =       eeh_pe.ts:216',
    '                                            &eeh_pe#1.child',
    ' 7                                      mutex_unlock(                      eeh_pe.ts:220',
    '                                            pci_rescan_remove_lock)',
    '    eeh_handle_normal_event()',
    '     eeh_pe_report()',
    ' 8    R eeh_pe#0.child_list.next = &eeh_pe#1.child                         eeh_driver.ts:392',
    ' 9    R eeh_pe#1.state = 0                                                 eeh_driver.ts:395',
    '      ... 12 more in eeh_pe_report',
    '22    R eeh_pe#1.state = 1                                                 eeh_driver.ts:408',
    '23    mutex_lock(eeh_dev#0.lock)  [waited]                                 eeh_driver.ts:410',
    '25    msleep(250)                                                          eeh_driver.ts:412',
    '                    pci_stop_and_remove_bus_device()',
    '26                   mutex_lock(pci_rescan_remove_lock)                    remove.ts:121',
    '                     eeh_rmv_from_parent_pe()',
    '                      ... 2 more in eeh_rmv_from_parent_pe',
    '29                    R eeh_pe#1.state = 0                                 eeh_pe.ts:310',
    '30                    W eeh_pe#1.child.next = 0x5dead100 (LIST_POISON1)    eeh_pe.ts:311',
    '31                    W eeh_pe#1.child.prev = 0x5dead122 (LIST_POISON2)    eeh_pe.ts:311',
    '32                    kfree(eeh_pe#1)                                      eeh_pe.ts:312',
    '33                   mutex_unlock(pci_rescan_remove_lock)                  remove.ts:130',
    '     eeh_pe_report()',
    '34    mutex_unlock(eeh_dev#0.lock)                                         eeh_driver.ts:414',
    '      eeh_pe_next()',
    '35     R eeh_pe#1.child_list.next                                          eeh_pe.ts:88',
    '       *** use-after-free ***',
  ]);
});

test('a deadlock ends with what each actor waits for', () => {
  expect(columns(inversion(true), at(92)).split('\n').slice(-6)).toEqual([
    '    eeh_report_error()',
    '     mutex_lock(sriov_lock)                                                eeh_driver.ts:350',
    '     *** waits for ever, held by sriov-store ***',
    '                                    sriov_numvfs_store()',
    '                                     mutex_lock(pci_rescan_remove_lock)    iov.ts:33',
    '                                     *** waits for ever, held by eehd ***',
  ]);
});

test('a lost wake-up ends with the sleep nobody ends', () => {
  const text = columns(lostWakeup(), at(100));
  expect(text).toContain('schedule() on eeh_eventlist_wq');
  expect(text).toMatch(/\*\*\* waits for ever \*\*\*$/);
});

test('a softirq or hardirq actor says so in its header', () => {
  expect(columns(lostWakeup(), at(100))).toContain('CPU1 mmio (softirq)');
});

test('actors that do nothing have no column', () => {
  expect(columns(useAfterFree(), at(120))).not.toContain('mmio');
});

describe('folding', () => {
  test.each(Object.entries(FINDINGS))('of %s loses no step and counts right', (_, make) => {
    const trace = make();
    const rows = rowsOf(trace, COLUMNS_DEFAULTS);
    const told = rows.reduce((sum, row) => {
      if (row.kind === 'step') return sum + 1;
      return row.kind === 'fold' ? sum + row.count : sum;
    }, 0);
    const shown = rowsOf(trace, { full: true, linesMax: 0 }).filter((r) => r.kind === 'step');
    expect(told).toBe(shown.length);
  });

  test('keeps the first and the last step of every run', () => {
    const rows = rowsOf(poisonedLink(), COLUMNS_DEFAULTS);
    const steps = rows.flatMap((row) => (row.kind === 'step' ? [row.step.step] : []));
    for (const end of [0, 7, 8, 25, 26, 32, 33, 36]) expect(steps).toContain(end);
  });

  test('shows the step that broke the rule, however little fits', () => {
    const rows = rowsOf(useAfterFree(), { full: false, linesMax: 1 });
    expect(rows.some((row) => row.kind === 'step' && row.mark === 'use-after-free')).toBe(true);
  });

  test('leaves out the middle of a trace of a thousand switches', () => {
    const trace = pingPong(1000);
    expect(contextSwitches(trace)).toBe(999);
    const text = columns(trace, at(100));
    expect(text.split('\n').length).toBeLessThan(100);
    expect(text).toMatch(/ ~~~ 961 steps with 960 switches left out ~~~\n/);
    expect(text).toMatch(/\n999 /);
  });

  test('never shows what is no kernel code', () => {
    expect(columns(useAfterFree(), at(100, true))).not.toContain('ctx_set');
  });
});

test('data that went from one actor to another is shown, however deep in a run', () => {
  const r = new Recorder();
  const [a, b] = [r.actor('probe', 1), r.actor('isr', 2, 'hardirq')];
  const { root } = r.at;
  r.call(a, 'pcie_do_write_cmd', 'actors/x.ts').call(b, 'pciehp_isr', 'actors/x.ts');
  const idle = (actor: number): void => {
    for (let i = 0; i < 30; i++) r.op(actor, i, 'read', [r.at.dev]);
  };
  idle(a);
  idle(b);
  r.op(b, 50, 'READ_ONCE', [root], 0);
  idle(b);
  idle(a);
  r.op(a, 60, 'WRITE_ONCE', [root, 0x3f1]);
  idle(a);
  const text = columns(r.end(undefined), at(100));
  expect(text).toContain('READ_ONCE(eeh_pe#0.state) = 0');
  expect(text).toContain('WRITE_ONCE(eeh_pe#0.state, 0x3f1)');
  expect(text.split('\n').length).toBeLessThan(24);
});

test('of many procedures entered at once the outermost and the innermost are named', () => {
  const r = new Recorder();
  const a = r.actor('a', 1);
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) r.call(a, name, 'actors/x.ts');
  r.op(a, 1, 'read', [r.at.root]);
  const lines = columns(r.end(undefined), at(100))
    .split('\n')
    .map((line) => line.trim());
  expect(lines.slice(2, -1)).toEqual(['one()', '...', 'five()', 'six()']);
});

test('headers never touch, however long the names are', () => {
  const r = new Recorder();
  const names = ['a-very-long-name-of-an-actor', 'another-name-that-is-long', 'c'];
  for (const name of names) {
    const actor = r.actor(name, 1, 'softirq');
    r.call(actor, 'f', 'actors/x.ts').op(actor, 1, 'mutex_lock', [r.at.rescan_lock]);
  }
  for (const width of [90, 100, 110, 120, 160]) {
    const header = columns(r.end(undefined), at(width)).split('\n')[0] ?? '';
    if (!header.includes('[')) expect(header.split(/ {2,}(?=CPU)/).slice(1)).toHaveLength(3);
  }
});

test('in full every step has a line, and moves and log lines stand where they happened', () => {
  const lines = columns(illegalTransition(), at(100, true)).split('\n');
  const labels = lines.flatMap((line) => /^ ?(\d+) /.exec(line)?.[1] ?? []).map(Number);
  // Step 24 is the model's own bookkeeping.
  expect(labels).toEqual(Array.from({ length: 34 }, (_, i) => i).filter((step) => step !== 24));
  const move = lines.findIndex((line) => line.includes('-- WAIT -> P3 on EVENT'));
  expect(lines[move - 1]).toMatch(/^ 7 /);
  expect(lines[move + 1]).toContain("printk: EEH: Beginning: 'error_detected(IO frozen)'");
});

describe('width', () => {
  test.each(Object.entries(FINDINGS))('is kept by %s', (_, make) => {
    const trace = make();
    for (const full of [false, true]) {
      for (const width of [60, 72, 80, 100, 132, 200]) {
        const lines = columns(trace, at(width, full)).split('\n');
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }
    }
  });

  test('that is too small for columns gives one, in which each run names its actor', () => {
    const lines = columns(useAfterFree(), at(70)).split('\n');
    expect(lines[0]).toBe('    [CPU3 sysfs-rescan]');
    expect(lines.filter((line) => line.includes('['))).toHaveLength(4 + 1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^32 {4}kfree\(eeh_pe#1\) +eeh_pe\.ts:312$/),
    );
  });

  test('that is tiny puts the place under the operation', () => {
    const lines = columns(useAfterFree(), at(44)).split('\n');
    const free = lines.indexOf('32    kfree(eeh_pe#1)');
    expect(lines[free + 1]).toBe('          (eeh_pe.ts:312)');
  });

  test('however silly does no harm', () => {
    for (const width of [0, 1, 7, 20]) expect(columns(useAfterFree(), at(width))).not.toBe('');
  });
});

test('colour changes nothing but the colour', () => {
  const plain = columns(useAfterFree(), at(100));
  const coloured = columns(useAfterFree(), { ...at(100), color: true });
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
});

test('text without a finding has no mark', () => {
  expect(columns(passing(), at(100))).not.toContain('***');
});

test('an empty trace gives no text', () => {
  expect(columns(new Recorder().end(undefined), at(100)).trim()).toBe('');
});

test('a name cannot steer the terminal', () => {
  const r = new Recorder();
  const a = r.actor('a', 1);
  r.call(a, 'f', 'actors/x.ts').print(a, 'slot \u001b[2Jgone').op(a, 1, 'read', [r.at.root]);
  expect(columns(r.end(undefined), at(100, true))).toContain('slot \\x1b[2Jgone');
});

describe('the race in one line', () => {
  test('names what each run did', () => {
    expect(shortSchedule(useAfterFree())).toBe(
      '<sysfs-rescan: eeh_pe_tree_insert> <eehd: eeh_pe_report> ' +
        '<sysfs-remove: eeh_rmv_from_parent_pe> <eehd: eeh_pe_report> ' +
        '<use-after-free in eeh_pe_next>',
    );
  });

  test('of a deadlock ends with the verdict alone', () => {
    expect(shortSchedule(inversion(true))).toBe(
      '<sriov-store: sriov_numvfs_store> <eehd: eeh_handle_normal_event> <deadlock>',
    );
  });
});

import { describe, expect, test } from 'vitest';
import { LIST_POISON1, LIST_POISON2 } from '../../src/memory/kernel_structs.ts';
import { GFP_ATOMIC } from '../../src/ops/reference.ts';
import { OPS, type OpName } from '../../src/ops/vocabulary.ts';
import { operationName } from '../../src/trace/operations.ts';
import { Symbols } from '../../src/trace/symbols.ts';
import { nearPoison } from '../../src/trace/values.ts';
import { useAfterFree } from './fixtures.ts';
import { fx_dev, fx_pe, Recorder } from './recorder.ts';

const trace = useAfterFree();
const symbols = new Symbols(trace);
const { at } = new Recorder();

function text(name: OpName, operands: readonly number[], result = 0): string {
  return symbols.operation({ kind: OPS[name].kind, operands, result });
}

test('every operation of the vocabulary has a text under its own name', () => {
  for (const [name, spec] of Object.entries(OPS)) {
    const operands = spec.operands.map(() => at.root);
    const shown = symbols.operation({ kind: spec.kind, operands, result: 0 });
    const expected = { read: 'R ', write: 'W ' }[name] ?? `${operationName(spec.kind)}(`;
    expect(shown.startsWith(expected)).toBe(true);
  }
  expect(symbols.operation({ kind: 250, operands: [], result: 0 })).toBe('op250()');
});

describe('an operation reads as kernel code', () => {
  test.each<[OpName, readonly number[], number, string]>([
    [
      'read',
      [at.pe + fx_pe.child.next],
      LIST_POISON1,
      'R eeh_pe#1.child.next = 0x5dead100 (LIST_POISON1)',
    ],
    ['write', [at.dev + fx_dev.pe, at.pe], 0, 'W eeh_dev#0.pe = eeh_pe#1'],
    ['write', [at.pe + fx_pe.state, 0x103], 0, 'W eeh_pe#1.state = 0x103'],
    ['READ_ONCE', [at.pe], -5, 'READ_ONCE(eeh_pe#1.state) = -5'],
    ['cmpxchg', [at.pe, 0, 1], 0, 'cmpxchg(eeh_pe#1.state, 0, 1) = 0'],
    ['atomic_fetch_or', [at.pe, 2], 1, 'atomic_fetch_or(eeh_pe#1.state, 0x2) = 1'],
    ['atomic_fetch_add', [at.pe, -1], 16, 'atomic_fetch_add(eeh_pe#1.state, -1) = 0x10'],
    ['kzalloc', [fx_pe.typeid, GFP_ATOMIC], at.pe, 'kzalloc(eeh_pe, GFP_ATOMIC) = eeh_pe#1'],
    ['kzalloc', [fx_pe.typeid, 0], 0, 'kzalloc(eeh_pe) = NULL'],
    ['kfree', [at.pe], 0, 'kfree(eeh_pe#1)'],
    ['kfree', [0], 0, 'kfree(NULL)'],
    [
      'refcount_dec_and_test',
      [at.pe + fx_pe.refcount],
      1,
      'refcount_dec_and_test(eeh_pe#1.refcount) = 1',
    ],
    ['mutex_lock', [at.dev + fx_dev.lock.at], 0, 'mutex_lock(eeh_dev#0.lock)'],
    ['mutex_lock', [at.rescan_lock], 0, 'mutex_lock(pci_rescan_remove_lock)'],
    ['spin_trylock', [at.confirm_lock], 0, 'spin_trylock(confirm_error_lock) = 0'],
    ['wake_up', [at.wq], 0, 'wake_up(eeh_eventlist_wq)'],
    ['msleep', [5000], 0, 'msleep(5000)'],
    ['schedule_timeout', [1000], 12, 'schedule_timeout(1000) = 0xc'],
    ['readl', [at.root], -1, 'readl(eeh_pe#0.state) = 0xffffffff'],
    ['writel', [at.root, 0x3f1], 0, 'writel(eeh_pe#0.state, 0x3f1)'],
    ['choose', [3], 2, 'choose(3) = 2'],
    ['raise_irq', [at.irq], 0, 'raise_irq(irq_24)'],
    ['smp_mb', [], 0, 'smp_mb()'],
    ['read', [5], 0, 'R NULL+5 = 0'],
    ['read', [LIST_POISON1 - 5], 0, 'R LIST_POISON1-5 = 0'],
  ])('%s', (name, operands, result, shown) => {
    expect(text(name, operands, result)).toBe(shown);
  });
});

describe('a pointer', () => {
  test('to a part of an object is its address', () => {
    expect(symbols.pointer(at.pe + fx_pe.child_list.at)).toBe('&eeh_pe#1.child_list');
    expect(symbols.pointer(at.pe + fx_pe.addr)).toBe('&eeh_pe#1.addr');
  });

  test('is recognised by what went through its field, not by its size', () => {
    // Both fields hold the number that is the address of a list; only one field holds pointers.
    const value = at.root + fx_pe.child_list.at;
    expect(text('write', [at.root + fx_pe.child.next, value])).toMatch(/= &eeh_pe#0\.child_list$/);
    expect(text('write', [at.root + fx_pe.addr, value])).toMatch(/= 0x[0-9a-f]+$/);
  });
});

test('poison is recognised with the offset of a field', () => {
  expect(nearPoison(LIST_POISON1)).toBe('LIST_POISON1');
  expect(nearPoison(LIST_POISON2)).toBe('LIST_POISON2');
  expect(nearPoison(LIST_POISON1 + 3)).toBe('LIST_POISON1+3');
  expect(nearPoison(0x6b6b6b6b + 2)).toBe('POISON_FREE+2');
  expect(nearPoison(0xa56b6b6b | 0)).toBe('POISON_END');
  expect(nearPoison(0)).toBe('');
  expect(nearPoison(1234)).toBe('');
});

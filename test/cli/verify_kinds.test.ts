import { expect, test } from 'vitest';
import { hotrace } from './run.ts';

const SMALL = ['--actors', '2', '--rounds', '1', '--stress', '0', '--json'];

function verified(...locks: readonly string[]): unknown {
  return JSON.parse(hotrace('verify', ...locks, ...SMALL).stdout);
}

test('each kind of lock is verified; only what waits claims an order, only readers meet', () => {
  const asClaimed = true;
  const nothing = { waiting: null, fifo: null, readersTogether: null };
  expect(verified('mcs-park', 'qrwlock', 'seqlock', 'refcount', 'epochs')).toMatchObject([
    { lock: 'mcs-park', kind: 'exclusive', asClaimed, fifo: true, readersTogether: null },
    { lock: 'qrwlock', kind: 'readers-writer', asClaimed, fifo: false, readersTogether: 1 },
    { lock: 'seqlock', kind: 'sequence', asClaimed, ...nothing },
    { lock: 'refcount', kind: 'refcount', asClaimed, ...nothing },
    { lock: 'epochs', kind: 'reclamation', asClaimed, ...nothing },
  ]);
});

test('a twin that goes wrong with four threads is shown to four, and refused', () => {
  const { status, stdout } = hotrace('verify', 'saturated-waiters', '--stress', '0');
  expect(stdout).toMatch(/4x1 bound 2/);
  expect(stdout).toMatch(/1 lock, refused, as a broken twin must be/);
  expect(status).toBe(0);
});

test('a table of versions, counts and reclamations says what each of them claims', () => {
  const { stdout } = hotrace('verify', 'seqlock', 'refcount', 'qsbr', ...SMALL.slice(0, -1));
  expect(stdout).toMatch(/seqlock +no torn read +pass/);
  expect(stdout).toMatch(/refcount +freed once, saturates +pass/);
  expect(stdout).toMatch(/qsbr +frees what nobody reads +pass/);
});

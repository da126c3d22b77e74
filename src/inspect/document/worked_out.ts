/**
 * Memory and locks as the steps alone tell: for runs of real threads, which cannot be performed
 * again, and traces from a file. What the ring had lost, and bookkeeping words, are not in it.
 */
import { type MemoryLayout, STATUS } from '../../memory/image.ts';
import { POISON_END_WORD, POISON_FREE_WORD } from '../../memory/kernel_structs.ts';
import { OPS } from '../../ops/vocabulary.ts';
import {
  acquires,
  isAlloc,
  isFree,
  isStore,
  locks,
  lockType,
  releases,
} from '../../trace/operations.ts';
import type { Trace, TraceStep } from '../../trace/record.ts';
import { noLocks, noteLock, type Observed } from './observed.ts';

/** `image`: the memory at the start; without it all words are 0. */
export function workedOut(trace: Trace, image: Int32Array | undefined): Observed {
  const { layout, steps } = trace;
  const memory = new Int32Array(layout.imageWords);
  memory.set(image?.subarray(0, layout.imageWords) ?? []);
  const initial = [...memory];
  const journal: Observed['journal'] = { at: [], addr: [], value: [] };
  for (const step of steps) {
    for (const [addr, value] of writesOf(layout, memory, step)) {
      if (addr < 0 || addr >= memory.length || memory[addr] === value) continue;
      memory[addr] = value;
      journal.at.push(step.step + 1);
      journal.addr.push(addr);
      journal.value.push(value);
    }
  }
  const activities: Observed['activities'] = { at: [], actor: [], activity: [] };
  return { initial, journal, activities, locks: locksOf(steps) };
}

function locksOf(steps: readonly TraceStep[]): Observed['locks'] {
  const found = noLocks();
  for (const op of steps) {
    const lock = op.operands[0] ?? 0;
    const { step, actor, kind } = op;
    if (acquires(op)) noteLock(found, step + 1, actor, kind, lock, 'acquire');
    else if (locks(kind)) noteLock(found, step + 1, actor, kind, lock, 'refused');
    else if (releases(op)) noteLock(found, step + 1, actor, kind, lock, 'release');
  }
  return found;
}

type Writes = readonly (readonly [addr: number, value: number])[];

/** What a step stored where. */
function writesOf(layout: MemoryLayout, memory: Int32Array, step: TraceStep): Writes {
  const { kind, operands, result, actor } = step;
  const [addr = 0, value = 0, next = 0] = operands;
  if (isAlloc(step)) return objectWrites(layout, result, true);
  if (isFree(step)) return objectWrites(layout, addr, false);
  if (isStore(step) || kind === OPS.xchg.kind) return [[addr, value]];
  if (acquires(step) && lockType(kind) !== 'rwsem') return lockWrites(addr, actor + 1);
  if (releases(step) && lockType(kind) !== 'rwsem') return lockWrites(addr, 0);
  const before = memory[addr] ?? 0;
  switch (kind) {
    case OPS.cmpxchg.kind:
      return result === value ? [[addr, next]] : [];
    case OPS.atomic_fetch_add.kind:
      return [[addr, (result + value) | 0]];
    case OPS.atomic_fetch_or.kind:
      return [[addr, result | value]];
    case OPS.atomic_fetch_and.kind:
      return [[addr, result & value]];
    case OPS.refcount_inc.kind:
      return [[addr, before + 1]];
    case OPS.refcount_inc_not_zero.kind:
      return result === 0 ? [] : [[addr, before + 1]];
    case OPS.refcount_dec_and_test.kind:
      return [[addr, before - 1]];
    default:
      return [];
  }
}

/** A spinlock and a mutex begin alike: the word itself, then its owner. */
function lockWrites(lock: number, owner: number): Writes {
  return [
    [lock, owner === 0 ? 0 : 1],
    [lock + 1, owner],
  ];
}

function objectWrites(
  layout: MemoryLayout,
  base: number,
  isAllocated: boolean,
): (readonly [number, number])[] {
  const index = (layout.objectOf[base] ?? 0) - 1;
  const object = layout.objects[index];
  if (object === undefined || object.base !== base) return [];
  const end = base + object.info.sizeof;
  const writes: (readonly [number, number])[] = [];
  for (let addr = base; addr < end; addr++) {
    const poison = addr === end - 1 ? POISON_END_WORD : POISON_FREE_WORD;
    writes.push([addr, isAllocated ? 0 : poison]);
  }
  writes.push([layout.words + 2 * index, isAllocated ? STATUS.LIVE : STATUS.FREED]);
  return writes;
}

/**
 * kzalloc and kfree on real threads: the slots and status words of src/memory/image.ts, taken and
 * given back by compare-and-exchange on the slot's status. A slot in between is BUSY: no live
 * object for anybody, so an access to it is an access to freed memory, as it should be.
 */
import { generationAt, STATUS } from '../../memory/image.ts';
import { POISON_END_WORD, POISON_FREE_WORD } from '../../memory/kernel_structs.ts';
import { structInfo } from '../../memory/layout.ts';
import { layout, mem, moved } from './runtime.ts';

/** Being zeroed or poisoned. */
const BUSY = 5;

/** How kfree ended. */
export const FREED = { done: 0, notLive: 1, noObject: 2 } as const;

/** The address of a zeroed object, or 0 when every slot is live or in quarantine. */
export function allocate(typeid: number): number {
  for (let c = 0; c < layout.caches.length; c++) {
    const cache = layout.caches[c];
    if (cache === undefined || cache.info.typeid !== typeid) continue;
    for (let i = cache.first; i < cache.first + cache.slots; i++) {
      if (!takeSlot(i, c, cache.quarantine)) continue;
      const base = layout.objects[i]?.base ?? 0;
      mem.fill(0, base, base + cache.info.sizeof);
      Atomics.add(mem, generationAt(layout, i), 1);
      Atomics.store(mem, layout.words + 2 * i, STATUS.LIVE);
      moved();
      return base;
    }
    return 0;
  }
  throw new Error(`[hotrace bug] no slab cache for struct ${structInfo(typeid).name}`);
}

function takeSlot(object: number, cache: number, quarantine: number): boolean {
  const at = layout.words + 2 * object;
  const status = Atomics.load(mem, at);
  if (status === STATUS.LIVE || status === BUSY) return false;
  if (status === STATUS.FREED) {
    const frees = Atomics.load(mem, layout.words + 2 * layout.objects.length + cache);
    if (frees - Atomics.load(mem, at + 1) < quarantine) return false;
  }
  return Atomics.compareExchange(mem, at, status, BUSY) === status;
}

/** Frees an object: poison is written, its memory goes to the quarantine. */
export function release(ptr: number): number {
  const index = (layout.objectOf[ptr] ?? 0) - 1;
  const object = layout.objects[index];
  if (object === undefined || object.base !== ptr || object.cache === -1) return FREED.noObject;
  const at = layout.words + 2 * index;
  if (Atomics.compareExchange(mem, at, STATUS.LIVE, BUSY) !== STATUS.LIVE) return FREED.notLive;
  const end = object.base + object.info.sizeof;
  mem.fill(POISON_FREE_WORD, object.base, end);
  mem[end - 1] = POISON_END_WORD;
  const counter = layout.words + 2 * layout.objects.length + object.cache;
  Atomics.store(mem, at + 1, Atomics.add(mem, counter, 1) + 1);
  Atomics.store(mem, at, STATUS.FREED);
  moved();
  return FREED.done;
}

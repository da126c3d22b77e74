/** kzalloc and kfree on the words of an execution: poison, generations by place, quarantine. */
import { generationAt, STATUS } from '../memory/image.ts';
import { POISON_END_WORD, POISON_FREE_WORD } from '../memory/kernel_structs.ts';
import { structInfo } from '../memory/layout.ts';
import { badAccess } from '../oracles/kasan.ts';
import type { Engine } from './engine.ts';

/** Object index of the slot that a cache hands out next, -1 when all are live or in quarantine. */
export function nextSlot(engine: Engine, cacheIndex: number): number {
  const { W } = engine;
  const { layout } = engine.world;
  const cache = layout.caches[cacheIndex];
  if (cache === undefined) return -1;
  const frees = W[layout.words + 2 * layout.objects.length + cacheIndex] ?? 0;
  for (let i = cache.first; i < cache.first + cache.slots; i++) {
    const at = layout.words + 2 * i;
    const status = W[at];
    const quarantined = status === STATUS.FREED && frees - (W[at + 1] ?? 0) < cache.quarantine;
    if (status !== STATUS.LIVE && !quarantined) return i;
  }
  return -1;
}

/** The address of a zeroed object, or 0 when every slot is live or in quarantine. */
export function kzalloc(engine: Engine, typeid: number): number {
  const { W } = engine;
  const { layout } = engine.world;
  const cacheIndex = layout.caches.findIndex((cache) => cache.info.typeid === typeid);
  if (cacheIndex < 0) {
    throw new Error(`[hotrace bug] no slab cache for struct ${structInfo(typeid).name}`);
  }
  const slot = nextSlot(engine, cacheIndex);
  const object = layout.objects[slot];
  if (object === undefined) return 0;
  W.fill(0, object.base, object.base + object.info.sizeof);
  W[layout.words + 2 * slot] = STATUS.LIVE;
  const generation = generationAt(layout, slot);
  W[generation] = (W[generation] ?? 0) + 1;
  return object.base;
}

export function kfree(engine: Engine, ptr: number): void {
  if (ptr === 0) return;
  const { W } = engine;
  const { layout } = engine.world;
  const index = (layout.objectOf[ptr] ?? 0) - 1;
  const object = layout.objects[index];
  if (object === undefined || object.base !== ptr || object.cache === -1) {
    const finding = badAccess(layout, W, ptr, 'Free');
    engine.finding = object === undefined ? finding : { ...finding, verdict: 'wild-access' };
    return;
  }
  const at = layout.words + 2 * index;
  if (W[at] !== STATUS.LIVE) {
    const message = `double-free or invalid-free of ${object.name}`;
    engine.finding = { verdict: 'double-free', oracle: 'kasan', message, addr: ptr };
    return;
  }
  const counter = layout.words + 2 * layout.objects.length + object.cache;
  W[counter] = (W[counter] ?? 0) + 1;
  W[at] = STATUS.FREED;
  W[at + 1] = W[counter] ?? 0;
  const end = object.base + object.info.sizeof;
  W.fill(POISON_FREE_WORD, object.base, end);
  W[end - 1] = POISON_END_WORD;
}

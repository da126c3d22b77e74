/** More static objects for a finished image: what a run needs that the model does not know of. */
import { type AnyStruct, type MemoryLayout, type ObjectInfo, STATUS } from './image.ts';
import { structInfo } from './layout.ts';

export interface Extra {
  readonly name: string;
  readonly type: AnyStruct;
  /** Words that its address is a multiple of. */
  readonly align: number;
}

export interface Extended {
  readonly layout: MemoryLayout;
  readonly image: Int32Array;
  /** Address of each extra object, in order. */
  readonly bases: readonly number[];
}

/** Addresses of what was there before stay as they are; the extra objects are zeroed. */
export function extendImage(
  layout: MemoryLayout,
  image: Int32Array,
  extras: readonly Extra[],
): Extended {
  const objects: ObjectInfo[] = [...layout.objects];
  const bases: number[] = [];
  let words = layout.words;
  for (const { name, type, align } of extras) {
    const base = Math.ceil(words / align) * align;
    bases.push(base);
    objects.push({ base, info: structInfo(type.typeid), cache: -1, name });
    // A word beyond each object belongs to nobody: running over its end is seen.
    words = base + type.sizeof + 1;
  }
  const before = layout.objects.length;
  const objectOf = new Int32Array(words);
  objectOf.set(layout.objectOf);
  const imageWords = words + 3 * objects.length + layout.caches.length;
  const grown = new Int32Array(imageWords);
  grown.set(image.subarray(0, layout.words));
  grown.set(image.subarray(layout.words, layout.words + 2 * before), words);
  const caches = layout.words + 2 * before;
  const cachesAt = words + 2 * objects.length;
  grown.set(image.subarray(caches, caches + layout.caches.length), cachesAt);
  grown.set(
    image.subarray(layout.imageWords - before, layout.imageWords),
    imageWords - objects.length,
  );
  for (let index = before; index < objects.length; index++) {
    const object = objects[index];
    if (object === undefined) continue;
    objectOf.fill(index + 1, object.base, object.base + object.info.sizeof);
    grown[words + 2 * index] = STATUS.LIVE;
    grown[imageWords - objects.length + index] = 1;
  }
  const { caches: cacheInfos } = layout;
  return {
    layout: { words, imageWords, objectOf, objects, caches: cacheInfos },
    image: grown,
    bases,
  };
}

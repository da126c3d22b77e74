/** The last close of a file through which somebody kept a device. */
import type { Proc, Ptr } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { Kernel } from '../eeh/kernel.ts';
import { put_device } from './device.ts';

const ev = eventCodes('DONE');

export function* file_release(k: Kernel, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield* put_device(k, dev);
  return ev.DONE;
}

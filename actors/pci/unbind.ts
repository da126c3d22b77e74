/** A write to a driver's file `unbind`. */
import type { Proc, Ptr } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { device_release_driver } from './device.ts';

const ev = eventCodes('DONE');

export function* sysfs_unbind(_k: object, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield* device_release_driver(dev);
  return ev.DONE;
}

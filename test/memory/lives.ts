/** A slab slot that is handed out and given back, over and over. */
import { GFP_KERNEL, kfree, kzalloc, type Proc, type Ptr, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { board, node } from './structs.ts';

const ev = eventCodes('DONE');

/** Ends with the last one alive, its address in `board.slots`. */
export function* live_and_die(at: Ptr, lives: number): Proc<number> {
  let last = 0;
  for (let i = 0; i < lives; i++) {
    if (last !== 0) yield kfree(last);
    last = yield kzalloc(node.typeid, GFP_KERNEL);
  }
  yield write(at + board.slots.at, last);
  return ev.DONE;
}

/** Signs between people and programs that act on the machine: who waits for whom in a race. */
import { complete, type Proc, type Ptr, wake_up_all } from '#ops';
import { sign } from './structs.ts';

/** 0: nobody waits. */
export function* give_sign(at: Ptr): Proc<void> {
  if (at === 0) return;
  yield complete(at + sign.given.at);
  yield wake_up_all(at + sign.wq.at);
}

/** pthread condition variables as the kernel would spell them: a wait queue and a mutex. */
import {
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  schedule,
} from '#ops';

/** pthread_cond_wait(): queued before the mutex goes, so no wake-up is missed. */
export function* cond_wait(queue: Ptr, m: Ptr): Proc<void> {
  yield prepare_to_wait(queue);
  yield mutex_unlock(m);
  yield schedule();
  yield finish_wait(queue);
  yield mutex_lock(m);
}

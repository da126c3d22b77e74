/**
 * Ticket spinlock: first come, first served. One word: the next ticket in the high half, the ticket
 * being served in the low half; free when they are equal. Both halves wrap at 65536.
 */

import { atomic_fetch_add, cmpxchg, cpu_relax, type Proc, type Ptr, READ_ONCE } from '#ops';
import { spinlock } from '../memory/kernel_structs.ts';

const TICKET = 0x10000;
const SERVED = 0xffff;

export function* ticket_lock(lock: Ptr): Proc<void> {
  // n,s -> n+1,s: ticket n is ours
  const ticket = ((yield atomic_fetch_add(lock + spinlock.val, TICKET)) >>> 16) & SERVED;
  while (((yield READ_ONCE(lock + spinlock.val)) & SERVED) !== ticket) yield cpu_relax();
}

export function* ticket_unlock(lock: Ptr): Proc<void> {
  // Only the holder writes the low half; the wrap must not carry into the next ticket.
  const served = (yield READ_ONCE(lock + spinlock.val)) & SERVED;
  // n,s -> n,s+1
  yield atomic_fetch_add(lock + spinlock.val, served === SERVED ? -SERVED : 1);
}

export function* ticket_trylock(lock: Ptr): Proc<number> {
  const val = yield READ_ONCE(lock + spinlock.val);
  if (((val >>> 16) & SERVED) !== (val & SERVED)) return 0;
  // s,s -> s+1,s
  return (yield cmpxchg(lock + spinlock.val, val, (val + TICKET) | 0)) === val ? 1 : 0;
}

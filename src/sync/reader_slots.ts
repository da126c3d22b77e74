/** A line for each thread that reads, so that readers do not write to one place. */
import { cpu_relax, type Proc, type Ptr, READ_ONCE, read } from '#ops';
import { LINE, lock_self } from './self.ts';

/** A power of two; threads beyond that share. */
const SLOTS = 16;
export const SLOT_WORDS = SLOTS * LINE;

/** The slot of a thread. */
export function* slot_of(slots: Ptr, self: Ptr): Proc<Ptr> {
  const id = yield read(self + lock_self.id);
  return slots + ((id - 1) & (SLOTS - 1)) * LINE;
}

/** Until each slot was seen empty; whoever fills one from now on has to see the writer. */
export function* wait_for_slots(slots: Ptr, self: Ptr): Proc<void> {
  const threads = yield read(self + lock_self.threads);
  for (let i = 0; i < threads && i < SLOTS; i++) {
    while ((yield READ_ONCE(slots + i * LINE)) !== 0) yield cpu_relax();
  }
}

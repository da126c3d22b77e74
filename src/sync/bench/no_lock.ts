/** The empty loop: what is left of a section when its lock costs nothing. */
import type { Proc, Ptr } from '#ops';

function* pass(_lock: Ptr, _self: Ptr): Proc<void> {
  // Nothing excludes anybody.
}

export const NO_LOCK = Object.freeze({ lock: pass, unlock: pass });

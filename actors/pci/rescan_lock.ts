/** pci_rescan_remove_lock, with a note of how long it is held (eeh.md 2.5 #13). */
import { ghost_read, ghost_write, ktime_ms, mutex_lock, mutex_unlock, type Proc } from '#ops';
import type { Kernel } from '../eeh/kernel.ts';
import { eeh_ledger } from '../eeh/structs.ts';

export function* pci_lock_rescan_remove(k: Kernel): Proc<void> {
  yield mutex_lock(k.pci_rescan_remove_lock);
  const now = yield ktime_ms();
  yield ghost_write(k.ledger + eeh_ledger.rescan_since_ms, now);
}

export function* pci_unlock_rescan_remove(k: Kernel): Proc<void> {
  const now = yield ktime_ms();
  const held = now - (yield ghost_read(k.ledger + eeh_ledger.rescan_since_ms));
  const longest = yield ghost_read(k.ledger + eeh_ledger.rescan_hold_ms);
  if (held > longest) yield ghost_write(k.ledger + eeh_ledger.rescan_hold_ms, held);
  yield mutex_unlock(k.pci_rescan_remove_lock);
}

/** Where a design has no lock. */
export function* no_lock(_k: Kernel): Proc<void> {
  // The caller holds it, or nobody does.
}

/** Where pciehp before a fix and after it differ, beside what the designs of 3.1.5 differ in. */
import type { Proc, Ptr } from '#ops';
import type { Pciehp } from './design.ts';

export interface PciehpRow {
  /** Enumeration: is the port known for erratum CF118? */
  readonly quirk_cmd_compl: (ctrl: Ptr) => Proc<void>;
  /** pciehp_probe: before the interrupt is requested. */
  readonly slot_initialised: (d: RecordedPciehp) => Proc<void>;
  /** pciehp_probe: after notification was enabled. */
  readonly slot_added: (d: RecordedPciehp) => Proc<void>;
  /** The core restores config space after an error: Slot Control. */
  readonly restore_slot_ctrl: (ctrl: Ptr, saved: number, d: RecordedPciehp) => Proc<void>;
}

export interface RecordedPciehp extends Pciehp, PciehpRow {
  readonly hotplug_slot: Ptr;
}

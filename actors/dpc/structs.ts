/**
 * What dpc-hotplug needs of the kernel beside pciehp's own structures (pciehp.md 2.3), and the
 * laboratory's bookkeeping. The pci_dev, the bus and the controller are those of actors/pciehp.
 */
import {
  completion,
  rw_semaphore,
  spinlock,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** priv_flags of the port, beside PCI_DEV_ADDED (pciehp.md 2.3). */
export const PCI_DPC_RECOVERED = 2;
export const PCI_DPC_RECOVERING = 4;
export const PCI_LINK_CHANGED = 16;
export const PCI_LINK_CHANGING = 32;

export const pci_channel_io_frozen = 2;

/** Places of a ring; more items than this are never queued by the races. */
export const RING = 16;

/** An ordered workqueue: one item at a time, in order of arrival. */
export const dpc_workqueue = struct('dpc_workqueue', {
  lock: embed(spinlock, 'guards the ring'),
  head: word('items taken so far', 'lock'),
  tail: word('items queued so far', 'lock'),
  ring: words(RING, 'the items', 'lock'),
  wait: embed(wait_queue_head, 'its worker sleeps here'),
});

/** Items of the workqueue "pciehp-N" of Linux 4.18: events, and power work. */
export const LINK_UP = 1;
export const LINK_DOWN = 2;
export const PRESENCE_ON = 3;
export const PRESENCE_OFF = 4;
export const WORK_ENABLE = 5;
export const WORK_DISABLE = 6;
/** Items of the one workqueue for all port services (design one-queue): whose turn it is. */
export const SERVICE_HOTPLUG = 1;
export const SERVICE_ERROR = 2;

/** slot->state of Linux 4.18; STATIC says nothing of whether the slot is on. */
export const STATIC_STATE = 0;

/** ctrl->reset_lock. */
export const dpc_reset_lock = struct('dpc_reset_lock', {
  // Since 6.4 it is taken before pci_rescan_remove_lock and again inside it (pciehp.md 2.2, edges 2
  // and 3), both times by the one hotplug thread of that port: the order alone is no deadlock, and
  // would be the only thing found of any of these kernels. Race row-4 has it checked: below.
  sem: embed(rw_semaphore, 'readers: the hotplug thread; writer: a slot reset', {
    novalidate: true,
  }),
});

/**
 * The same with its order checked, for the one race that is about it (row 4). Of one class, as the
 * kernel had it, ...
 */
export const dpc_reset_lock_checked = struct('dpc_reset_lock_checked', {
  sem: embed(rw_semaphore, 'reset_lock of any port'),
});
/** ... and since 085a9f43433f of a class for each depth: that of a port below a hotplug port. */
export const dpc_reset_lock_depth1 = struct('dpc_reset_lock_depth1', {
  sem: embed(rw_semaphore, 'reset_lock of a nested port'),
});
/** Who owns the two locks of a chain. */
export const dpc_chain = struct('dpc_chain', {
  outer: word('reset_lock of the outer port', 'const'),
  nested: word('reset_lock of the port in its slot', 'const'),
});

/** A process that has the functions in two slots open through vfio (row O1). */
export const dpc_user = struct('dpc_user', {
  asked: embed(completion, 'it was asked to let go of the other device'),
  closed: embed(completion, 'it has'),
});

/** ctrl->ist_running. */
export const dpc_ist = struct('dpc_ist', {
  running: word('the hotplug thread runs, or is about to take events'),
});

/** Of one function. Nothing that a race does asks for as many: the slot goes round. */
export const REMOVALS_MAX = 4;

/** Not in the kernel: what invariants and measures want to know of the past. */
export const dpc_ghost = struct('dpc_ghost', {
  fault_at: word('virtual ms of the error'),
  contained: word('1 while DPC TRIGGER is set'),
  contained_ms: word('how long the port was contained'),
  usable_at: word('virtual ms since when the driver can use the device, as of now'),
  removals: word('pci_devs taken off the bus, by anybody'),
  binds: word('drivers bound'),
  gave_up_ms: word('longest time that hotplug handled an event and then gave the slot up'),
  told_ok: word('1 once recovery was logged as successful'),
  removed_after_ok: word('removals after that'),
  resetting: word('1 while recovery resets the link'),
  power_in_reset: word('power commands given meanwhile'),
  read_in_reset: word('decisions taken from link or presence meanwhile'),
  busy_cleared: word('times TRIGGER was cleared while RP_BUSY'),
  returned_early: word('writes to the power file that returned before the slot was off'),
  scanned: word('which card it was that the device on the bus was made for'),
  stalls_since: word('virtual ms since when recovery holds pci_rescan_remove_lock'),
  stalled_ms: word('how long it held it'),
  moved: word('CARD_*: what a hand did to the card'),
});
export const CARD_STAYS = 0;
export const CARD_PULLED = 1;
export const CARD_SWAPPED = 2;
export const CARD_INSERTED = 3;
/** Not the card: the user asked for the slot to be turned off. */
export const SLOT_DISABLED = 4;

/** Who reports the error of a run: DPC contains it, AER only signals it, or there is none. */
export const FAULT_DPC = 0;
export const FAULT_AER = 1;
export const FAULT_NONE = 2;
/** The card is pulled; the port reports Surprise Down, and DPC contains it. */
export const FAULT_SURPRISE = 3;

/**
 * What the procedures of dpc-hotplug are handed: addresses and the numbers of the race, and the
 * procedures in which the kernels and proposals of pciehp.md 3.2.4 differ.
 */
import type { Proc, Ptr } from '#ops';
import type { LinkGlobals } from '../hardware/link_regs.ts';

export interface DpcDesign {
  /** 1 since 8edf5332c393: the ISR reads Slot Status until nothing new is there. */
  readonly isr_loops: number;
  /** Design V11: the ISR takes only events that are enabled. */
  readonly isr_masks: number;
  /** 1 since 23584c1ed3e1: the ISR itself notes a power fault, and does not see it again. */
  readonly isr_notes_fault: number;
  /** Hotplug ISR: what becomes of the events it collected. */
  readonly hp_notify: (events: number, d: Dpc) => Proc<void>;
  /** Hotplug thread or worker: sleeps until there is something to do. */
  readonly hp_sleep: (d: Dpc) => Proc<void>;
  /** Takes the events, or the work item; 0 when there is nothing. */
  readonly hp_take: (d: Dpc) => Proc<number>;
  /** Drops events that recovery caused; answers the others. */
  readonly hp_drop_ignored: (events: number, d: Dpc) => Proc<number>;
  readonly hp_handle: (events: number, d: Dpc) => Proc<void>;
  readonly hp_done: (d: Dpc) => Proc<void>;
  /** The writer of the power file waits for the thread. */
  readonly user_wait: (d: Dpc) => Proc<void>;
  /** pciehp_check_link_status(): 0 when the card answers. */
  readonly hp_check_link: (d: Dpc) => Proc<number>;
  /** 1 when a poll of the link had better stop because recovery has something to do. */
  readonly hp_poll_aborts: (d: Dpc) => Proc<number>;
  /** Around drivers' bind and unbind: reset_lock is dropped since f5eff5591b8f. */
  readonly hp_driver_begin: (d: Dpc) => Proc<void>;
  readonly hp_driver_end: (d: Dpc) => Proc<void>;
  /** Around a look at presence at resume: reset_lock since 5b3f7b7d062b (4.19). */
  readonly presence_begin: (d: Dpc) => Proc<void>;
  readonly presence_end: (d: Dpc) => Proc<void>;
  /** 1 since 74ff8864cc84 (6.3): devices are marked as gone before the locks are taken. */
  readonly hp_marks_early: number;
  /** A nested port's look at its slot: 0 empty, 1 occupied, or a negative errno. */
  readonly nested_present: (d: Dpc) => Proc<number>;
  /** The port driver's slot_reset callback for a hotplug port below the one that failed. */
  readonly port_slot_reset: (d: Dpc) => Proc<void>;
  /** Whether vfio skips the reset of a device that is marked as gone: proposed for row O1. */
  readonly vfio_skips_gone: number;
  /** 1 when DPC leaves a Surprise Down error to hotplug. */
  readonly dpc_knows_surprise: number;
  /** 1 since 3943af9d01e9: events of pciehp's own power-off are dropped. */
  readonly hp_drops_own: number;
  /** Error ISR: wakes its thread, or queues its work. */
  readonly err_notify: (d: Dpc) => Proc<void>;
  readonly err_sleep: (d: Dpc) => Proc<void>;
  readonly err_done: (d: Dpc) => Proc<void>;
  /** Before the reset: tells the drivers, or removes the devices. */
  readonly err_before: (d: Dpc) => Proc<void>;
  /** DPC: 0 when the link came back, otherwise a negative errno. */
  readonly dpc_reset: (d: Dpc) => Proc<number>;
  /** DPC: TRIGGER is cleared, and the link and the card are waited for. */
  readonly dpc_release: (d: Dpc) => Proc<number>;
  /** AER: the same. */
  readonly aer_reset: (d: Dpc) => Proc<number>;
  /** The first child behind the port, to be polled: with a reference since 11a1f4bc4736 (6.10). */
  readonly child_get: (d: Dpc) => Proc<Ptr>;
  readonly child_put: (dev: Ptr) => Proc<void>;
  /** A reset that the card's own driver issues, without telling anybody (row O4). */
  readonly driver_reset: (d: Dpc) => Proc<number>;
  /** hotplug_slot_ops.reset_slot: vfio, sysfs, and AER since 4.20. */
  readonly reset_slot: (d: Dpc) => Proc<number>;
  /** A secondary bus reset and what is waited for after it. */
  readonly bus_reset: (d: Dpc) => Proc<number>;
  /** After the reset: 0, or a negative errno. */
  readonly err_after: (d: Dpc) => Proc<number>;
  readonly err_give_up: (d: Dpc) => Proc<void>;
}

export interface DpcGlobals extends LinkGlobals {
  readonly pci_rescan_remove_lock: Ptr;
  readonly pci_bus_sem: Ptr;
  readonly pci_slot_mutex: Ptr;
  /** ctrl->reset_lock: no look at presence and link while a slot reset is going on. */
  readonly reset_lock: Ptr;
  readonly ist: Ptr;
  /** pciehp's controller of the port, the port's own pci_dev, and the bus behind it. */
  readonly ctrl: Ptr;
  readonly pdev: Ptr;
  readonly bus: Ptr;
  readonly hp_action: Ptr;
  readonly err_action: Ptr;
  /** Linux 4.18: "pciehp-N". */
  readonly pciehp_wq: Ptr;
  /** Design one-queue only: the order in which services were asked for. */
  readonly port_wq: Ptr;
  /** dpc_completed_waitqueue, a global. */
  readonly dpc_completed: Ptr;
  readonly ghost: Ptr;
  /** How many functions the card has. */
  readonly functions: number;
  /** FAULT_*: who reports the error. */
  readonly fault: number;
  /** irqaction of a hotplug port that is itself in the slot; 0 = an endpoint is (R13). */
  readonly nested_action: Ptr;
  /** reset_lock of such a port, where its probe matters (row 4); 0 elsewhere. */
  readonly nested_reset_lock: Ptr;
  /** Function in another slot of the machine, and the process that has both open (row O1). */
  readonly other_dev: Ptr;
  readonly user: Ptr;
  /** 0: the port is not hot-pluggable, nothing of pciehp is there. */
  readonly hotplug: number;
  /** How long the root port is busy after containment. */
  readonly busyMs: number;
  /** How late the error's work starts: others are before it. */
  readonly errorLateMs: number;
  /** How long a driver's error_detected lasts. */
  readonly driverMs: number;
  /** What the hand does, and how long after the error. */
  readonly hand: number;
  readonly handMs: number;
  /** Between pulling a card and pushing in another. */
  readonly swapMs: number;
  /** The card at the start, and the one that is pushed in instead. */
  readonly card: number;
  readonly otherCard: number;
}

export interface Dpc extends DpcDesign, DpcGlobals {}

/**
 * One built kernel: the addresses of its global objects, its platform (pseries or powernv), and the
 * procedures in which the locking designs of eeh.md 2.4 differ. It is handed to every procedure.
 */
import type { Proc, Ptr } from '#ops';

type OnPe = (k: Kernel, pe: Ptr) => Proc<void>;
type OnDev = (k: Kernel, dev: Ptr) => Proc<void>;
type Simple = (k: Kernel) => Proc<void>;

export type Globals = Readonly<{
  pci_rescan_remove_lock: Ptr;
  pci_bus_sem: Ptr;
  rpadlpar_mutex: Ptr;
  confirm_error_lock: Ptr;
  eeh_eventlist_lock: Ptr;
  eeh_eventlist: Ptr;
  /** Counts events; a semaphore in 4.19, a completion since. */
  eeh_eventlist_event: Ptr;
  eeh_phb_pe: Ptr;
  piar_lock: Ptr;
  pci_io_addr_cache: Ptr;
  /** Serialises calls of RTAS (pseries). */
  rtas_lock: Ptr;
  /** A mutex over operations on the tree: until about 3.1x, and in RFC-B. */
  eeh_mutex: Ptr;
  /** What each thread has collected (eeh_snapshots). */
  eeh_snapshots: Ptr;
  /** RFC-A: raw spinlock over parent, child and child_list of every PE. */
  eeh_pe_lock: Ptr;
  eeh_orphan_lock: Ptr;
  eeh_orphan_pes: Ptr;
  /** eehd's local variable `result`, handed to callbacks by address. */
  eehd_result: Ptr;
  /** eeh_ledger. */
  ledger: Ptr;
}>;

export type Platform = Readonly<{
  /** State of a PE as the firmware tells it: bits and a delay (flags.ts, with_delay). */
  get_state: (k: Kernel, pe: Ptr) => Proc<number>;
  set_option: (k: Kernel, pe: Ptr, option: number) => Proc<number>;
  reset: (k: Kernel, pe: Ptr, option: number) => Proc<number>;
  configure_bridge: (k: Kernel, pe: Ptr) => Proc<number>;
  /** eeh_ops->probe(): the function's edev, put into its PE where that is done per pci_dev. */
  probe: (k: Kernel, dev: Ptr) => Proc<Ptr>;
  /** 1: the PHB itself is fenced, and that was reported. */
  eeh_phb_check_failure: (k: Kernel, pe: Ptr) => Proc<number>;
  /** Platform part of pcibios_release_device(). */
  release_device: OnDev;
  /** eeh_ops->next_error(): a PE that the firmware found frozen, ISOLATED now; or 0. */
  next_error: (k: Kernel) => Proc<Ptr>;
  /** EEH_ENABLE_IO_FOR_LOG. */
  enable_io_for_log: number;
}>;

export type DesignProcedures = Readonly<{
  // PE references (RFC-A; elsewhere a PE pointer is just a pointer)
  eeh_pe_hold: (k: Kernel, pe: Ptr) => Proc<Ptr>;
  eeh_pe_put: OnPe;
  eeh_pe_next: (k: Kernel, pe: Ptr, root: Ptr) => Proc<Ptr>;
  /** Around eehd's walks of a subtree, which may be long; answers the first PE, held. */
  eeh_walk_begin: (k: Kernel, root: Ptr) => Proc<Ptr>;
  eeh_walk_end: Simple;
  /** Gives up `pe` for its parent. */
  eeh_pe_move_to_parent: (k: Kernel, pe: Ptr) => Proc<Ptr>;
  eeh_phb_pe_get: (k: Kernel, phb: Ptr) => Proc<Ptr>;
  eeh_pe_tree_insert: (k: Kernel, edev: Ptr, parent: Ptr) => Proc<void>;
  eeh_pe_tree_remove: (k: Kernel, edev: Ptr) => Proc<void>;
  eeh_pe_cleanup: OnPe;
  // binding of devices
  eeh_bind_device: OnDev;
  /** EEH teardown in device_del() (V2 on), or nothing. */
  eeh_del_device: OnDev;
  /** EEH teardown at the last put (V0, V1), or nothing. */
  eeh_release_device: OnDev;
  // detection
  /** Steps 2 to 8: what is to be reported, or why there is nothing (0 or less). */
  eeh_check_state: (k: Kernel, edev: Ptr) => Proc<Ptr>;
  /** One more read of a PE that is ISOLATED; `pe` is what the detector took edev->pe for. */
  eeh_count_ignored: (k: Kernel, edev: Ptr, pe: Ptr) => Proc<void>;
  eeh_send_failure_event: OnPe;
  /** Hands an event to the thread that recovers, and wakes it. */
  eeh_event_enqueue: (k: Kernel, event: Ptr) => Proc<void>;
  /** 1: each PHB has a recovery thread and a list of events of its own. */
  thread_per_phb: number;
  // recovery
  /** 1: what the event is about needs a recovery. */
  recovery_decide: (k: Kernel) => Proc<number>;
  /** Around a whole recovery (V4, V5). */
  recovery_lock: Simple;
  recovery_unlock: Simple;
  /** Around the parts of a recovery that touch the PCI core (until V3). */
  inner_lock: Simple;
  inner_unlock: Simple;
  eeh_pe_bus_get: (k: Kernel, pe: Ptr) => Proc<Ptr>;
  /** When the failed PE gets RECOVERING, if its detector did not set it. */
  recovery_begin: OnPe;
  /** P2: event of the presence check. */
  eeh_check_presence: (k: Kernel, pe: Ptr) => Proc<number>;
  /** NO_HANDLER is cleared before the time stamp (V3 on) or before the notification. */
  clear_no_handler_early: OnPe;
  clear_no_handler_late: OnPe;
  eeh_report_walk: (k: Kernel, phase: number, root: Ptr, result: Ptr) => Proc<void>;
  eeh_pe_report_edev: (k: Kernel, edev: Ptr, phase: number, result: Ptr) => Proc<void>;
  /** P12: channel state, interrupts and the last report, in the era's order. */
  notify_permanent_failure: OnPe;
  /** P12: the bus whose devices are removed. */
  bus_to_remove: (k: Kernel, pe: Ptr, bus: Ptr) => Proc<Ptr>;
  eeh_clear_slot_attention: OnPe;
  // others
  /** Around what pnv_php's interrupt handler does to a PE. */
  php_lock: Simple;
  php_unlock: Simple;
  /** Around an ioctl of VFIO; on its way out when it refuses; and in a loop over DMA regions. */
  vfio_lock: Simple;
  vfio_unlock: Simple;
  vfio_refused: Simple;
  tce_region_done: Simple;
}>;

/** How the kernel was built, whatever its design. */
type Options = Readonly<{
  /** 1: RFC-A looks for orphans after each put, as posted. */
  orphan_tracker: number;
}>;

export type Kernel = Globals & Platform & DesignProcedures & Options;

/**
 * One built kernel: addresses of its global objects, and the procedures in which the designs of
 * eeh.md 2.1.3 differ. It is handed to every procedure.
 */
import type { Proc, Ptr } from '#ops';

export type IrqGlobals = Readonly<{
  /** phb_globals. */
  g: Ptr;
  irq_table: Ptr;
  /** phb_ghost. */
  ghost: Ptr;
  /** First node below the PHB. */
  dn: Ptr;
  /** PCI domain, number of the root bus. */
  domain: number;
  root: number;
  /** Who waits for the end of boot. */
  waiters: number;
}>;

export type IrqDesign = Readonly<{
  /** Allocates what is kept per PHB, then scans it. */
  pcibios_scan_phb: (k: IrqKernel, phb: Ptr) => Proc<void>;
  /** For every bus removed, root or child. */
  pcibios_remove_bus: (k: IrqKernel, bus: Ptr) => Proc<void>;
  pcibios_free_controller: (k: IrqKernel, phb: Ptr) => Proc<void>;
  /** Maps the INTx line of a function that is being added. */
  pci_read_irq_line: (k: IrqKernel, dev: Ptr) => Proc<void>;
  /** Bus notifier, BUS_NOTIFY_DEL_DEVICE. */
  notify_del_device: (k: IrqKernel, dev: Ptr) => Proc<void>;
  /** Bus notifier, BUS_NOTIFY_ADD_DEVICE. */
  notify_add_device: (k: IrqKernel, dev: Ptr) => Proc<void>;
  /** irq_create_mapping() found, or made, the mapping. */
  irq_mapping_get: (desc: Ptr) => Proc<void>;
  /** 1: irq_dispose_mapping() goes through with it. */
  irq_mapping_put: (desc: Ptr) => Proc<number>;
}>;

export type IrqKernel = IrqGlobals & IrqDesign;

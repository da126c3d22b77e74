/**
 * What pciehp's procedures are handed beside their controller: the addresses of the kernel's global
 * objects, and the three procedures in which the designs of pciehp.md 3.1.5 differ.
 */
import type { Proc, Ptr } from '#ops';
import type { PortModel } from '../hardware/port_model.ts';

export interface PciehpDesign {
  /** pciehp_isr: 1 when the interrupt is not pciehp's because hotplug interrupts are masked. */
  readonly hotplug_masked: (ctrl: Ptr, d: Pciehp) => Proc<number>;
  /** pcie_do_write_cmd: writes `next` to Slot Control; when the software copy follows. */
  readonly commit_slot_ctrl: (ctrl: Ptr, orig: number, next: number, d: Pciehp) => Proc<void>;
  /** pciehp_check_presence: whether the slot counts as occupied. */
  readonly slot_occupied: (ctrl: Ptr, d: Pciehp) => Proc<number>;
}

/** What else of the driver a race sets. */
export interface PciehpMode {
  /** 1: no interrupt, a thread looks now and then (module parameter). */
  readonly pciehp_poll_mode: number;
  /** pcie_poll_cmd: Command Completed was seen and cleared. */
  readonly command_polled: (ctrl: Ptr) => Proc<void>;
}

export interface PciehpGlobals {
  /** Raw spinlock around every config access. */
  readonly pci_lock: Ptr;
  /** The big QEMU lock: the port's state changes under it. */
  readonly bql: Ptr;
  readonly pci_rescan_remove_lock: Ptr;
  readonly pci_bus_sem: Ptr;
  readonly pci_slot_mutex: Ptr;
  /** Design A7 only: the spinlock shared by the ISR and the writer of Slot Control. */
  readonly slot_ctrl_lock: Ptr;
  readonly port: Ptr;
  /** irqaction of the hotplug vector. */
  readonly action: Ptr;
  readonly ghost: Ptr;
  /** `pciehp 0000:00:01.0:pcie004: Slot(0)` */
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly func: number;
  /** ((port type - 4) << 8) | service bit; pciehp on a root port is 004. */
  readonly service: number;
  /** Physical slot number, the slot's name. */
  readonly slot: number;
  /** Milliseconds of a jiffy. */
  readonly jiffyMs: number;
  /** What the monitor does once the guest is quiet: 0 nothing, REQUESTED_ADD, REQUESTED_DEL. */
  readonly request: number;
  readonly card: number;
}

export interface Pciehp extends PciehpDesign, PciehpMode, PciehpGlobals, PortModel {}

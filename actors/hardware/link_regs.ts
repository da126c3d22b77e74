/**
 * A hotplug port with link, presence, power control and Downstream Port Containment, as far as
 * recovery and hotplug meet there (pciehp.md 1.1, 1.3, 5.4). Its words change only while pci_lock
 * is held: by config accesses, and by the hardware's own steps.
 */
import { wait_queue_head, work_struct } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

export const link_port = struct('link_port', {
  ltssm: word('LINK_*: the link, reduced to four states', 'pci_lock'),
  sltctl: word('Slot Control: PCC and the enables', 'pci_lock'),
  sltsta: word('Slot Status: DLLSC, PDC and PDS', 'pci_lock'),
  bus_reset: word('Bridge Control, Secondary Bus Reset', 'pci_lock'),
  dpc_status: word('DPC Status: TRIGGER, INTERRUPT, RP_BUSY', 'pci_lock'),
  aer_status: word('Root Error Status: FATAL_RCV', 'pci_lock'),
  uncor_status: word('AER Uncorrectable Error Status: SURPDN', 'pci_lock'),
  card: word('vendor and device id of what is plugged in; 0 = empty', 'pci_lock'),
  slow_ms: word('how long the next initialisation takes, if not readyMs', 'pci_lock'),
  bounces: word('how often the link is still to go down again while it comes up', 'pci_lock'),
  serial: word('which card it is: counted up by each one pushed in', 'pci_lock'),
  notified: word('the hotplug interrupt condition holds: no further message', 'pci_lock'),
  hp_irq: word('irq_desc of the hotplug vector', 'const'),
  err_irq: word('irq_desc of the error vector: DPC, or AER', 'const'),
  train: embed(work_struct, 'when the link changes next by itself: trained, card ready'),
  changed: embed(wait_queue_head, 'who polls the link or the card behind it'),
});

/** DETECT: no partner, power off, contained or held in reset; L0: DLLLA, the card not ready. */
export const LINK_DETECT = 0;
export const LINK_CONFIG = 1;
export const LINK_L0 = 2;
export const LINK_READY = 3;

export const PCI_EXP_DPC_STATUS_TRIGGER = 0x1;
export const PCI_EXP_DPC_STATUS_INTERRUPT = 0x8;
export const PCI_EXP_DPC_STATUS_RP_BUSY = 0x10;
export const PCI_ERR_ROOT_FATAL_RCV = 0x40;
export const PCI_ERR_UNC_SURPDN = 0x20;
/** Request Retry Status, as a Vendor ID read shows it where software may see it. */
export const PCI_VENDOR_ID_RRS = -65535;

/** What the hardware is: numbers that a race chooses, the same for every design. */
export interface LinkGlobals {
  /** Raw spinlock around every config access. */
  readonly pci_lock: number;
  readonly port: number;
  /** The slot's port, where `port` is a port above it; 0 elsewhere. */
  readonly below: number;
  /** Slot Capabilities has PCP: a power controller. */
  readonly pcp: number;
  /** In-band presence: PDS follows the link. */
  readonly inband: number;
  /** Bandwidth notification shares the hotplug vector and is enabled (since 6.13). */
  readonly sharedVector: number;
  /** A power fault that lasts: the status bit that W1C cannot clear; 0 = none. */
  readonly powerFault: number;
  /** From enabled to DLLLA. */
  readonly trainMs: number;
  /** From DLLLA until the card answers. */
  readonly readyMs: number;
}

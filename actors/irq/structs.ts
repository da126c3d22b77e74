/**
 * PHBs, buses and functions as far as their INTx interrupts go (eeh.md 1.0.2, 1.1.2), the virqs
 * mapped for them, and the interrupt sources of XIVE behind those.
 */
import {
  completion,
  device_lock,
  irq_desc,
  kref,
  list_head,
  mutex,
  rw_semaphore,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** PCI_NUM_INTX, and the least number of entries of phb.irq_map. */
export const IRQ_COUNT = 4;
/** The lowest virq that is handed out to PCI here. */
export const FIRST_VIRQ = 24;
/** virqs that there are: the first free one is taken. */
export const VIRQS = 6;
/** Actions that one virq can have here. */
export const ACTIONS = 2;

/** 16 bytes: phb.irq_map is such an object, and not the only one (eeh.md 1.1.2). */
export const kmalloc_16 = struct('kmalloc-16', {
  entry: words(IRQ_COUNT, 'phb.irq_map: a virq each, 0 is empty; no lock'),
});

export const phb_controller = struct('phb_controller', {
  bus: word('root bus; NULL before it is scanned and after it is removed'),
  global_number: word('PCI domain', 'const'),
  irq_count: word('entries of irq_map', 'const'),
  irq_map: word('virqs of the LSIs mapped below this PHB (3a3181e16fbd); no lock'),
  dn: word('first node below it', 'const'),
});

export const phb_bus = struct('phb_bus', {
  devices: embed(list_head, 'functions on it; changed under pci_bus_sem'),
  sysdata: word('its PHB', 'const'),
  number: word('bus number', 'const'),
  dn: word('first node on it', 'const'),
});

export const phb_dev = struct('phb_dev', {
  bus_list: embed(list_head, 'link in bus->devices; linked and unlinked under pci_bus_sem'),
  bus: word('the bus it is on', 'const'),
  subordinate: word('the bus behind it', 'pci_rescan_remove_lock'),
  dn: word('its node (phb_dn)', 'const'),
  irq: word('virq of its INTx line, or the MSI vector while MSI is on'),
  default_irq: word('INTx virq that pci_disable_msi() puts back', 'device_lock'),
  msi_enabled: word('MSI is on', 'device_lock'),
  driver: word('1: a driver is bound', 'device_lock'),
  is_added: word('announced to drivers', 'pci_rescan_remove_lock'),
  ref: embed(kref, 'references; the last put frees it'),
  dev: embed(device_lock, 'driver bind, unbind, error callbacks'),
});

/** A function: its device-tree node, with the little of its hardware that matters. */
export const phb_dn = struct('phb_dn', {
  sibling: word('next node on the same bus', 'const'),
  child: word('first node behind a bridge', 'const'),
  secondary: word('bus number behind a bridge, 0 for an endpoint', 'const'),
  source: word('LSI that its INTx pin is wired to; NULL for a bridge', 'const'),
  msi: word('its driver: 0 uses INTx, 1 uses MSI and never turns it off', 'const'),
  pdev: word('its pci_dev while it has one (edev->pdev)', 'pci_rescan_remove_lock'),
  present: word('it answers config reads', 'hardware'),
  asserts: word('Interrupt Status: it asserts INTx', 'hardware'),
  serviced: embed(wait_queue_head, 'its driver waits here for the interrupt'),
  eeh_mode: word('edev->mode: EEH_DEV_IRQ_DISABLED', 'eehd only'),
});

/** An LSI of XIVE, its place in the irq domain, and what the hypervisor knows of it. */
export const xive_source = struct('xive_source', {
  hwirq: word('its number', 'const'),
  virq: word('reverse map of the irq domain, 0 = not mapped', 'irq_domain_mutex'),
  line: embed(irq_desc, 'the line as the CPU sees it; depth 1 = masked'),
  translations: word('ESB pages that the partition has mapped; atomic'),
});

/** irq_desc with its irq_data and irqactions. */
export const virq_desc = struct('virq_desc', {
  hwirq: word('source number; MSI vectors have numbers of their own', 'irq_domain_mutex'),
  source: word('the LSI; NULL for an MSI vector', 'const'),
  chip_data: word('xive_irq_data', 'irq_domain_mutex'),
  refs: word('design F4: users of the mapping; else 0', 'irq_domain_mutex'),
  actions: words(ACTIONS, 'dev_id of each handler, 0 = none', 'request_mutex'),
  request_mutex: embed(mutex, 'request_irq() and free_irq() of this line'),
});

export const xive_irq_data = struct('xive_irq_data', {
  eoi_mmio: word('ioremapped ESB page: source it belongs to', 'const'),
  trig_mmio: word('ioremapped ESB page: source it belongs to', 'const'),
});

/** irq -> irq_desc: the radix tree irq_desc_tree. */
export const irq_table = struct('irq_table', {
  slot: words(VIRQS, 'virq_desc of FIRST_VIRQ + i', 'irq_domain_mutex'),
});

/** Entry of intx_list (450be4960a0f). */
export const pci_intx_virq = struct('pci_intx_virq', {
  virq: word('the mapping it counts users of', 'const'),
  kref: embed(kref, 'functions that use it'),
  list_node: embed(list_head, 'in intx_list; intx_mutex'),
});

export const phb_globals = struct('phb_globals', {
  hose: word('the PHB: hose_list of one entry; NULL while it is gone'),
  pci_rescan_remove_lock: embed(mutex, 'scan, rescan and removal, but for DLPAR'),
  pci_bus_sem: embed(rw_semaphore, 'bus->devices'),
  rpadlpar_mutex: embed(mutex, 'one DLPAR operation at a time'),
  irq_domain_mutex: embed(mutex, 'mappings: made and undone'),
  intx_mutex: embed(mutex, 'intx_list'),
  intx_list: embed(list_head, 'of pci_intx_virq; intx_mutex'),
  booted: embed(completion, 'the PHB was scanned at boot; one for each who waits'),
  bystander: word('somebody else’s kmalloc-16 object'),
});

/** Not in the kernel: what invariants and measures want to know of the past. */
export const phb_ghost = struct('phb_ghost', {
  disposed_in_use: word('virq of the first mapping disposed with a handler installed'),
  timeouts: word('interrupts that a driver waited for in vain'),
  refused: word('request_irq() calls that failed for want of a mapping'),
  unregistered: word('mappings that no entry of irq_map was free for'),
  isolate_refused: word('isolate calls that RTAS answered with -9001'),
});

/** edev->mode. */
export const EEH_DEV_IRQ_DISABLED = 1 << 8;
/** hwirq of MSI vectors: this plus the virq. */
export const MSI_HWIRQ = 0x1000;
/** What somebody else keeps in the first word of a kmalloc-16 object. */
export const BYSTANDER_VALUE = 0x2026;

/** What the host bridge and the functions behind it hold themselves: read with readl, no lock. */
import { struct, word } from '../../src/memory/layout.ts';

export const phb_regs = struct('phb_regs', {
  fenced: word('1 while the whole PHB is fenced'),
  pes: word('first of the PEs that the firmware set up (pe_regs)', 'const'),
});

/** Freeze state of one PE, as OPAL and RTAS report it. */
export const pe_regs = struct('pe_regs', {
  freeze_status: word('OPAL_EEH_STOPPED_*: 0 running, bit 0 MMIO stopped, bit 1 DMA stopped'),
  unavailable_until: word('virtual ms until which the state cannot be told (link training)'),
  reset: word('1 while reset is asserted'),
  number: word('PE number', 'const'),
  next: word('next PE of the same PHB', 'const'),
  functions: word('first pci_function in the PE', 'const'),
  device_count: word('pci_devs that use it (powernv ioda_pe)', 'pci_rescan_remove_lock'),
});

export const pci_function = struct('pci_function', {
  vendor: word('config word 0; all ones when nobody is there'),
  bar0: word('config word 4: base address; lost by a reset'),
  data: word('what a register behind the BAR reads as when all is well'),
  bar_addr: word('bus address that the BAR was assigned; 0 for none', 'const'),
  is_bridge: word('header type 1', 'const'),
  pe: word('pe_regs of its PE', 'const'),
  pe_sibling: word('next function in the same PE', 'const'),
  driver: word('pci_driver that matches; NULL for none', 'const'),
  irq: word('irq_desc of its INTx line; NULL where only MSI is used', 'const'),
  wants_freset: word('its driver asks for fundamental reset', 'const'),
});

export const ALL_ONES = -1;
export const OPAL_EEH_STOPPED_NOT_FROZEN = 0;
export const OPAL_EEH_STOPPED_MMIO_FREEZE = 1;
export const OPAL_EEH_STOPPED_DMA_FREEZE = 2;
export const OPAL_EEH_STOPPED_MMIO_DMA_FREEZE = 3;
export const OPAL_EEH_STOPPED_RESET = 4;
export const OPAL_EEH_STOPPED_TEMP_UNAVAIL = 5;

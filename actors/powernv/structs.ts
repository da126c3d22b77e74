/** pnv_php's slots, the bridges they hang on, and nodes of the device tree (eeh.md 4.6, 3). */
import { irq_desc, kref, mutex, work_struct } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

export const msi_device_data = struct('msi_device_data', {
  properties: words(4, 'what lies before the mutex: the report says NULL+0x10'),
  mutex: embed(mutex, 'guards the vectors'),
  entries: word('vectors allocated', 'mutex'),
});

/** The upstream bridge of a slot, as MSI knows it. */
export const pnv_bridge = struct('pnv_bridge', {
  ref: embed(kref, 'its registration, and slots that hold it'),
  msi_enabled: word('MSI is on'),
  msi_data: word('msi_device_data; NULL once the device is deleted'),
  link_active: word('Data Link Layer Link Active'),
});

export const PNV_PHP_OFFLINE = 0;
export const PNV_PHP_POPULATED = 1;

export const pnv_php_slot = struct('pnv_php_slot', {
  irq: word('virq of hotplug events; 0 when it was torn down'),
  pdev: word('upstream bridge; NULL where there is none (OpenCAPI)', 'const'),
  state: word('PNV_PHP_*; written by sysfs and by the worker'),
  child: word('a slot below this one; 0: none'),
});

/** A hotplug port as the hardware has it. */
export const pnv_port = struct('pnv_port', {
  presence: word('a card sits in the slot'),
  slot_pe_frozen: word('the PE of the slot is frozen'),
  upstream_pe_frozen: word('the PE of the bridge above is: its MSI go nowhere'),
  irq: embed(irq_desc, 'the hotplug MSI'),
  work: embed(work_struct, 'the event, on the slot’s own workqueue'),
});

/** struct pci_dn of a card in a pnv_php slot. */
export const pnv_pdn = struct('pnv_pdn', {
  flags: word('PCI_DN_FLAG_DEAD'),
  pe_number: word('PE of the device', 'const'),
});

export const PCI_DN_FLAG_DEAD = 2;

/** The card's pci_dev, as far as it needs its node. */
export const pnv_dev = struct('pnv_dev', {
  ref: embed(kref, 'its registration, and open files'),
  pdn: word('its node', 'const'),
});

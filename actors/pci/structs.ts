/**
 * The PCI core's objects, with the fields that removal, rescan and EEH touch (eeh.md 1.0.2). The
 * guards are those that hold in fact, not those that were intended (eeh.md 1.0.3).
 */
import {
  completion,
  device_lock,
  kref,
  list_head,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

export const pci_bus = struct('pci_bus', {
  node: embed(list_head, 'link in the parent bus; linked and unlinked under pci_bus_sem'),
  children: embed(list_head, 'buses below; walked under pci_rescan_remove_lock only'),
  devices: embed(list_head, 'functions on it; changed under pci_bus_sem, walked without'),
  parent: word('the bus above; NULL for a root bus', 'const'),
  self: word('the bridge that leads here; NULL for a root bus', 'const'),
  sysdata: word('its PHB (pci_controller)', 'const'),
  number: word('bus number', 'const'),
  dn: word('first pci_dn on it: the device tree below', 'const'),
  dev: embed(kref, 'references: its own registration, and one for each pci_dev on it'),
});

export const pci_dev = struct('pci_dev', {
  bus_list: embed(list_head, 'link in bus->devices; linked and unlinked under pci_bus_sem'),
  bus: word('the bus it is on; referenced', 'const'),
  subordinate: word('the bus behind it; NULL for an endpoint', 'pci_rescan_remove_lock'),
  devfn: word('device << 3 | function', 'const'),
  pdn: word('its device-tree node (pci_dn)', 'const'),
  error_state: word('pci_channel_io_*; written by eehd and by any detector'),
  edev: word('dev.archdata.edev', 'pci_rescan_remove_lock'),
  driver: word('the bound pci_driver', 'device_lock'),
  driver_data: word('what the driver keeps: touched by its callbacks', 'device_lock'),
  slot: word('pci_slot it sits in; NULL when not in a hotplug slot', 'pci_slot_mutex'),
  is_added: word('announced to drivers', 'pci_rescan_remove_lock'),
  registered: word('kobj.parent is set: device_add() done, device_del() not', 'device_lock'),
  remove_attr: word('the sysfs file "remove" exists; the first writer takes it away'),
  irq: word('irq_desc of its INTx line; NULL for none', 'const'),
  irq_action: word('the driver has requested the line', 'device_lock'),
  msi_enabled: word('MSI or MSI-X is on', 'device_lock'),
  needs_freset: word('wants a fundamental reset', 'device_lock'),
  ref: embed(kref, 'references; the last put releases it'),
  dev: embed(device_lock, 'driver bind, unbind, error callbacks'),
});

/** Device-tree node of a function: exists before, and survives, its pci_dev. */
export const pci_dn = struct('pci_dn', {
  phb: word('its PHB', 'const'),
  devfn: word('device << 3 | function', 'const'),
  pe_number: word('PE that the firmware put it in', 'const'),
  edev: word('its eeh_dev, allocated with it', 'const'),
  function: word('the hardware (pci_function)', 'const'),
  sibling: word('next node on the same bus', 'const'),
  child: word('first node behind a bridge', 'const'),
  secondary: word('bus number behind a bridge', 'const'),
  slot: word('pci_slot it sits in', 'const'),
});

export const pci_controller = struct('pci_controller', {
  bus: word('root bus'),
  global_number: word('PCI domain', 'const'),
  private_data: word('the hardware behind it (phb_regs)', 'const'),
  eeh_eventlist: embed(list_head, 'per-PHB threads: its events; eeh_eventlist_lock'),
  eeh_eventlist_event: embed(completion, 'per-PHB threads: counts them'),
});

export const pci_slot = struct('pci_slot', {
  hotplug: word('hotplug_slot of the slot driver; NULL when none is registered'),
  number: word('slot number', 'const'),
});

export const hotplug_slot = struct('hotplug_slot', {
  attention: word('attention indicator: 1 = on'),
  presence: word('what get_adapter_status answers: 1 = occupied'),
});

/** An open file of a device, as lspci or a debugger keeps one. */
export const file = struct('file', {
  private_data: word('the pci_dev; referenced until the file is closed', 'const'),
});

/** pci_dev->error_state. */
export const pci_channel_io_normal = 1;
export const pci_channel_io_frozen = 2;
export const pci_channel_io_perm_failure = 3;

/** What a writer of sysfs tells others when it is through: to wait for, for ever or for a while. */
export const sign = struct('sign', {
  given: embed(completion, 'completed when it is given'),
  wq: embed(wait_queue_head, 'those who would rather wait a limited time'),
});

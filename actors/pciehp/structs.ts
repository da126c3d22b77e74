/**
 * The kernel's structures as far as pciehp 4.20-rc1 touches them (pciehp.md 2.3), and the
 * laboratory's bookkeeping beside them.
 */
import {
  completion,
  kref,
  list_head,
  mutex,
  rw_semaphore,
  wait_queue_head,
  work_struct,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

/** pci_dev->priv_flags bits. */
export const PCI_DEV_ADDED = 1;
/** pci_dev->current_state and ->error_state. */
export const PCI_D0 = 0;
export const PCI_D3cold = 4;
export const pci_channel_io_normal = 1;
export const pci_channel_io_perm_failure = 3;

/** The port itself, and the function plugged into its slot. */
export const pci_dev = struct('pciehp_pci_dev', {
  bus_list: embed(list_head, 'entry of bus->devices; guarded by pci_bus_sem'),
  bus: word('the bus it is on', 'const'),
  subordinate: word('a port: the bus behind it', 'const'),
  devfn: word('device and function number', 'const'),
  id: word('vendor and device id', 'const'),
  kref: embed(kref, 'references; the last one frees it'),
  device_lock: embed(mutex, 'device_lock(): driver bind and unbind', { novalidate: true }),
  driver: word('1 while a driver is bound', 'device_lock'),
  priv_flags: word('PCI_DEV_ADDED: announced to drivers; atomic bits'),
  slot: word('the slot it sits in; NULL for the port above it', 'pci_slot_mutex'),
  error_state: word('pci_channel_io_*', 'pci_rescan_remove_lock'),
  current_state: word('D0 .. D3cold', 'const'),
  ignore_hotplug: word('drop hotplug events (pci_ignore_hotplug)'),
  broken_cmd_compl: word('erratum CF118: completes only commands that change a control', 'const'),
});

export const pci_bus = struct('pciehp_pci_bus', {
  devices: embed(list_head, 'devices on it; guarded by pci_bus_sem'),
});

/** struct irqaction of pciehp's threaded interrupt. */
export const irqaction = struct('irqaction', {
  handler: word('1 once request_threaded_irq() installed it'),
  thread_flags: word('IRQTF_RUNTHREAD; atomic bits'),
  threads_active: word('wake-ups of the thread not yet finished; atomic'),
  thread_wait: embed(wait_queue_head, 'the IRQ thread sleeps here'),
  unhandled: word('IRQ_NONE in a row on a level-triggered line (irq_desc->irqs_unhandled)'),
});
export const IRQTF_RUNTHREAD = 1;

/** What a primary handler answers. */
export const IRQ_NONE = 0;
export const IRQ_HANDLED = 1;
export const IRQ_WAKE_THREAD = 2;

/** struct controller, pciehp.h of 4.20-rc1. */
export const controller = struct('controller', {
  pdev: word('the port', 'const'),
  irq: word('irq_desc of the hotplug vector', 'const'),
  action: word('irqaction of pciehp on that line', 'const'),
  slot_cap: word('copy of Slot Capabilities', 'const'),
  link_active_reporting: word('Link Capabilities has DLLLARC', 'const'),
  slot_ctrl: word('software copy of Slot Control; written under ctrl_lock, read by the ISR'),
  ctrl_lock: embed(mutex, 'serialises writes of Slot Control'),
  cmd_started: word('jiffies (here ms) of the last Slot Control write', 'ctrl_lock'),
  cmd_busy: word('a command is outstanding; cleared by the ISR', 'queue'),
  queue: embed(wait_queue_head, 'waiters for command completion'),
  pending_events: word('events seen by pciehp_isr, taken by pciehp_ist; atomic, no lock'),
  notification_enabled: word('pcie_enable_notification() was called'),
  power_fault_detected: word('a power fault was seen and not cleared'),
  state: word('slot state (machines/slot.ts)', 'state_lock'),
  state_lock: embed(mutex, 'guards state; serialises its transitions'),
  button_work: embed(work_struct, 'the 5 s in which a second press cancels the first'),
  reset_lock: embed(rw_semaphore, 'no access to presence and link while a slot reset is going on'),
  request_result: word('result of the last user request', 'requester'),
  requester: embed(wait_queue_head, 'sysfs writers wait here'),
});

/** struct hotplug_slot, as far as user space is concerned. */
export const hotplug_slot = struct('pciehp_hotplug_slot', {
  uevent: embed(completion, 'udev hears that the files are there'),
});

/** controller->state. */
export const OFF_STATE = 0;
export const BLINKINGON_STATE = 1;
export const BLINKINGOFF_STATE = 2;
export const POWERON_STATE = 3;
export const POWEROFF_STATE = 4;
export const ON_STATE = 5;
/** No controller exists before pcie_init(). */
export const NO_STATE = -1;

/** pending_events beyond the 16 bits of Slot Status. */
export const DISABLE_SLOT = 1 << 16;

export const EEXIST = 17;
export const ENODEV = 19;
export const EIO = 5;
export const EINVAL = 22;

/** Slot Status bits that are hotplug events: ABP, PFD, PDC, CC, DLLSC. */
export const SLOT_EVENTS = 0x11b;

/** Not in the kernel: what invariants and measures want to know of the past. */
export const pciehp_ghost = struct('pciehp_ghost', {
  cmd_timeouts: word('Timeout lines printed'),
  cmd_first_late: word('slot_ctrl of the first command that was given up'),
  cmd_first_age: word('its age in ms when it was given up'),
  cmd_longest_age: word('age of the oldest command when it was given up'),
  isr_none: word('interrupts answered with IRQ_NONE'),
  isr_none_pending: word('of these: the port still asserts and no edge is on its way'),
  cache_differs: word('ctrl_lock released while slot_ctrl and SLTCTL differ in an enable bit'),
  power_ups: word('times the slot was powered on'),
  requested: word('1 device_add was accepted, 2 device_del was issued'),
  requested_at: word('virtual ms of that'),
  masked: word('1 while the driver keeps hotplug interrupts masked'),
  masked_served: word('events that the handler took although it was entered while masked'),
  served_at: word('virtual ms at which a poll thread last finished with events; 0 = never'),
});
export const REQUESTED_ADD = 1;
export const REQUESTED_DEL = 2;

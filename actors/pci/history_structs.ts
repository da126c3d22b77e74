/**
 * What the races of pciehp.md 4 need beside the PCI core's objects of structs.ts: hardware
 * registers, flags and the users that hold a device.
 */
import {
  completion,
  irq_desc,
  kref,
  mutex,
  spinlock,
  wait_queue_head,
} from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

/** Commands and flags of one function. */
export const pci_function_regs = struct('history_regs', {
  command: word('PCI_COMMAND, in hardware; each access takes pci_lock'),
  lnkctl: word('PCI_EXP_LNKCTL, in hardware'),
  sltsta: word('PCI_EXP_SLTSTA, in hardware'),
  aspm_enabled: word('link->aspm_enabled', 'aspm_lock'),
  bridge_control: word('PCI_BRIDGE_CONTROL, in hardware'),
  bits: word('is_added and is_busmaster: bit-fields of one word; nothing guards both'),
  priv_flags: word('PCI_DEV_ADDED; atomic bits'),
  is_busmaster: word('bus mastering is on, in a word of its own'),
  enable_cnt: word('pci_enable_device() calls; atomic'),
  block_cfg_access: word('config accesses of user space are held off', 'pci_lock'),
  cap_lock: embed(spinlock, 'pcie_cap_lock: read-modify-write of the capability'),
});

export const PCI_COMMAND_MEMORY = 2;
export const PCI_COMMAND_MASTER = 4;
export const PCI_BRIDGE_CTL_PARITY = 1;
export const PCI_BRIDGE_CTL_BUS_RESET = 0x40;
export const PCI_EXP_LNKCTL_ASPM_L1 = 2;
export const PCI_EXP_LNKCTL_LD = 0x10;

/** struct pci_slot as far as its release goes. */
export const held_slot = struct('history_slot', {
  bus: word('the bus that it is on', 'const'),
  kref: embed(kref, 'the hotplug driver, and everybody who holds it'),
});

/** Something that one actor does only after another has got so far. */
export const moment = struct('history_moment', {
  come: embed(completion, 'completed once by whoever gets there'),
});

/** A vfio device that a process has open. */
export const vfio_user = struct('history_vfio', {
  opened: word('1 while the process has it open'),
  released: embed(wait_queue_head, 'remove() waits here for the process'),
});

/** A workqueue as far as flush_workqueue() goes. */
export const flushed_queue = struct('history_queue', {
  in_flight: word('items queued or running', 'lock'),
  lock: embed(spinlock, 'guards in_flight'),
  drained: embed(wait_queue_head, 'flush_workqueue() waits here'),
});

/** A slot of Linux 4.10 with its workqueue "pciehp-N" (pciehp.md 2.3). */
export const old_slot = struct('history_old_slot', {
  state: word('STATIC, POWERON or POWEROFF', 'lock'),
  lock: embed(mutex, 'slot->lock: the state'),
  hotplug_lock: embed(mutex, 'serialises enabling and disabling'),
  link: word('Data Link Layer active, in hardware'),
  enabled: word('1 while the device in it is enumerated', 'hotplug_lock'),
  running: word('an ordered workqueue: 1 while an item runs', 'the queue'),
});

/** A root port's error registers and its vector. */
export const root_port = struct('history_root_port', {
  irq: embed(irq_desc, 'the vector of its AER service'),
  root_status: word('PCI_ERR_ROOT_STATUS, in hardware; W1C'),
  reported: word('errors that the handler has taken'),
});

export const PCI_ERR_ROOT_COR_RCV = 1;
export const PCI_ERR_ROOT_MULTI_COR_RCV = 2;

/** A port with bandwidth notification on a shared vector. */
export const bwctrl_port = struct('history_bwctrl_port', {
  irq: embed(irq_desc, 'one vector for hotplug and bandwidth notification'),
  action: word('1 while request_threaded_irq() has the handler installed'),
  link_bwctrl: word('the service data; NULL when there is none'),
  lnksta: word('PCI_EXP_LNKSTA, in hardware'),
  lnkctl: word('PCI_EXP_LNKCTL, in hardware: bandwidth interrupts are enabled'),
});
export const bwctrl_data = struct('history_bwctrl_data', {
  lbms_count: word('link bandwidth management events; atomic'),
});
export const PCI_EXP_LNKCTL_LBMIE = 0x400;
export const PCI_EXP_LNKSTA_LBMS = 0x4000;

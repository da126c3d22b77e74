/**
 * Config accesses and how they are held off (pciehp.md 2.1): pci_lock, block_cfg_access and the
 * wait queue beside it, in the shapes of rows 25, 28 and 29 of pciehp.md 4. A config access is one
 * operation on the register; pci_lock is spelled out where a row is about it.
 */
import {
  BUG_ON,
  finish_wait,
  might_sleep,
  msleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  printk,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  read,
  readl,
  schedule,
  wake_up_all,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_BRIDGE_CTL_BUS_RESET,
  PCI_BRIDGE_CTL_PARITY,
  pci_function_regs as regs,
} from './history_structs.ts';
import { pci_dev } from './structs.ts';

const ev = eventCodes('RETURNED');
const RESET_MS = 2;

export type ConfigGlobals = Readonly<{
  pci_lock: Ptr;
  pci_cfg_wait: Ptr;
  /** pi_lock of the task that waits in pci_cfg_wait. */
  pi_lock: Ptr;
  bridge: Ptr;
  bridge_regs: Ptr;
  child: Ptr;
  child_regs: Ptr;
}>;

export interface ConfigDesign {
  /** pci_cfg_access_lock(), pci_block_user_cfg_access() before fb51ccbf217c (2011). */
  readonly cfg_access_lock: (r: Ptr, g: ConfigGlobals) => Proc<void>;
  readonly cfg_access_unlock: (r: Ptr, g: ConfigGlobals) => Proc<void>;
  /** Around a slot reset: the devices in the slot, and the bridge above it or not. */
  readonly slot_lock: (k: ConfigKernel) => Proc<void>;
  readonly slot_unlock: (k: ConfigKernel) => Proc<void>;
}
export type ConfigKernel = ConfigDesign & ConfigGlobals;

/** pci_wait_cfg(): entered and left with pci_lock held. */
function* pci_wait_cfg(r: Ptr, g: ConfigGlobals): Proc<void> {
  while ((yield read(r + regs.block_cfg_access)) !== 0) {
    yield prepare_to_wait(g.pci_cfg_wait);
    yield raw_spin_unlock_irqrestore(g.pci_lock);
    yield schedule();
    yield finish_wait(g.pci_cfg_wait);
    yield raw_spin_lock_irqsave(g.pci_lock);
  }
}

/** The sleeping lock: a second owner waits. */
export function* pci_cfg_access_lock(r: Ptr, g: ConfigGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(g.pci_lock);
  yield* pci_wait_cfg(r, g);
  yield write(r + regs.block_cfg_access, 1);
  yield raw_spin_unlock_irqrestore(g.pci_lock);
}

/** The flag of one owner: a second one is a bug. */
export function* pci_block_user_cfg_access(r: Ptr, g: ConfigGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(g.pci_lock);
  const was_blocked = yield read(r + regs.block_cfg_access);
  yield write(r + regs.block_cfg_access, 1);
  yield raw_spin_unlock_irqrestore(g.pci_lock);
  yield BUG_ON(was_blocked);
}

/** Since cdcb33f98244 (2017/18) waiters are woken after pci_lock. */
export function* pci_cfg_access_unlock(r: Ptr, g: ConfigGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(g.pci_lock);
  yield write(r + regs.block_cfg_access, 0);
  yield raw_spin_unlock_irqrestore(g.pci_lock);
  yield* wake_up_cfg_waiters(g);
}

/** Before it: under pci_lock. */
export function* cfg_access_unlock_wakes_inside(r: Ptr, g: ConfigGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(g.pci_lock);
  yield write(r + regs.block_cfg_access, 0);
  yield* wake_up_cfg_waiters(g);
  yield raw_spin_unlock_irqrestore(g.pci_lock);
}

/** try_to_wake_up() takes the pi_lock of the task that it wakes. */
function* wake_up_cfg_waiters(g: ConfigGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(g.pi_lock);
  yield wake_up_all(g.pci_cfg_wait);
  yield raw_spin_unlock_irqrestore(g.pi_lock);
}

/** A reset of one function, as pci_reset_function() frames it. */
export function* reset_child(k: ConfigKernel): Proc<number> {
  yield* k.cfg_access_lock(k.child_regs, k);
  yield writel(k.child_regs + regs.command, 0);
  yield* k.cfg_access_unlock(k.child_regs, k);
  return ev.RETURNED;
}

/** The scheduler lets perf switch an uncore event, which reads config space under pi_lock. */
export function* perf_event_switch(k: ConfigKernel): Proc<number> {
  yield raw_spin_lock_irqsave(k.pi_lock);
  yield raw_spin_lock_irqsave(k.pci_lock);
  yield readl(k.child_regs + regs.command);
  yield raw_spin_unlock_irqrestore(k.pci_lock);
  yield raw_spin_unlock_irqrestore(k.pi_lock);
  return ev.RETURNED;
}

/** setpci on the bridge: reads Bridge Control, and writes it back with another bit changed. */
export function* setpci_bridge_control(k: ConfigKernel): Proc<number> {
  const value = yield* pci_user_read_config(k, k.bridge_regs + regs.bridge_control);
  // pci_user_write_config_word().
  yield raw_spin_lock_irqsave(k.pci_lock);
  yield* pci_wait_cfg(k.bridge_regs, k);
  yield writel(k.bridge_regs + regs.bridge_control, value | PCI_BRIDGE_CTL_PARITY);
  yield raw_spin_unlock_irqrestore(k.pci_lock);
  return ev.RETURNED;
}

function* pci_user_read_config(k: ConfigKernel, reg: Ptr): Proc<number> {
  yield raw_spin_lock_irqsave(k.pci_lock);
  yield* pci_wait_cfg(k.bridge_regs, k);
  const value = yield readl(reg);
  yield raw_spin_unlock_irqrestore(k.pci_lock);
  return value;
}

/** pci_slot_reset(), down to pciehp_reset_slot(). */
export function* pci_slot_reset(k: ConfigKernel): Proc<number> {
  yield* k.slot_lock(k);
  yield might_sleep();
  yield* pci_bridge_secondary_bus_reset(k);
  yield* k.slot_unlock(k);
  return ev.RETURNED;
}

function* pci_bridge_secondary_bus_reset(k: ConfigKernel): Proc<void> {
  const control = k.bridge_regs + regs.bridge_control;
  if ((yield read(k.bridge_regs + regs.block_cfg_access)) === 0) {
    yield printk('unlocked secondary bus reset via: pciehp_reset_slot');
  }
  const value = yield readl(control);
  yield writel(control, value | PCI_BRIDGE_CTL_BUS_RESET);
  yield msleep(RESET_MS);
  yield writel(control, value & ~PCI_BRIDGE_CTL_BUS_RESET);
}

/** pci_slot_lock() before 1f5e57c622b4: the device in the slot. */
export function* slot_lock_children(k: ConfigKernel): Proc<void> {
  yield mutex_lock(k.child + pci_dev.dev.mutex.at);
  yield* k.cfg_access_lock(k.child_regs, k);
}

export function* slot_unlock_children(k: ConfigKernel): Proc<void> {
  yield* k.cfg_access_unlock(k.child_regs, k);
  yield mutex_unlock(k.child + pci_dev.dev.mutex.at);
}

/** And after it: the bridge first. */
export function* slot_lock_bridge_first(k: ConfigKernel): Proc<void> {
  yield mutex_lock(k.bridge + pci_dev.dev.mutex.at);
  yield* k.cfg_access_lock(k.bridge_regs, k);
  yield* slot_lock_children(k);
}

export function* slot_unlock_bridge_last(k: ConfigKernel): Proc<void> {
  yield* slot_unlock_children(k);
  yield* k.cfg_access_unlock(k.bridge_regs, k);
  yield mutex_unlock(k.bridge + pci_dev.dev.mutex.at);
}

/**
 * Registers that two callers change at once: Command of a bridge above two siblings, before and
 * after 40f11adc7cd9 (2017); Link Control, before and after its locked accessors (July 2023).
 */
import {
  atomic_fetch_add,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  READ_ONCE,
  read,
  readl,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_COMMAND_MASTER,
  PCI_COMMAND_MEMORY,
  PCI_EXP_LNKCTL_ASPM_L1,
  PCI_EXP_LNKCTL_LD,
  pci_function_regs as regs,
} from './history_structs.ts';

const ev = eventCodes('RETURNED');

export interface BridgeDesign {
  readonly bridge_lock: (mutex: Ptr) => Proc<void>;
  readonly bridge_unlock: (mutex: Ptr) => Proc<void>;
}
export type BridgeKernel = BridgeDesign & Readonly<{ pci_bridge_mutex: Ptr; bridge: Ptr }>;

/** pci_enable_device() of a driver's probe: first the bridge above, here the only one. */
export function* pci_enable_device(k: BridgeKernel, function_regs: Ptr): Proc<number> {
  if ((yield atomic_fetch_add(function_regs + regs.enable_cnt, 1)) !== 0) return ev.RETURNED;
  yield* pci_enable_bridge(k);
  yield* do_pci_enable_device(function_regs);
  yield* pci_set_master(function_regs);
  return ev.RETURNED;
}

function* pci_enable_bridge(k: BridgeKernel): Proc<void> {
  yield* k.bridge_lock(k.pci_bridge_mutex);
  if ((yield READ_ONCE(k.bridge + regs.enable_cnt)) !== 0) {
    if ((yield read(k.bridge + regs.is_busmaster)) === 0) yield* pci_set_master(k.bridge);
  } else {
    // Whoever counts from 0 writes the register.
    if ((yield atomic_fetch_add(k.bridge + regs.enable_cnt, 1)) === 0) {
      yield* do_pci_enable_device(k.bridge);
    }
    yield* pci_set_master(k.bridge);
  }
  yield* k.bridge_unlock(k.pci_bridge_mutex);
}

function* do_pci_enable_device(r: Ptr): Proc<void> {
  const command = yield readl(r + regs.command);
  yield writel(r + regs.command, command | PCI_COMMAND_MEMORY);
}

function* pci_set_master(r: Ptr): Proc<void> {
  const command = yield readl(r + regs.command);
  yield writel(r + regs.command, command | PCI_COMMAND_MASTER);
  yield write(r + regs.is_busmaster, 1);
}

export function* no_bridge_lock(_mutex: Ptr): Proc<void> {
  // Two siblings may enable their bridge at once.
}

export function* take_bridge_mutex(mutex: Ptr): Proc<void> {
  yield mutex_lock(mutex);
}

export function* drop_bridge_mutex(mutex: Ptr): Proc<void> {
  yield mutex_unlock(mutex);
}

export interface LinkControlDesign {
  readonly clear_and_set: (port: Ptr, clear: number, set: number) => Proc<void>;
}
export type LinkControlKernel = LinkControlDesign & Readonly<{ port: Ptr }>;

/** The link is no longer disabled. */
export function* pciehp_power_on_slot(k: LinkControlKernel): Proc<number> {
  // There is no power fault to clear.
  yield readl(k.port + regs.sltsta);
  yield* k.clear_and_set(k.port, PCI_EXP_LNKCTL_LD, 0);
  return ev.RETURNED;
}

/** pcie_config_aspm_link(). */
export function* pcie_config_aspm_link(k: LinkControlKernel): Proc<number> {
  yield* k.clear_and_set(k.port, 0, PCI_EXP_LNKCTL_ASPM_L1);
  yield write(k.port + regs.aspm_enabled, PCI_EXP_LNKCTL_ASPM_L1);
  return ev.RETURNED;
}

export function* clear_and_set_unlocked(port: Ptr, clear: number, set: number): Proc<void> {
  const value = yield readl(port + regs.lnkctl);
  yield writel(port + regs.lnkctl, (value & ~clear) | set);
}

/** pcie_capability_clear_and_set_word_locked(). */
export function* clear_and_set_locked(port: Ptr, clear: number, set: number): Proc<void> {
  yield spin_lock_irqsave(port + regs.cap_lock.at);
  yield* clear_and_set_unlocked(port, clear, set);
  yield spin_unlock_irqrestore(port + regs.cap_lock.at);
}

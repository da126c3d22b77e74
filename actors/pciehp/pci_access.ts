/**
 * Config accesses as the kernel makes them: each one alone is atomic under pci_lock with interrupts
 * off, a read-modify-write of two is not (pciehp.md 2.1). In a guest each traps into QEMU.
 */
import { type Proc, raw_spin_lock_irqsave, raw_spin_unlock_irqrestore } from '#ops';
import {
  qemu_card_command_read,
  qemu_card_command_write,
  qemu_card_id_read,
  qemu_port_config_read,
  qemu_port_config_write,
} from '../hardware/qemu_port.ts';
import type { Pciehp } from './design.ts';

/** Reads a register of the port's PCIe capability; a 32-bit one whole. */
export function* pcie_capability_read_word(pos: number, d: Pciehp): Proc<number> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const value = yield* qemu_port_config_read(d.port, pos, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return value;
}

export function* pcie_capability_write_word(pos: number, value: number, d: Pciehp): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield* qemu_port_config_write(d.port, pos, value, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** Vendor and device id of function 0 behind the port. */
export function* pci_bus_read_vendor_id(d: Pciehp): Proc<number> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const id = yield* qemu_card_id_read(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return id;
}

/** Command register of function 0 behind the port. */
export function* pci_read_command(d: Pciehp): Proc<number> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  const command = yield* qemu_card_command_read(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return command;
}

export function* pci_write_command(value: number, d: Pciehp): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield* qemu_card_command_write(d.port, value, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

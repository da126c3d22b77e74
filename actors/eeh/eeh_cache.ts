/**
 * The address cache (piar): which device a failed read belongs to. An rb-tree in the kernel, a list
 * here. piar_lock covers the tree only: the edev that a lookup answers is used after it.
 */
import {
  GFP_ATOMIC,
  kfree,
  kzalloc,
  type Proc,
  type Ptr,
  read,
  spin_lock_irqsave,
  spin_unlock_irqrestore,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { pci_function } from '../hardware/phb_regs.ts';
import { list_add_tail, list_del } from '../list.ts';
import { pci_dev, pci_dn } from '../pci/structs.ts';
import type { Kernel } from './kernel.ts';
import { pci_io_addr_range } from './structs.ts';

/** eeh_addr_cache_get_dev(): the edev that an address belongs to, or NULL. */
export function* eeh_addr_cache_get_dev(k: Kernel, addr: number): Proc<Ptr> {
  let edev = 0;
  yield spin_lock_irqsave(k.piar_lock);
  let entry = yield read(k.pci_io_addr_cache + list_head.next);
  while (entry !== k.pci_io_addr_cache && edev === 0) {
    const piar = entry - pci_io_addr_range.list.at;
    if ((yield read(piar + pci_io_addr_range.addr)) === addr) {
      edev = yield read(piar + pci_io_addr_range.edev);
    }
    entry = yield read(entry + list_head.next);
  }
  yield spin_unlock_irqrestore(k.piar_lock);
  return edev;
}

/** eeh_addr_cache_insert_dev(): bridges and functions without memory are not in it. */
export function* eeh_addr_cache_insert_dev(k: Kernel, dev: Ptr, edev: Ptr): Proc<void> {
  const pdn = yield read(dev + pci_dev.pdn);
  const addr = yield read((yield read(pdn + pci_dn.function)) + pci_function.bar_addr);
  if (addr === 0) return;
  yield spin_lock_irqsave(k.piar_lock);
  const piar = yield kzalloc(pci_io_addr_range.typeid, GFP_ATOMIC);
  if (piar !== 0) {
    yield write(piar + pci_io_addr_range.addr, addr);
    yield write(piar + pci_io_addr_range.edev, edev);
    yield write(piar + pci_io_addr_range.pcidev, dev);
    yield* list_add_tail(piar + pci_io_addr_range.list.at, k.pci_io_addr_cache);
  }
  yield spin_unlock_irqrestore(k.piar_lock);
}

export function* eeh_addr_cache_rmv_dev(k: Kernel, dev: Ptr): Proc<void> {
  yield spin_lock_irqsave(k.piar_lock);
  let entry = yield read(k.pci_io_addr_cache + list_head.next);
  while (entry !== k.pci_io_addr_cache) {
    const next = yield read(entry + list_head.next);
    const piar = entry - pci_io_addr_range.list.at;
    if ((yield read(piar + pci_io_addr_range.pcidev)) === dev) {
      yield* list_del(entry);
      yield kfree(piar);
    }
    entry = next;
  }
  yield spin_unlock_irqrestore(k.piar_lock);
}

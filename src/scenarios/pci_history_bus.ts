/** A bus with a device on it: what rows about removal start from. */
import { pci_bus, pci_channel_io_normal, pci_dev } from '../../actors/pci/structs.ts';
import type { ImageBuilder } from '../memory/image.ts';
import { mutex, rw_semaphore } from '../memory/kernel_structs.ts';
import type { BuildRequest } from './system.ts';

/** A bus with one device on it, and the two locks of the PCI core. */
export function busWithDevice(memory: ImageBuilder, request: BuildRequest) {
  const pci_rescan_remove_lock = memory.static_('pci_rescan_remove_lock', mutex);
  const pci_bus_sem = memory.static_('pci_bus_sem', rw_semaphore);
  const bus = memory.static_('pci_bus', pci_bus);
  memory.cache(pci_dev, 1, request.quarantine);
  const dev = memory.alloc(pci_dev);
  putOnBus(memory, bus, dev);
  return { pci_rescan_remove_lock, pci_bus_sem, bus, dev };
}

function putOnBus(memory: ImageBuilder, bus: number, dev: number): void {
  const entry = dev + pci_dev.bus_list.at;
  const head = bus + pci_bus.devices.at;
  const words: (readonly [number, number])[] = [
    [head, entry],
    [head + 1, entry],
    [entry, head],
    [entry + 1, head],
    [bus + pci_bus.dev.refcount, 1],
    [dev + pci_dev.bus, bus],
    [dev + pci_dev.driver, 1],
    [dev + pci_dev.is_added, 1],
    [dev + pci_dev.registered, 1],
    [dev + pci_dev.error_state, pci_channel_io_normal],
    [dev + pci_dev.ref.refcount, 1],
  ];
  for (const [addr, value] of words) memory.poke(addr, value);
}

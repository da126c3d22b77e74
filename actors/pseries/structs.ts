/** What DLPAR takes apart when a PHB leaves (eeh.md 1.0.6): each keeps the one above it alive. */
import { kref, list_head } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

/** struct pci_controller, as far as its removal goes. */
export const dlpar_phb = struct('dlpar_phb', {
  list_node: embed(list_head, 'link in hose_list; hose_spinlock'),
  bus: word('root bus'),
  io_resource: word('I/O window'),
  mem_resources: word('memory windows: the first stands for all three'),
  controller_ops: word('called when a device is released', 'const'),
});

export const pci_host_bridge = struct('pci_host_bridge', {
  dev: embed(kref, 'its registration, and its root bus'),
  release_data: word('what release_fn frees: the PHB', 'const'),
});

/** A root bus with what it needs to be released. */
export const dlpar_root_bus = struct('dlpar_root_bus', {
  dev: embed(kref, 'its registration, and each pci_dev on it'),
  bridge: word('pci_host_bridge; referenced', 'const'),
  sysdata: word('its PHB', 'const'),
});

export const dlpar_dev = struct('dlpar_dev', {
  ref: embed(kref, 'its registration, and whoever has it open'),
  bus: word('root bus; referenced', 'const'),
});

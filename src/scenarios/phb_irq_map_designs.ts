/** The designs of eeh.md 2.1.3 as frozen records of procedures. */
import {
  mapping_get,
  mapping_given_up,
  mapping_put,
  mapping_uncounted,
  no_notify_add_device,
  no_notify_del_device,
  no_pcibios_remove_bus,
  pci_dispose_irq,
  pcibios_free_controller,
  pci_read_irq_line as read_irq_line,
  pcibios_scan_phb as scan_phb,
} from '../../actors/irq/intx_line.ts';
import {
  ppc_pci_unmap_irq_line,
  pci_read_irq_line as read_irq_line_counted,
  remap_irq_line,
} from '../../actors/irq/intx_list.ts';
import {
  pci_read_irq_line,
  pcibios_remove_bus,
  pcibios_scan_phb,
} from '../../actors/irq/irq_map.ts';
import {
  pcibios_free_controller as free_controller_with_map,
  pcibios_remove_bus as remove_bus_keeping,
} from '../../actors/irq/irq_map_kept.ts';
import { pcibios_remove_bus as remove_bus_v3 } from '../../actors/irq/irq_map_v3.ts';
import type { IrqDesign } from '../../actors/irq/kernel.ts';
import type { Design } from './system.ts';

const tracked: IrqDesign = {
  pcibios_scan_phb,
  pcibios_remove_bus,
  pcibios_free_controller,
  pci_read_irq_line,
  notify_add_device: no_notify_add_device,
  notify_del_device: no_notify_del_device,
  irq_mapping_get: mapping_uncounted,
  irq_mapping_put: mapping_given_up,
};

const untracked: IrqDesign = {
  ...tracked,
  pcibios_scan_phb: scan_phb,
  pcibios_remove_bus: no_pcibios_remove_bus,
  pci_read_irq_line: read_irq_line,
};

const counted: IrqDesign = {
  ...untracked,
  pci_read_irq_line: read_irq_line_counted,
  notify_del_device: ppc_pci_unmap_irq_line,
};

const DESIGNS: Readonly<Record<string, IrqDesign>> = {
  F0: tracked,
  F1: { ...tracked, pcibios_remove_bus: remove_bus_v3 },
  F2: {
    ...tracked,
    pcibios_remove_bus: remove_bus_keeping,
    pcibios_free_controller: free_controller_with_map,
  },
  F3: untracked,
  F4: {
    ...untracked,
    notify_del_device: pci_dispose_irq,
    irq_mapping_get: mapping_get,
    irq_mapping_put: mapping_put,
  },
  F5: counted,
  F6: { ...untracked, notify_del_device: pci_dispose_irq },
  F7: { ...counted, notify_add_device: remap_irq_line },
};

export function irqDesign(design: string): IrqDesign {
  const record = DESIGNS[design];
  if (record === undefined) throw new Error(`[hotrace bug] phb-irq-map: no design ${design}`);
  return record;
}

export const irqDesigns: readonly Design[] = [
  {
    id: 'F0',
    title: 'virqs recorded per PHB; each bus removal disposes of all and frees the record',
    source: 'Linux 3a3181e16fbd (linux-next, September 2020)',
  },
  {
    id: 'F1',
    title: 'as F0, but the pointer is cleared after the free',
    source: 'v3 of that patch (eeh.md 2.1.3)',
  },
  {
    id: 'F2',
    title: 'as F0, but entries are zeroed and the record is freed with its PHB',
    source:
      'Cédric Le Goater, 25 September 2020, ' +
      '"[PATCH] powerpc/pci: Fix PHB removal/rescan on PowerNV"',
  },
  {
    id: 'F3',
    title: 'no record: INTx mappings are never disposed of',
    source: 'Linux ffd0b25ca049 (revert), and every kernel before August 2020',
  },
  {
    id: 'F4',
    title: 'the mapping itself is counted; a bus notifier drops what pci_dev.irq names',
    source: 'Alexey Kardashevskiy, genirq RFC, 27 October and 24 November 2020 (not merged)',
  },
  {
    id: 'F5',
    title: 'users are counted in intx_list; a bus notifier drops the one pci_dev.irq names',
    source: 'Linux 450be4960a0f (v5.11)',
  },
  {
    id: 'F6',
    title: 'a bus notifier disposes of what pci_dev.irq names, without a count',
    source:
      'Oliver O’Halloran, 8 October 2020, ' +
      '"Re: [PATCH] powerpc/pci: Fix PHB removal/rescan on PowerNV"',
  },
  {
    id: 'F7',
    title: 'as F5, and a device that is registered again gets its mapping back',
    source: 'Ocheretnyi, August 2024 (proposed, not merged; eeh.md 2.1.3 F5)',
  },
];

/** What is open as of 7.3-rc7: O1 to O5, D1 to D4 of pciehp.md 4. */
import type { RecordEntry } from './entry.ts';

export const pciehpOpen: readonly RecordEntry[] = [
  {
    table: 'pciehp.md 4',
    row: 'O1',
    what: 'Three-way deadlock of two vfio devices pulled at once',
    source: 'fengnan, November 2024; Jinhui Guo, 2025/26',
    mark: 'D',
    kernels: 'open in 7.3-rc7',
    abstracted:
      'Two ports with one device each; the process exits when vfio asks it to let go of ' +
      'either, and closes its files one after the other. Design after: no reset of a ' +
      'disconnected device, not merged.',
    cells: [
      { target: 'pci-history/vfio-pair', before: 'before', after: null },
      { target: 'dpc-hotplug/O1', before: '6-16', after: null },
    ],
  },
  {
    table: 'pciehp.md 4',
    row: 'O2',
    what: 'DPC takes longer than hotplug waits for it',
    source: 'LeoLiu-oc, January 2026',
    mark: 'D',
    kernels: '5.14 to 7.3-rc7',
    abstracted: 'The driver answers after 10 s; the walk over removed devices is not modelled.',
    cells: [
      { target: 'dpc-hotplug/slow-driver', before: '6-16', after: 'long-wait' },
      { target: 'dpc-hotplug/slowest-driver', before: '6-16', after: null },
    ],
  },
  {
    table: 'pciehp.md 4',
    row: 'O3',
    what: 'remove against sriov_numvfs: pci_rescan_remove_lock and device_lock',
    source: 'Ionut Nechita, v14, April 2026',
    mark: 'D',
    kernels: '6.1.y, 6.12.y, 7.3-rc7',
    abstracted:
      'unbind is left out: it has the order of sriov_numvfs. Design after (not merged): the ' +
      'rescan lock is taken before device_lock.',
    cells: [{ target: 'eeh-history/numvfs-vs-pf-removal', before: 'before', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'O4',
    what: 'A driver resets the bus of its own device with pciehp active',
    source: 'tt-kmd 188, 199, 204; XRT 5955; SLASH 203',
    mark: 'D',
    kernels: 'open in 7.3-rc7',
    abstracted: 'The driver of the device is one actor that resets its bus.',
    cells: [{ target: 'dpc-hotplug/O4', before: '6-16', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'O5',
    what: 'Removal of an SR-IOV device waits for a process that reads its attribute',
    source: 'spdk 3205, December 2023',
    mark: 'D',
    kernels: 'open in 7.3-rc7',
    abstracted:
      'The attribute is only the lock that it takes. Design after: the process closes first.',
    cells: [{ target: 'pci-history/sriov-attribute', before: 'before', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'D1',
    what: 'pci_slot_mutex against reset_lock',
    source: 'pciehp.md 3.3 D1',
    mark: 'D',
    kernels: '6.1, 6.12, 7.3-rc7',
    abstracted: 'One port, an empty bus.',
    cells: [{ target: 'dpc-hotplug/D1', before: '6-16', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'D2',
    what: 'pci_bus_sem against device_lock of a PF that is unbound',
    source: 'pciehp.md 3.3 D2',
    mark: 'D',
    kernels: '6.1, 6.12, 7.3-rc7',
    abstracted: 'One PF; its VFs are the lock that their removal takes.',
    cells: [{ target: 'dpc-hotplug/D2', before: '6-16', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'D3',
    what: 'The restore of config space writes Slot Control behind ctrl_lock',
    source: 'pciehp.md 4 row D3',
    mark: 'D',
    kernels: '7.3-rc7',
    abstracted: 'The reset before the restore; QEMU grants what is written.',
    cells: [{ target: 'pciehp-history/D3', before: 'before', after: null }],
  },
  {
    table: 'pciehp.md 4',
    row: 'D4',
    what: 'A flag left over swallows the next genuine event',
    source: 'pciehp.md 4 row D4',
    mark: 'D',
    kernels: '7.3-rc7',
    abstracted: 'One vfio user resets the slot; a card of the same model is another object.',
    cells: [
      { target: 'dpc-hotplug/D4', before: '6-16', after: null },
      { target: 'dpc-hotplug/D4-swap', before: '6-16', after: null },
      { target: 'dpc-hotplug/swap-same', before: '6-16', after: null },
    ],
  },
];

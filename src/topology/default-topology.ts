// The machine hotrace uses when it is given none: a POWER9 workstation with ten PHBs. 0030 has a
// PCIe switch whose downstream ports are hot-plug slots, four with an NVMe drive and one empty;
// 0000 has a two-port network card.

import { assemble } from './assemble.ts';
import { slotCapabilities } from './config-space.ts';
import type { Bridge, Device, Pcie, Topology } from './topology.ts';
import { addressText } from './topology.ts';

interface Row {
  /** Domain, bus, device, function. */
  readonly at: readonly [number, number, number, number];
  readonly what: Model;
  /** Secondary and subordinate bus. */
  readonly leads?: readonly [number, number];
  /** Physical slot number of a downstream port. */
  readonly slot?: number;
}

interface Model {
  readonly name: string;
  readonly className: string;
  readonly classCode: number;
  readonly ids: readonly [number, number];
  readonly portType: number | null;
  readonly msiVectors: number;
  readonly msixVectors: number;
}

const rootPort: Model = {
  name: 'IBM POWER9 Host Bridge (PHB4)',
  className: 'PCI bridge',
  classCode: 0x0604,
  ids: [0x1014, 0x04c1],
  portType: 4,
  msiVectors: 0,
  msixVectors: 0,
};

const switchPort: Model = {
  name: 'PMC-Sierra Inc. PM8562 Switchtec PFX-L 32xG3 Fanout-Lite PCIe Gen3 Switch',
  className: 'PCI bridge',
  classCode: 0x0604,
  ids: [0x11f8, 0x8562],
  portType: 5,
  msiVectors: 4,
  msixVectors: 0,
};

const downstreamPort: Model = { ...switchPort, portType: 6 };

const nvme: Model = {
  name: 'Samsung Electronics Co Ltd NVMe SSD Controller SM981/PM981/PM983',
  className: 'Non-Volatile memory controller',
  classCode: 0x0108,
  ids: [0x144d, 0xa808],
  portType: 0,
  msiVectors: 1,
  msixVectors: 33,
};

const connectX5: Model = {
  name: 'Mellanox Technologies MT27800 Family [ConnectX-5]',
  className: 'Ethernet controller',
  classCode: 0x0200,
  ids: [0x15b3, 0x1017],
  portType: 0,
  msiVectors: 0,
  msixVectors: 64,
};

const tigon: Model = {
  name: 'Broadcom Inc. and subsidiaries NetXtreme BCM5719 Gigabit Ethernet PCIe',
  className: 'Ethernet controller',
  classCode: 0x0200,
  ids: [0x14e4, 0x1657],
  portType: 0,
  msiVectors: 8,
  msixVectors: 17,
};

const sas: Model = {
  name: 'Adaptec Series 8 12G SAS/PCIe 3',
  className: 'Serial Attached SCSI controller',
  classCode: 0x0107,
  ids: [0x9005, 0x028d],
  portType: 0,
  msiVectors: 1,
  msixVectors: 16,
};

const xhci: Model = {
  name: 'Texas Instruments TUSB73x0 SuperSpeed USB 3.0 xHCI Host Controller',
  className: 'USB controller',
  classCode: 0x0c03,
  ids: [0x104c, 0x8241],
  portType: 0,
  msiVectors: 8,
  msixVectors: 8,
};

const vgaBridge: Model = {
  name: 'ASPEED Technology, Inc. AST1150 PCI-to-PCI Bridge',
  className: 'PCI bridge',
  classCode: 0x0604,
  ids: [0x1a03, 0x1150],
  portType: 7,
  msiVectors: 1,
  msixVectors: 0,
};

const vga: Model = {
  name: 'ASPEED Technology, Inc. ASPEED Graphics Family',
  className: 'VGA compatible controller',
  classCode: 0x0300,
  ids: [0x1a03, 0x2000],
  portType: null,
  msiVectors: 1,
  msixVectors: 0,
};

const rows: readonly Row[] = [
  { at: [0x00, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x00, 1, 0, 0], what: connectX5 },
  { at: [0x00, 1, 0, 1], what: connectX5 },
  { at: [0x01, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x02, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x02, 1, 0, 0], what: sas },
  { at: [0x03, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x03, 1, 0, 0], what: xhci },
  { at: [0x04, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x04, 1, 0, 0], what: tigon },
  { at: [0x04, 1, 0, 1], what: tigon },
  { at: [0x05, 0, 0, 0], what: rootPort, leads: [1, 2] },
  { at: [0x05, 1, 0, 0], what: vgaBridge, leads: [2, 2] },
  { at: [0x05, 2, 0, 0], what: vga },
  { at: [0x30, 0, 0, 0], what: rootPort, leads: [1, 7] },
  { at: [0x30, 1, 0, 0], what: switchPort, leads: [2, 7] },
  { at: [0x30, 2, 0, 0], what: downstreamPort, leads: [3, 3], slot: 1 },
  { at: [0x30, 2, 1, 0], what: downstreamPort, leads: [4, 4], slot: 2 },
  { at: [0x30, 2, 2, 0], what: downstreamPort, leads: [5, 5], slot: 3 },
  { at: [0x30, 2, 3, 0], what: downstreamPort, leads: [6, 6], slot: 4 },
  { at: [0x30, 2, 4, 0], what: downstreamPort, leads: [7, 7], slot: 5 },
  { at: [0x30, 3, 0, 0], what: nvme },
  { at: [0x30, 4, 0, 0], what: nvme },
  { at: [0x30, 5, 0, 0], what: nvme },
  { at: [0x30, 6, 0, 0], what: nvme },
  { at: [0x31, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x31, 1, 0, 0], what: nvme },
  { at: [0x32, 0, 0, 0], what: rootPort, leads: [1, 1] },
  { at: [0x33, 0, 0, 0], what: rootPort, leads: [1, 1] },
];

function devices(): Device[] {
  return rows.map(({ at: [domain, bus, device, fn], what, leads, slot }) => {
    const isPort = what.portType !== null && what.portType >= 4 && what.portType <= 6;
    const bridge: Bridge | null =
      leads === undefined
        ? null
        : { primary: bus, secondary: leads[0], subordinate: leads[1], inferred: false };
    return {
      domain,
      bus,
      device,
      fn,
      address: addressText(domain, bus, device, fn),
      name: what.name,
      className: what.className,
      classCode: what.classCode,
      vendorId: what.ids[0],
      deviceId: what.ids[1],
      headerType: bridge === null ? 0 : 1,
      configBytes: 0,
      bridge,
      pcie: what.portType === null ? null : express(what.portType, slot, device),
      msi: what.msiVectors === 0 ? null : { enabled: true, vectors: what.msiVectors },
      msix: what.msixVectors === 0 ? null : { enabled: true, vectors: what.msixVectors },
      aer: isPort || what.portType === 0 ? { offset: 0x100 } : null,
      dpc: what.portType === 6 ? { ...containment } : null,
    };
  });
}

const containment = {
  offset: 0x270,
  interruptMessage: 1,
  rootPort: false,
  poisonedTlp: true,
  softwareTrigger: true,
  linkActive: true,
};

// Attention button, power controller, both indicators, surprise, hot-plug capable: a slot as the
// original standard hot-plug model has it (PCIe r5.0 §6.7.1), with command completed support, 25 W.
const slotRegister = 0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | (250 << 7) | (1 << 15);

function express(portType: number, slot: number | undefined, device: number): Pcie {
  return {
    portType,
    link: {
      speed: 3,
      width: slot === undefined ? 8 : 4,
      surpriseDown: portType === 6,
      linkActive: portType === 4 || portType === 6,
      portNumber: portType === 6 ? device + 1 : 0,
    },
    slot: slot === undefined ? null : slotCapabilities(((slot << 19) | slotRegister) >>> 0),
  };
}

/** Kind `verbose`: what the text of `lspci -vvv` would show of such a machine. */
export const defaultTopology: Topology = assemble('verbose', devices(), []);

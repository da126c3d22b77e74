// The readable print of a topology: a block per PHB, a line per function.

import { buildMachine, type Machine } from './machine.ts';
import { printable, printableCut } from './printable.ts';
import type { Device, SlotCapabilities, Topology } from './topology.ts';
import { busText, hex2 } from './topology.ts';

/**
 * A table: address, kind, bus range, slot, capabilities, the powernv PE (its PHB is the block),
 * name. Lines end with \n and hold printable characters only. After `rowsMax` functions the rest is
 * only counted.
 */
export function formatListing(topology: Topology): string {
  const machine = buildMachine(topology, 'powernv');
  const peOf = peNumbers(machine);
  const slotOf = slotsAbove(topology);
  const phbOf = phbNumbers(machine);
  const rows: Row[] = [headings];
  let block = '';
  for (const device of topology.devices.slice(0, rowsMax)) {
    const phb = phbOf.get(busText(device.domain, device.bus)) ?? '';
    if (phb !== block) rows.push({ ...noCells, address: phb, kind: 'PHB' });
    block = phb;
    rows.push(deviceRow(device, peOf, slotOf));
  }
  const lines = aligned(rows);
  const rest = topology.devices.length - rowsMax;
  if (rest > 0) lines.push(`... and ${rest} more functions`);
  lines.push(...footers(topology));
  return `${lines.join('\n')}\n`;
}

const rowsMax = 20_000;
const nameMax = 60;

interface Row {
  readonly address: string;
  readonly kind: string;
  readonly buses: string;
  readonly slot: string;
  readonly marks: string;
  readonly pe: string;
  readonly name: string;
}

const columns = ['address', 'kind', 'buses', 'slot', 'marks', 'pe', 'name'] as const;

const headings: Row = {
  address: 'ADDRESS',
  kind: 'KIND',
  buses: 'BUSES',
  slot: 'SLOT',
  marks: 'CAPS',
  pe: 'PE',
  name: 'NAME',
};

const noCells: Row = {
  address: '',
  kind: '',
  buses: '',
  slot: '',
  marks: '',
  pe: '',
  name: '',
};

function deviceRow(
  device: Device,
  peOf: ReadonlyMap<string, number>,
  slotOf: ReadonlyMap<string, number>,
): Row {
  const pe = peOf.get(device.address);
  const own = device.pcie?.slot ?? null;
  const above = slotOf.get(busText(device.domain, device.bus));
  const inSlot = above === undefined ? '' : `in #${above}`;
  return {
    address: `  ${device.address}`,
    kind: device.bridge === null ? 'endpoint' : 'bridge',
    buses: rangeText(device),
    slot: own === null ? inSlot : slotText(own),
    marks: marksText(device),
    pe: pe === undefined ? '' : `PE ${pe}`,
    name: printableCut(device.name === '' ? device.className : device.name, nameMax),
  };
}

function rangeText({ bridge }: Device): string {
  if (bridge === null) return '';
  const { secondary, subordinate, inferred } = bridge;
  if (secondary === 0) return '--';
  const last = subordinate === secondary ? '' : `-${hex2(subordinate)}`;
  return `[${hex2(secondary)}${last}]${inferred ? '?' : ''}`;
}

function slotText(slot: SlotCapabilities): string {
  const flags = [
    slot.attentionButton ? 'AttnBtn' : '',
    slot.powerController ? 'PwrCtrl' : '',
    slot.hotplug ? 'HotPlug' : '',
    slot.surprise ? 'Surprise' : '',
  ];
  return [`#${slot.number}`, ...flags.filter((flag) => flag !== '')].join(' ');
}

function marksText(device: Device): string {
  const marks = [
    device.aer === null ? '' : 'AER',
    device.dpc === null ? '' : 'DPC',
    device.msix === null ? '' : 'MSI-X',
    device.msi === null ? '' : 'MSI',
  ];
  return marks.filter((mark) => mark !== '').join(' ');
}

function aligned(rows: readonly Row[]): string[] {
  const used = columns.filter((column) => rows.some((row, at) => at > 0 && row[column] !== ''));
  const widths = new Map(
    used.map((column) => [
      column,
      rows.reduce((most, row) => Math.max(most, row[column].length), 0),
    ]),
  );
  return rows.map((row) =>
    used
      .map((column) => row[column].padEnd(widths.get(column) ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function footers(topology: Topology): string[] {
  const inferred = topology.devices.some((device) => device.bridge?.inferred === true);
  const lines = inferred
    ? ['', '? bus numbers inferred: the input shows none; lspci -vvv or -xxxx does']
    : [];
  for (const note of topology.notes) lines.push(`note: ${printable(note)}`);
  return lines;
}

/** Device address -> PE number on powernv. */
function peNumbers({ pes, pciDevs }: Machine): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const pe of pes) {
    for (const at of pe.devices) numbers.set(pciDevs[at]?.address ?? '', pe.addr);
  }
  return numbers;
}

/** Bus -> physical slot number of the bridge right above it. */
function slotsAbove(topology: Topology): Map<string, number> {
  const slotOfBridge = new Map<string, number>();
  for (const { address, pcie } of topology.devices) {
    if (pcie?.slot != null) slotOfBridge.set(address, pcie.slot.number);
  }
  const slots = new Map<string, number>();
  for (const { domain, number, parent } of topology.buses) {
    const slot = slotOfBridge.get(parent ?? '');
    if (slot !== undefined) slots.set(busText(domain, number), slot);
  }
  return slots;
}

/** Bus -> the root bus above it, as `PHB` rows name it. */
function phbNumbers({ phbs, buses }: Machine): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const bus of buses) {
    const root = buses[phbs[bus.phb]?.rootBus ?? 0]?.number ?? 0;
    numbers.set(busText(bus.domain, bus.number), busText(bus.domain, root));
  }
  return numbers;
}

// Config space bytes of one function, decoded: the header (PCI r3.0 §6.1), the capability list and
// the extended capability list (PCIe r5.0 §7.5, §7.6). Bytes beyond what the dump holds are
// unknown, never zero.

import type {
  Bridge,
  Device,
  Dpc,
  ExtendedCapability,
  Interrupts,
  LinkCapabilities,
  Pcie,
  SlotCapabilities,
} from './topology.ts';
import { hasBusNumbers } from './topology.ts';

/** What the bytes alone tell; null for what they do not reach. */
export type ConfigFacts = Pick<
  Device,
  | 'classCode'
  | 'vendorId'
  | 'deviceId'
  | 'headerType'
  | 'bridge'
  | 'pcie'
  | 'msi'
  | 'msix'
  | 'aer'
  | 'dpc'
>;

/**
 * Decodes the first `length` bytes of `bytes` (0 <= length <= 4096). Loops in the capability lists
 * end.
 */
export function configFacts(bytes: Uint8Array, length: number): ConfigFacts {
  const space: Space = { view: new DataView(bytes.buffer, bytes.byteOffset, length), length };
  const headerByte = byteAt(space, 0x0e);
  const headerType = headerByte === null ? null : headerByte & 0x7f;
  const classCode = wordAt(space, 0x0a);
  const standard = standardCapabilities(space, headerType);
  const extended = extendedCapabilities(space);
  return {
    classCode,
    vendorId: wordAt(space, 0x00),
    deviceId: wordAt(space, 0x02),
    headerType,
    bridge: bridgeNumbers(space, headerType, classCode),
    pcie: pcieCapability(space, standard.get(capPcie)),
    msi: msiCapability(space, standard.get(capMsi)),
    msix: msixCapability(space, standard.get(capMsix)),
    aer: at(extended.get(extAer)),
    dpc: dpcCapability(space, extended.get(extDpc)),
  };
}

/** Slot Capabilities register (32 bits), PCIe r5.0 §7.5.3.9. */
export function slotCapabilities(register: number): SlotCapabilities {
  return {
    number: register >>> 19,
    attentionButton: (register & 0x1) !== 0,
    powerController: (register & 0x2) !== 0,
    mrlSensor: (register & 0x4) !== 0,
    attentionIndicator: (register & 0x8) !== 0,
    powerIndicator: (register & 0x10) !== 0,
    surprise: (register & 0x20) !== 0,
    hotplug: (register & 0x40) !== 0,
    interlock: (register & 0x20000) !== 0,
    noCommandCompleted: (register & 0x40000) !== 0,
    powerLimitMilliwatts: powerLimit((register >>> 7) & 0xff, (register >>> 15) & 0x3),
  };
}

const capMsi = 0x05;
const capPcie = 0x10;
const capMsix = 0x11;
const extAer = 0x0001;
const extDpc = 0x001d;

interface Space {
  readonly view: DataView;
  readonly length: number;
}

function byteAt(space: Space, offset: number): number | null {
  return offset + 1 <= space.length ? space.view.getUint8(offset) : null;
}

function wordAt(space: Space, offset: number): number | null {
  return offset + 2 <= space.length ? space.view.getUint16(offset, true) : null;
}

function longAt(space: Space, offset: number): number | null {
  return offset + 4 <= space.length ? space.view.getUint32(offset, true) : null;
}

function at(offset: number | undefined): ExtendedCapability | null {
  return offset === undefined ? null : { offset };
}

function bridgeNumbers(
  space: Space,
  headerType: number | null,
  classCode: number | null,
): Bridge | null {
  if (headerType === null || classCode === null || !hasBusNumbers(headerType, classCode))
    return null;
  const primary = byteAt(space, 0x18);
  const secondary = byteAt(space, 0x19);
  const subordinate = byteAt(space, 0x1a);
  if (primary === null || secondary === null || subordinate === null) return null;
  return { primary, secondary, subordinate, inferred: false };
}

/** Capability id -> offset of its first occurrence. */
function standardCapabilities(space: Space, headerType: number | null): Map<number, number> {
  const found = new Map<number, number>();
  const status = wordAt(space, 0x06);
  if (status === null || (status & 0x10) === 0) return found;
  // A list of 4-byte steps below 256 has at most 48 members above the header: a longer one runs in
  // a circle.
  let pointer = byteAt(space, headerType === 2 ? 0x14 : 0x34) ?? 0;
  for (let step = 0; step < 48 && pointer >= 0x40; step += 1) {
    const offset = pointer & 0xfc;
    const id = byteAt(space, offset);
    const next = byteAt(space, offset + 1);
    if (id === null || next === null || id === 0xff) break;
    if (!found.has(id)) found.set(id, offset);
    pointer = next;
  }
  return found;
}

/** Extended capability id -> offset of its first occurrence. */
function extendedCapabilities(space: Space): Map<number, number> {
  const found = new Map<number, number>();
  let offset = 0x100;
  // 960 headers of 4 bytes fill the extended space: more steps mean a circle.
  for (let step = 0; step < 960 && offset >= 0x100; step += 1) {
    const header = longAt(space, offset);
    if (header === null || header === 0 || header === 0xffffffff) break;
    const id = header & 0xffff;
    if (!found.has(id)) found.set(id, offset);
    offset = (header >>> 20) & 0xffc;
  }
  return found;
}

function pcieCapability(space: Space, offset: number | undefined): Pcie | null {
  const flags = offset === undefined ? null : wordAt(space, offset + 0x02);
  if (offset === undefined || flags === null) return null;
  const link = longAt(space, offset + 0x0c);
  const slot = (flags & 0x100) === 0 ? null : longAt(space, offset + 0x14);
  return {
    portType: (flags >>> 4) & 0xf,
    link: link === null ? null : linkCapabilities(link),
    slot: slot === null ? null : slotCapabilities(slot),
  };
}

function linkCapabilities(register: number): LinkCapabilities {
  return {
    speed: register & 0xf,
    width: (register >>> 4) & 0x3f,
    surpriseDown: (register & 0x80000) !== 0,
    linkActive: (register & 0x100000) !== 0,
    portNumber: register >>> 24,
  };
}

/**
 * PCIe r5.0 §7.5.3.9: value times 1, 0.1, 0.01 or 0.001 W; at scale 1, 0xf0 to 0xf2 mean 250, 275
 * and 300 W.
 */
function powerLimit(value: number, scale: number): number {
  if (scale === 0 && value >= 0xf0) return 250_000 + 25_000 * Math.min(value - 0xf0, 2);
  return (value * 1000) / 10 ** scale;
}

function msiCapability(space: Space, offset: number | undefined): Interrupts | null {
  const control = offset === undefined ? null : wordAt(space, offset + 0x02);
  if (control === null) return null;
  return { enabled: (control & 1) !== 0, vectors: 1 << ((control >>> 1) & 7) };
}

function msixCapability(space: Space, offset: number | undefined): Interrupts | null {
  const control = offset === undefined ? null : wordAt(space, offset + 0x02);
  if (control === null) return null;
  return { enabled: (control & 0x8000) !== 0, vectors: (control & 0x7ff) + 1 };
}

function dpcCapability(space: Space, offset: number | undefined): Dpc | null {
  const register = offset === undefined ? null : wordAt(space, offset + 0x04);
  if (offset === undefined || register === null) return null;
  return {
    offset,
    interruptMessage: register & 0x1f,
    rootPort: (register & 0x20) !== 0,
    poisonedTlp: (register & 0x40) !== 0,
    softwareTrigger: (register & 0x80) !== 0,
    linkActive: (register & 0x1000) !== 0,
  };
}

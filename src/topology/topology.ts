// What one file said about a machine: PCI domains, their buses, and the functions on them, as plain
// data (numbers, strings, nulls), so that JSON is the same thing written down. Every string in it
// is `printable`.

/**
 * What the input was: names only, names with the text of -v, or with config space bytes (-x, -xxx,
 * -xxxx).
 */
export type TopologyKind = 'listing' | 'verbose' | 'hex';

export interface Topology {
  readonly kind: TopologyKind;
  /** Ascending by number. */
  readonly domains: readonly Domain[];
  /**
   * Ascending by domain, then number: every bus that has a function or is the secondary bus of a
   * bridge.
   */
  readonly buses: readonly Bus[];
  /**
   * Ascending by address; functions with one address (a damaged file) stay in the order of the
   * file.
   */
  readonly devices: readonly Device[];
  /**
   * Sentences about what in the input was odd: cut config spaces, loops, duplicates. At most
   * `notesMax`.
   */
  readonly notes: readonly string[];
}

/**
 * A PCI domain, 0 to 0xffffffff. It may have several root buses: several host bridges share the
 * numbers.
 */
export interface Domain {
  readonly number: number;
  readonly rootBuses: readonly number[];
}

export interface Bus {
  readonly domain: number;
  /** 0 to 255. */
  readonly number: number;
  /** Address of the bridge that leads here; null for a root bus. Following parents always ends. */
  readonly parent: string | null;
}

/** One function of one device. */
export interface Device {
  readonly domain: number;
  readonly bus: number;
  /** 0 to 31. */
  readonly device: number;
  /** 0 to 7. */
  readonly fn: number;
  /** `dddd:bb:dd.f`, all hexadecimal. */
  readonly address: string;
  /** Vendor and device, as the input names them; at most 200 characters. */
  readonly name: string;
  readonly className: string;
  /** Base class and sub-class, 0x0604 for a PCI bridge; null where the input does not tell. */
  readonly classCode: number | null;
  readonly vendorId: number | null;
  readonly deviceId: number | null;
  /**
   * 0 endpoint, 1 PCI bridge, 2 CardBus bridge: the register at 0x0e without bit 7; null without
   * config bytes.
   */
  readonly headerType: number | null;
  /** Config space bytes in the input: 0, or up to 4096. */
  readonly configBytes: number;
  readonly bridge: Bridge | null;
  readonly pcie: Pcie | null;
  readonly msi: Interrupts | null;
  readonly msix: Interrupts | null;
  readonly aer: ExtendedCapability | null;
  readonly dpc: Dpc | null;
}

/** Bus numbers of a bridge, 0 to 255. Secondary 0: the bridge leads nowhere. */
export interface Bridge {
  readonly primary: number;
  readonly secondary: number;
  readonly subordinate: number;
  /**
   * True where the input shows no bus numbers and they were guessed from the order of the listing.
   */
  readonly inferred: boolean;
}

/** PCI Express capability (PCIe r5.0 §7.5.3). */
export interface Pcie {
  /**
   * Device/port type, PCIe r5.0 §7.5.3.2: 0 endpoint, 4 root port, 5 upstream, 6 downstream, 7
   * PCIe-to-PCI, ...
   */
  readonly portType: number;
  readonly link: LinkCapabilities | null;
  /** Slot capabilities; null where Slot Implemented is 0. */
  readonly slot: SlotCapabilities | null;
}

/** Link Capabilities, PCIe r5.0 §7.5.3.6. */
export interface LinkCapabilities {
  /** 1 to 6 for 2.5, 5, 8, 16, 32, 64 GT/s; 0 where the input does not tell. */
  readonly speed: number;
  /** Lanes; 0 where the input does not tell. */
  readonly width: number;
  /** Surprise Down Error Reporting Capable. */
  readonly surpriseDown: boolean;
  /** Data Link Layer Link Active Reporting Capable (DLLLARC). */
  readonly linkActive: boolean;
  readonly portNumber: number;
}

/** Slot Capabilities, PCIe r5.0 §7.5.3.9. */
export interface SlotCapabilities {
  /** Physical Slot Number, 0 to 8191. */
  readonly number: number;
  readonly attentionButton: boolean;
  readonly powerController: boolean;
  readonly mrlSensor: boolean;
  readonly attentionIndicator: boolean;
  readonly powerIndicator: boolean;
  readonly surprise: boolean;
  readonly hotplug: boolean;
  readonly interlock: boolean;
  /** No Command Completed Support (NCCS). */
  readonly noCommandCompleted: boolean;
  readonly powerLimitMilliwatts: number;
}

/** MSI (PCI r3.0 §6.8.1) or MSI-X (§6.8.2). */
export interface Interrupts {
  readonly enabled: boolean;
  /** How many vectors the function can ask for; 0 where the input does not tell. */
  readonly vectors: number;
}

export interface ExtendedCapability {
  /** Offset in config space, 0x100 to 0xffc. */
  readonly offset: number;
}

/** Downstream Port Containment, PCIe r5.0 §7.9.15. */
export interface Dpc extends ExtendedCapability {
  readonly interruptMessage: number;
  /** Root port extensions. */
  readonly rootPort: boolean;
  readonly poisonedTlp: boolean;
  readonly softwareTrigger: boolean;
  /** ERR_COR on link going active (DL_ACTIVE). */
  readonly linkActive: boolean;
}

export const notesMax = 50;

/** `dddd:bb:dd.f`; the domain grows beyond four digits where it must. */
export function addressText(domain: number, bus: number, device: number, fn: number): string {
  return `${busText(domain, bus)}:${hex2(device)}.${fn.toString(16)}`;
}

/** `dddd:bb`. */
export function busText(domain: number, bus: number): string {
  return `${domain.toString(16).padStart(4, '0')}:${hex2(bus)}`;
}

/** Two hexadecimal digits, for 0 to 255. */
export function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

/**
 * A bridge in the sense of the drawing and of the machine: base class 6 and a header that has bus
 * numbers.
 */
export function hasBusNumbers(headerType: number, classCode: number): boolean {
  return (headerType === 1 || headerType === 2) && classCode >> 8 === 0x06;
}

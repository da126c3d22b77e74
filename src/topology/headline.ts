// The first line of a function in every lspci output: "[domain:]bus:dev.fn class: vendor device
// (rev xx)".

import { unexpected } from './error.ts';
import { printableCut } from './printable.ts';
import { addressText } from './topology.ts';

export interface Headline {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly fn: number;
  readonly address: string;
  readonly className: string;
  readonly name: string;
  /** From -n, -nn or a well-known class name; null otherwise. */
  readonly classCode: number | null;
  readonly vendorId: number | null;
  readonly deviceId: number | null;
}

/**
 * Reads a headline; null when the line does not begin with a PCI address.
 * @throws TopologyError for an address no function can have (device above 1f, function above 7):
 * passed over, it would leave its bytes to a wrong device.
 */
export function headline(line: string, lineNumber: number): Headline | null {
  const match = addressStart.exec(line);
  if (match === null) return null;
  const domain = Number.parseInt(match[1] ?? '0', 16);
  const bus = Number.parseInt(match[2] ?? '', 16);
  const device = Number.parseInt(match[3] ?? '', 16);
  const fn = Number.parseInt(match[4] ?? '', 16);
  if (device > 31 || fn > 7) {
    const expected = 'a PCI address with device 00-1f and function 0-7';
    throw unexpected(expected, match[0], { line: lineNumber, column: 1 });
  }
  const described = description(line.slice(match[0].length, match[0].length + describedMax));
  return { domain, bus, device, fn, address: addressText(domain, bus, device, fn), ...described };
}

/**
 * What stands before the address when a whole listing is indented or quoted in a mail; null when no
 * address does.
 */
export function quotePrefix(line: string): string | null {
  const match = quoted.exec(line);
  return match?.[1] ?? null;
}

// Domains are printed with four digits and more when they need more (VMD: 10000, Hyper-V: up to 32
// bits).
const addressStart =
  /^(?:([0-9a-fA-F]{4,8}):)?([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\.([0-9a-fA-F])(?=[ \t]|$)/;
const quoted = /^([ \t>|]{1,16})(?:[0-9a-fA-F]{4,8}:)?[0-9a-fA-F]{2}:[01][0-9a-fA-F]\.[0-7][ \t]/;

const describedMax = 600;
const nameMax = 200;

// The class names that decide how the tree is read; all others are only shown.
const classNames: ReadonlyMap<string, number> = new Map([
  ['Host bridge', 0x0600],
  ['PCI bridge', 0x0604],
  ['CardBus bridge', 0x0607],
  ['Semi-transparent PCI-to-PCI bridge', 0x0609],
]);

type Description = Pick<Headline, 'className' | 'name' | 'classCode' | 'vendorId' | 'deviceId'>;

function description(rest: string): Description {
  const text = rest.replaceAll('\t', ' ').trim();
  const colon = text.indexOf(': ');
  const rawClass = colon < 0 ? '' : text.slice(0, colon);
  const rawName = colon < 0 ? text : text.slice(colon + 2);
  // -nn appends "[0604]"; -n prints "0604", which old versions spell "Class 0604".
  const code = /^(?:Class )?([0-9a-f]{4})$|\[([0-9a-f]{4})\]$/.exec(rawClass);
  const digits = code?.[1] ?? code?.[2];
  const name = rawName
    .replace(/ \(prog-if [^()]*\)$/, '')
    .replace(/ \(rev [0-9a-f]{2}\)$/, '')
    .trim();
  const ids = /(?:^(?:Device )?|\[)([0-9a-f]{4}):([0-9a-f]{4})\]?$/.exec(name);
  return {
    className: printableCut(rawClass, nameMax),
    name: printableCut(name, nameMax),
    classCode:
      digits === undefined ? (classNames.get(rawClass) ?? null) : Number.parseInt(digits, 16),
    vendorId: ids === null ? null : Number.parseInt(ids[1] ?? '', 16),
    deviceId: ids === null ? null : Number.parseInt(ids[2] ?? '', 16),
  };
}

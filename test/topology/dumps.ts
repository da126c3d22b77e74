// Made-up dumps in the form of `lspci -x`, as QEMU machines with odd configurations would give
// them.

/** One function: where it is, and what its header says. */
export interface MadeFunction {
  /** Domain, bus, device, function. */
  readonly at: readonly [number, number, number, number];
  /**
   * Primary, secondary and subordinate bus; makes it a PCI bridge unless `header` or `classCode`
   * say else.
   */
  readonly bridge?: readonly [number, number, number];
  readonly header?: number;
  readonly classCode?: number;
  /** Bytes shown, a multiple of 16; 64 unless said. */
  readonly bytes?: number;
}

/** The dump of all functions in the order given. */
export function madeDump(functions: readonly MadeFunction[]): string {
  return functions.map((made) => `${headlineOf(made)}\n${rows(configOf(made))}\n`).join('');
}

/** Rows of sixteen bytes, as -x prints them. */
export function rows(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)].map((byte) => hex(byte, 2));
    text += `${hex(at, 2)}: ${row.join(' ')}\n`;
  }
  return text;
}

/** A function as a choice of numbers; `next` gives whole numbers below its argument. */
export function madeFunctions(next: (below: number) => number): MadeFunction[] {
  const buses = 2 + next(9);
  const domains = [0, 0, 1, 2, 5, 0x10000].slice(next(4));
  const functions: MadeFunction[] = [];
  const count = 1 + next(next(2) === 0 ? 6 : 24);
  for (let made = 0; made < count; made += 1) {
    const domain = domains[next(domains.length)] ?? 0;
    const bus = next(20) === 0 ? 255 : next(buses);
    const at = [domain, bus, next(3), next(2)] as const;
    if (next(2) === 0) {
      functions.push({ at });
      continue;
    }
    const secondary = next(30) === 0 ? 255 : next(buses);
    const subordinate = next(8) === 0 ? next(256) : Math.min(255, secondary + next(4));
    const header = next(12) === 0 ? next(4) : 1 + next(2);
    const classCode = next(12) === 0 ? [0x0600, 0x0680, 0x0200][next(3)] : 0x0604;
    const bridge = [next(3) === 0 ? next(buses) : bus, secondary, subordinate] as const;
    functions.push({ at, bridge, header: header | (next(2) << 7), classCode: classCode ?? 0x0604 });
  }
  return functions;
}

/** Whole numbers below the argument, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function headlineOf({ at: [domain, bus, device, fn], bridge }: MadeFunction): string {
  const what = bridge === undefined ? 'Ethernet controller: Made up' : 'PCI bridge: Made up';
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(device, 2)}.${fn} ${what}`;
}

function configOf(made: MadeFunction): Uint8Array {
  const bytes = new Uint8Array(256);
  const classCode = made.classCode ?? (made.bridge === undefined ? 0x0200 : 0x0604);
  bytes.set([0x86, 0x80, 0x34, 0x12], 0);
  bytes.set([classCode & 0xff, classCode >> 8], 0x0a);
  bytes[0x0e] = made.header ?? (made.bridge === undefined ? 0 : 1);
  bytes.set(made.bridge ?? [], 0x18);
  return bytes.subarray(0, made.bytes ?? 64);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

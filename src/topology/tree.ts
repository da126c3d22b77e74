// The drawing of `lspci -t`: one row per function that leads nowhere further, bridges and buses
// strung out to the right. For hex dumps it is that of pciutils 3.9 to the byte; its rules were
// settled by comparing drawings of thousands of made-up machines, and
// test/topology/lspci-tree.test.ts compares them still.

import type { Bus, Device, Topology } from './topology.ts';
import { busText, hasBusNumbers, hex2 } from './topology.ts';

/**
 * The tree, each row ended by \n. A dump is drawn from its bytes as lspci does, oddities of damaged
 * machines included; a listing is drawn from the buses of the topology. A drawing beyond about 32
 * million characters is cut short and says so.
 */
export function formatTree(topology: Topology): string {
  const limbs = topology.kind === 'hex' ? limbsOfDump(topology) : limbsOfListing(topology);
  const drawing = new Drawing(limbs);
  drawing.limb(null, '');
  return drawing.finish();
}

/** lspci cuts a row here and puts three dots behind it. */
const rowMax = 1022;
const drawingMax = 32_000_000;

interface DrawnBus {
  readonly domain: number;
  readonly number: number;
  readonly devices: Device[];
}

/** What is drawn behind a bridge; the key null stands for the machine itself. */
type Limbs = ReadonlyMap<Device | null, readonly DrawnBus[]>;

class LimbBuilder {
  readonly limbs = new Map<Device | null, DrawnBus[]>();
  private readonly busOf = new Map<string, DrawnBus>();

  /**
   * A limb with its first bus, which is drawn even when nothing is on it; none for the machine of a
   * listing.
   */
  open(key: Device | null, first: Pick<Bus, 'domain' | 'number'> | null): void {
    this.limbs.set(key, first === null ? [] : [emptyBus(first.domain, first.number)]);
  }

  /**
   * Puts the function on its bus, which `owner` says the limb of when it is met for the first time.
   */
  place(device: Device, owner: () => Device | null): void {
    const name = busText(device.domain, device.bus);
    let bus = this.busOf.get(name);
    if (bus === undefined) {
      bus = this.busIn(this.limbs.get(owner()) ?? [], device);
      this.busOf.set(name, bus);
    }
    bus.devices.push(device);
  }

  private busIn(limb: DrawnBus[], { domain, bus: number }: Device): DrawnBus {
    // `busOf` knows all buses of a limb but the one it was opened with.
    const first = limb[0];
    if (first?.domain === domain && first.number === number) return first;
    const made = emptyBus(domain, number);
    limb.push(made);
    return made;
  }
}

function emptyBus(domain: number, number: number): DrawnBus {
  return { domain, number, devices: [] };
}

/**
 * As lspci 3.9 sees a dump: the machine always has bus 0000:00; any other bus hangs behind the last
 * bridge, by address, of its domain whose range holds it, nested or not; the machine gets the rest.
 * A bridge that ends up behind itself is not drawn, nor is anything behind it.
 */
function limbsOfDump(topology: Topology): Limbs {
  const builder = new LimbBuilder();
  builder.open(null, { domain: 0, number: 0 });
  const claims = new Map<number, (Device | undefined)[]>();
  for (const device of topology.devices) {
    const bridge = drawnBridge(device);
    if (bridge === null) continue;
    builder.open(device, { domain: device.domain, number: bridge.secondary });
    const claimed = claims.get(device.domain) ?? new Array<Device | undefined>(256);
    claims.set(device.domain, claimed);
    for (let bus = bridge.secondary; bus <= bridge.subordinate; bus += 1) claimed[bus] = device;
  }
  for (const device of topology.devices) {
    const isFirstRoot = device.domain === 0 && device.bus === 0;
    builder.place(device, () =>
      isFirstRoot ? null : (claims.get(device.domain)?.[device.bus] ?? null),
    );
  }
  return builder.limbs;
}

/** lspci takes no bridge's numbers from a header of which the dump does not hold all 64 bytes. */
function drawnBridge(device: Device): Device['bridge'] {
  if (device.configBytes < 64) return null;
  return hasBusNumbers(device.headerType ?? 0, device.classCode ?? 0) ? device.bridge : null;
}

function limbsOfListing(topology: Topology): Limbs {
  const builder = new LimbBuilder();
  builder.open(null, null);
  const byAddress = new Map<string, Device>();
  for (const device of topology.devices) {
    if (device.bridge === null) continue;
    builder.open(device, { domain: device.domain, number: device.bridge.secondary });
    byAddress.set(device.address, device);
  }
  const parents = new Map(
    topology.buses.map((bus) => [busText(bus.domain, bus.number), bus.parent]),
  );
  for (const device of topology.devices) {
    const parent = parents.get(busText(device.domain, device.bus)) ?? '';
    builder.place(device, () => byAddress.get(parent) ?? null);
  }
  return builder.limbs;
}

/**
 * Draws depth first; no deeper than there are buses in a domain, because every bus hangs in one
 * limb only.
 */
class Drawing {
  private readonly rows: string[] = [];
  private size = 0;
  private readonly limbs: Limbs;

  constructor(limbs: Limbs) {
    this.limbs = limbs;
  }

  limb(key: Device | null, before: string): void {
    const buses = this.limbs.get(key) ?? [];
    const stem = `${before}-`;
    buses.forEach((bus, at) => {
      let row = at === 0 ? stem : continued(stem);
      if (buses.length > 1) row += at === buses.length - 1 ? '\\-' : '+-';
      if (buses.length > 1 || key === null) row += `[${busText(bus.domain, bus.number)}]-`;
      this.bus(bus, row);
    });
  }

  finish(): string {
    if (this.size > drawingMax) this.rows.push('... (the drawing is cut here)');
    return `${this.rows.join('\n')}\n`;
  }

  private bus(bus: DrawnBus, before: string): void {
    const last = bus.devices.length - 1;
    if (last < 0) this.end(before);
    bus.devices.forEach((device, at) => {
      if (this.size > drawingMax) return;
      const row = at === 0 ? before : continued(before);
      if (last === 0) this.device(device, `${row}--`);
      else this.device(device, `${row}${at === last ? '\\-' : '+-'}`);
    });
  }

  private device(device: Device, before: string): void {
    const name = `${before}${hex2(device.device)}.${device.fn.toString(16)}`;
    if (!this.limbs.has(device)) {
      this.end(name);
      return;
    }
    const { secondary, subordinate } = device.bridge ?? { secondary: 0, subordinate: 0 };
    if (secondary === 0) this.limb(device, `${name}-`);
    else if (secondary === subordinate) this.limb(device, `${name}-[${hex2(secondary)}]-`);
    else this.limb(device, `${name}-[${hex2(secondary)}-${hex2(subordinate)}]-`);
  }

  private end(row: string): void {
    const shown = row.length > rowMax ? `${row.slice(0, rowMax)}...` : row;
    this.rows.push(shown);
    this.size += shown.length + 1;
  }
}

/** What stands below a row's branches: their bars. */
function continued(row: string): string {
  return row.slice(0, rowMax).replace(/[^+|]/g, ' ').replaceAll('+', '|');
}

// Bus numbers for bridges whose numbers the input does not show. Firmware and kernel number buses
// depth first: a bridge's secondary bus is the next free number, then come those behind the bridges
// on it. The same walk over the buses of a listing gives the tree back, as long as no number was
// kept free for later; so the result is marked as inferred.

import type { Bridge, Device } from './topology.ts';

/**
 * The functions of one domain, sorted by address, with a bridge's missing bus numbers filled in.
 */
export function inferBusNumbers(members: readonly Device[]): Device[] {
  const missing = members.filter(isNumberless);
  if (missing.length === 0) return [...members];
  const walk = new Walk(members, missing.length);
  walk.run();
  return members.map((member) => {
    const bridge = walk.inferred.get(member);
    return bridge === undefined ? member : { ...member, bridge };
  });
}

function isNumberless(device: Device): boolean {
  return device.bridge === null && bridgeClasses.has(device.classCode ?? 0);
}

// PCI-to-PCI, CardBus and semi-transparent bridges.
const bridgeClasses: ReadonlySet<number> = new Set([0x0604, 0x0607, 0x0609]);
const hostBridgeClass = 0x0600;

class Walk {
  readonly inferred = new Map<Device, Bridge>();
  private readonly onBus = new Map<number, Device[]>();
  /**
   * Bus numbers in the input that no bridge leads to yet; without those of host bridges, which are
   * roots.
   */
  private readonly waiting = new Set<number>();
  /**
   * Numbers that a bridge may not be given: they lie behind a bridge already, or a host bridge sits
   * there.
   */
  private readonly taken = new Set<number>();
  private readonly visited = new Set<number>();
  private bridgesLeft: number;
  private last = 0;

  constructor(members: readonly Device[], bridgesLeft: number) {
    this.bridgesLeft = bridgesLeft;
    for (const member of members) {
      const there = this.onBus.get(member.bus);
      if (there === undefined) this.onBus.set(member.bus, [member]);
      else there.push(member);
      this.waiting.add(member.bus);
    }
    for (const member of members) {
      if (member.classCode === hostBridgeClass) this.take(member.bus);
      const known = member.bridge;
      if (known === null || known.secondary === 0) continue;
      for (let bus = known.secondary; bus <= known.subordinate; bus += 1) this.take(bus);
    }
  }

  run(): void {
    // Buses nobody led to when their turn comes are root buses; the lowest always is one.
    for (const bus of [...this.onBus.keys()].sort((a, b) => a - b)) this.visit(bus);
  }

  private visit(bus: number): void {
    if (this.visited.has(bus)) return;
    this.visited.add(bus);
    this.take(bus);
    this.last = Math.max(this.last, bus);
    for (const member of this.onBus.get(bus) ?? []) {
      if (member.bridge !== null) this.visitKnown(member.bridge);
      else if (isNumberless(member)) this.visitNumberless(member);
    }
  }

  private visitKnown(bridge: Bridge): void {
    if (bridge.secondary !== 0) this.visit(bridge.secondary);
    this.last = Math.max(this.last, bridge.subordinate);
  }

  private visitNumberless(member: Device): void {
    this.bridgesLeft -= 1;
    const secondary = this.nextBus();
    if (secondary !== 0) this.visit(secondary);
    this.inferred.set(member, {
      primary: member.bus,
      secondary,
      // `last` is the highest number given below this bridge, because the walk is depth first.
      subordinate: secondary === 0 ? 0 : this.last,
      inferred: true,
    });
  }

  /**
   * The secondary bus of the bridge at hand, 0 when no number is left. A number missing in the
   * input is an empty bus (an empty slot) as long as the bridges still to come are enough for the
   * buses still waiting.
   */
  private nextBus(): number {
    let next = this.last + 1;
    while (this.taken.has(next)) next += 1;
    const waitingAbove = [...this.waiting].filter((bus) => bus >= next);
    if (waitingAbove.length > this.bridgesLeft) next = Math.min(...waitingAbove);
    return next <= 255 ? next : 0;
  }

  private take(bus: number): void {
    this.taken.add(bus);
    this.waiting.delete(bus);
  }
}

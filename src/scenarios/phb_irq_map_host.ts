/** Which part of a machine a race of phb-irq-map takes place in. */
import { nowhere, TopologyError } from '../topology/error.ts';
import type { Machine, PciDev } from '../topology/machine.ts';
import type { BuildRequest } from './system.ts';

/** A function as the board is to show it, with what is behind it. */
export interface Node {
  readonly address: string;
  /** Bus number behind a bridge; 0 for an endpoint. */
  readonly secondary: number;
  readonly children: readonly Node[];
}

export interface Place {
  readonly domain: number;
  /** Number of the bus that the nodes are on: the root bus of the model. */
  readonly root: number;
  readonly nodes: readonly Node[];
}

/** What a race needs, in words. */
export const NEEDS = {
  nested: 'a bridge above a bus with two bridges, each with an endpoint behind it',
  twoBridges: 'two bridges below one PHB, each with an endpoint behind it',
  bridge: 'a bridge with an endpoint behind it',
  endpoint: 'an endpoint',
} as const;

export type Shape = keyof typeof NEEDS;

function endpoint(address: string): Node {
  return { address, secondary: 0, children: [] };
}

function bridge(address: string, secondary: number, ...children: Node[]): Node {
  return { address, secondary, children };
}

/** PHB 0035 of the log of October 2020 (eeh.md 2.1.1 I0-A): bus 02 with buses 08 and 0d. */
const LOGGED: Place = {
  domain: 0x35,
  root: 1,
  nodes: [
    bridge(
      '0035:01:00.0',
      0x02,
      bridge('0035:02:04.0', 0x08, endpoint('0035:08:00.0')),
      bridge('0035:02:05.0', 0x0d, endpoint('0035:0d:00.0')),
    ),
  ],
};

/**
 * The part of the machine with the shape; I0-A without a topology is on the machine of its log.
 * @throws TopologyError when the machine has no such part (says what it needs).
 */
export function placeFor(request: BuildRequest, shape: Shape): Place {
  if (shape === 'nested' && request.machineName === 'default') return LOGGED;
  const place = FINDERS[shape](request.machine);
  if (place !== undefined) return place;
  const { phbs, pciDevs } = request.machine;
  const bridges = pciDevs.filter(({ isBridge }) => isBridge).length;
  throw new TopologyError(
    `race ${request.race} needs ${NEEDS[shape]}; ${request.machineName} has ${phbs.length} PHBs, ` +
      `${bridges} bridges, ${pciDevs.length - bridges} endpoints`,
    nowhere,
  );
}

const FINDERS: Readonly<Record<Shape, (machine: Machine) => Place | undefined>> = {
  nested: (machine) => {
    for (const [index, top] of machine.pciDevs.entries()) {
      const children = bridgesOver(machine, (_, at) => machine.buses[at]?.parentBridge === index);
      if (children.length < 2 || top.subordinateBus === null) continue;
      const secondary = machine.buses[top.subordinateBus]?.number ?? 0;
      const node = bridge(top.address, secondary, ...children.slice(0, 2));
      return placeOf(machine, top.bus, [node]);
    }
    return;
  },
  twoBridges: (machine) => {
    for (const [index] of machine.phbs.entries()) {
      const nodes = bridgesOver(machine, (_, at) => machine.buses[at]?.phb === index);
      const first = machine.pciDevs.find(({ address }) => address === nodes[0]?.address);
      if (nodes.length < 2 || first === undefined) continue;
      return placeOf(machine, first.bus, nodes.slice(0, 2));
    }
    return;
  },
  bridge: (machine) => {
    const [node] = bridgesOver(machine, () => true);
    const dev = machine.pciDevs.find(({ address }) => address === node?.address);
    return node === undefined || dev === undefined ? undefined : placeOf(machine, dev.bus, [node]);
  },
  endpoint: (machine) => {
    const dev = machine.pciDevs.find(({ isBridge }) => !isBridge);
    return dev && placeOf(machine, dev.bus, [endpoint(dev.address)]);
  },
};

/** Bridges that are asked for and have an endpoint behind them, each with the first such. */
function bridgesOver(
  machine: Machine,
  asked: (dev: PciDev, bus: number) => boolean,
): readonly Node[] {
  return machine.pciDevs.flatMap((dev) => {
    const behind = dev.subordinateBus;
    if (behind === null || !asked(dev, dev.bus)) return [];
    const card = machine.pciDevs.find(({ bus, isBridge }) => bus === behind && !isBridge);
    if (card === undefined) return [];
    const secondary = machine.buses[behind]?.number ?? 0;
    return [bridge(dev.address, secondary, endpoint(card.address))];
  });
}

function placeOf(machine: Machine, bus: number, nodes: readonly Node[]): Place {
  const root = machine.buses[bus];
  return { domain: root?.domain ?? 0, root: root?.number ?? 0, nodes };
}

/**
 * What the races are staged with: drivers by what they answer, and the two shapes of board that
 * occur, a PE with some functions and a function behind a bridge.
 */
import {
  HAS_ERROR_DETECTED,
  HAS_MMIO_ENABLED,
  HAS_RESUME,
  HAS_SLOT_RESET,
  PCI_ERS_RESULT_CAN_RECOVER,
  PCI_ERS_RESULT_DISCONNECT,
  PCI_ERS_RESULT_NEED_RESET,
  PCI_ERS_RESULT_RECOVERED,
} from '../../actors/driver/structs.ts';
import type { Board } from './eeh_pe_board.ts';
import type { Place } from './eeh_pe_host.ts';
import type { BoardFunction, DriverSpec, FunctionSpec } from './eeh_pe_specs.ts';

const ALL_HANDLERS = HAS_ERROR_DETECTED | HAS_MMIO_ENABLED | HAS_SLOT_RESET | HAS_RESUME;

/** A driver that needs no reset: the shortest recovery there is. */
export const CAN_RECOVER: DriverSpec = {
  name: 'nvme',
  handlers: ALL_HANDLERS,
  errorDetected: PCI_ERS_RESULT_CAN_RECOVER,
  mmioEnabled: PCI_ERS_RESULT_RECOVERED,
  slotReset: PCI_ERS_RESULT_RECOVERED,
  blocksMs: 0,
  removeMs: 0,
  uevent: 0,
  usesMsi: true,
};
export const NEEDS_RESET: DriverSpec = { ...CAN_RECOVER, errorDetected: PCI_ERS_RESULT_NEED_RESET };
export const GIVES_UP: DriverSpec = { ...CAN_RECOVER, errorDetected: PCI_ERS_RESULT_DISCONNECT };
export const UNAWARE: DriverSpec = { ...CAN_RECOVER, name: 'legacy', handlers: 0 };

export function first(places: readonly Place[], index = 0): Place {
  const place = places[index];
  if (place === undefined) throw new Error(`[hotrace bug] a race lacks function ${index}`);
  return place;
}

export function functionAt(
  place: Place,
  driver: number,
  more: Partial<FunctionSpec> = {},
): FunctionSpec {
  const { address, devfn, peNumber } = place;
  const plain = { isBridge: false, secondary: 0, slot: 0, irq: 0 };
  return { address, devfn, peNumber, driver, ...plain, ...more };
}

interface Flat {
  readonly bus: number;
  readonly pe: number;
  readonly functions: readonly BoardFunction[];
  readonly devs: readonly number[];
}

/**
 * PHB -> one PE with these functions on one bus; the first `plugged` of them have a pci_dev.
 * Bridges above take no part and are left out.
 */
export function flat(
  board: Board,
  places: readonly Place[],
  specs: readonly FunctionSpec[],
  plugged = specs.length,
): Flat {
  const { domain, bus: number, peNumber } = first(places);
  const { phb, pe: phbPe } = board.phb(domain);
  const functions = specs.map((spec) => board.function(phb, number, spec, 0));
  board.siblings(functions);
  const bus = board.bus(phb, number, 0, 0, functions[0]?.pdn ?? 0);
  const pe = board.pe(phb, peNumber, phbPe);
  const devs = functions.slice(0, plugged).map((fn) => board.plug(fn, bus, pe));
  return { bus, pe, functions, devs };
}

export function at<T>(list: readonly T[], index: number): T {
  const item = list[index];
  if (item === undefined) throw new Error(`[hotrace bug] nothing at index ${index}`);
  return item;
}

interface Below {
  readonly phb: number;
  readonly rootBus: number;
  readonly bridge: BoardFunction;
  readonly bridgeDev: number;
  readonly bridgePe: number;
  readonly childBus: number;
  readonly child: BoardFunction;
}

/** PHB -> bridge PE -> a function behind it that has no pci_dev yet. */
export function behindBridge(
  board: Board,
  place: Place,
  bridgeDriver: number,
  driver: number,
): Below {
  const above = place.bridge;
  if (above === undefined) throw new Error(`[hotrace bug] ${place.address} has no bridge above`);
  const { phb, pe: phbPe } = board.phb(place.domain);
  const more = { isBridge: true, secondary: place.bus };
  const bridge = board.function(phb, above.bus, functionAt(above, bridgeDriver, more), 0);
  const child = board.function(phb, place.bus, functionAt(place, driver), bridge.pdn);
  const rootBus = board.bus(phb, above.bus, 0, 0, bridge.pdn);
  const bridgePe = board.pe(phb, above.peNumber, phbPe);
  const bridgeDev = board.plug(bridge, rootBus, bridgePe);
  const childBus = board.bus(phb, place.bus, rootBus, bridgeDev, child.pdn);
  return { phb, rootBus, bridge, bridgeDev, bridgePe, childBus, child };
}

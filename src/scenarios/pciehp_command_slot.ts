/** Which slot of a machine pciehp-command plays in, and how the kernel log calls it. */

import { nowhere, TopologyError } from '../topology/error.ts';
import type { Machine, Slot } from '../topology/machine.ts';
import type { BuildRequest } from './system.ts';

export interface SlotPlace {
  readonly domain: number;
  readonly bus: number;
  readonly device: number;
  readonly func: number;
  /** ((port type - 4) << 8) | 4: the hotplug service of a root or downstream port. */
  readonly service: number;
  /** Physical slot number. */
  readonly slot: number;
}

/**
 * The guest of the mail (Shameerali Kolothum Thodi, 13 November 2018): `-device ioh3420,id=rp1` on
 * the virt machine. Where no topology was given this is the machine, since no POWER9 has this port.
 */
const GUEST: SlotPlace = { domain: 0, bus: 0, device: 1, func: 0, service: 0x004, slot: 0 };

const ROOT_PORT = 4;
const HOTPLUG_SERVICE = 0x4;

/**
 * The guest's own slot, or the first hot-plug slot of a given machine: an empty one where the race
 * starts with an empty slot, if there is one.
 * @throws TopologyError when the machine has no slot that can hot-plug.
 */
export function slotOf(request: BuildRequest, populated: boolean): SlotPlace {
  if (request.machineName === 'default') return GUEST;
  const { machine } = request;
  const capable = machine.slots.filter((slot) => slot.capabilities?.hotplug === true);
  const suited = capable.find((slot) => (slot.pe !== null) === populated) ?? capable[0];
  const place = suited === undefined ? undefined : placeOf(machine, suited);
  if (place !== undefined) return place;
  throw new TopologyError(
    `pciehp-command/${request.race} needs a hot-plug slot (Slot Capabilities with HotPlug+); ` +
      `${request.machineName} shows ${machine.slots.length} slots, none of them hot-pluggable ` +
      '(`lspci -vvv` and hex dumps show slot capabilities, the short listing does not)',
    nowhere,
  );
}

function placeOf(machine: Machine, slot: Slot): SlotPlace | undefined {
  if (slot.bridge === null) return undefined;
  const port = machine.pciDevs[slot.bridge];
  const bus = port === undefined ? undefined : machine.buses[port.bus];
  if (port === undefined || bus === undefined) return undefined;
  const type = port.portType ?? ROOT_PORT;
  return {
    domain: bus.domain,
    bus: bus.number,
    device: port.devfn >> 3,
    func: port.devfn & 7,
    service: ((type - ROOT_PORT) << 8) | HOTPLUG_SERVICE,
    slot: slot.capabilities?.number ?? slot.number,
  };
}

// What a race needs and what a machine has, in words for the message when the two do not meet.

import type { Need } from './host.ts';
import type { MachineView } from './machine-view.ts';

/** A noun phrase: "a PE with 2 endpoints", "2 PHBs, each with a hot-plug slot". */
export function needText(need: Need): string {
  const parts: string[] = [];
  const { childBridges } = need;
  const devices = need.devices ?? 0;
  if (devices > 0) parts.push(devicesText(need, devices));
  if (need.bridgeAboveEndpoint === true)
    parts.push('a bridge PE between an endpoint and its PHB PE');
  if (need.hotplugSlot === true) parts.push(slotText(need));
  if (childBridges !== undefined) parts.push(`a bus with ${plural(childBridges, 'bridge')} on it`);
  const phbs = need.phbs ?? 1;
  if (parts.length === 0) parts.push('an endpoint');
  const together = parts.join(' and ');
  return phbs === 1 ? together : `${plural(phbs, 'PHB')}, each with ${together}`;
}

/** "2 PHBs, 3 bridges, 4 endpoints, at most 2 in one PE, 4 hot-plug slots, 1 of them empty". */
export function hasText(view: MachineView): string {
  const { machine } = view;
  const endpoints = machine.pes.map((pe) => pe.devices.filter((at) => !view.isBridge(at)).length);
  const largest = endpoints.reduce((most, count) => Math.max(most, count), 0);
  const capable = machine.slots.filter(
    (slot) => machine.platform === 'pseries' || slot.capabilities?.hotplug === true,
  );
  const empty = capable.filter((slot) => slot.pe === null).length;
  const slots =
    capable.length === 0
      ? 'no hot-plug slot that the input shows'
      : `${plural(capable.length, 'hot-plug slot')}, ${empty} of them empty`;
  const bridges = machine.pciDevs.filter((device) => device.isBridge).length;
  return [
    plural(machine.phbs.length, 'PHB'),
    plural(bridges, 'bridge'),
    plural(machine.pciDevs.length - bridges, 'endpoint'),
    `at most ${largest} in one PE`,
    slots,
  ].join(', ');
}

function devicesText(need: Need, devices: number): string {
  const endpoints = plural(devices, 'endpoint');
  if (need.samePe === true) return `a PE with ${endpoints}`;
  return need.differentBuses === true ? `${endpoints} on different buses` : endpoints;
}

function slotText(need: Need): string {
  if (need.emptySlot === true) return 'an empty hot-plug slot';
  return need.emptySlot === false ? 'an occupied hot-plug slot' : 'a hot-plug slot';
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

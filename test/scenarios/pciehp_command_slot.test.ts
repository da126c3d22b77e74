import { describe, expect, test } from 'vitest';
import { slotOf } from '../../src/scenarios/pciehp_command_slot.ts';
import { TopologyError } from '../../src/topology/error.ts';
import type { Machine } from '../../src/topology/machine.ts';
import { defaultMachine, programOf, undisturbed } from './pciehp_cell.ts';

function place(machine: Machine, machineName: string, populated: boolean) {
  return slotOf({ race: 'probe', design: 'A1', machine, machineName, quarantine: 0 }, populated);
}

describe('the slot of pciehp-command', () => {
  test('is the one of the mail’s guest where no topology was given', () => {
    expect(place(defaultMachine, 'default', false)).toEqual({
      domain: 0,
      bus: 0,
      device: 1,
      func: 0,
      service: 0x004,
      slot: 0,
    });
  });

  test('is an empty hot-plug slot of a given machine, if there is one', () => {
    const { domain, bus, device, func, service, slot } = place(defaultMachine, 'a file', false);
    expect([domain, bus, device, func]).toEqual([0x30, 2, 4, 0]);
    expect(slot).toBe(5);
    // A downstream port's hotplug service.
    expect(service).toBe(0x204);
  });

  test('is a populated one where a card is to be removed', () => {
    expect(place(defaultMachine, 'a file', true).slot).toBe(1);
  });

  test('gives the kernel log its prefix and name', () => {
    const [first] = undisturbed(programOf('probe', 'A2', defaultMachine, 'a file')).trace.log;
    expect(first?.text).toBe('pciehp 0030:02:04.0:pcie204: Slot(5): Link Up');
  });

  test('is missed by name on a machine without one', () => {
    const machine: Machine = { ...defaultMachine, slots: [] };
    expect(() => place(machine, 'a file', false)).toThrow(TopologyError);
    expect(() => place(machine, 'a file', false)).toThrow(/needs a hot-plug slot/);
  });
});

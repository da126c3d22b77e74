import { expect, test } from 'vitest';
import { dpc_ghost } from '../../actors/dpc/structs.ts';
import { link_port } from '../../actors/hardware/link_regs.ts';
import { controller, pci_bus, pci_dev } from '../../actors/pciehp/structs.ts';
import type { Program } from '../../src/actor/program.ts';
import { brokenBy } from './dpc_cell.ts';

/** A word of the laid out memory by its name. */
function wordOf(program: Program, object: string, field: number): number {
  const found = program.layout.objects.find(({ name }) => name === object);
  if (found === undefined) throw new Error(`no object is called ${object}`);
  return found.base + field;
}

/** What breaks when one word of a sound run's end is another. */
function broken(object: string, field: number, value: number, race = 'b'): readonly string[] {
  return brokenBy(race, '5-14', (words, program) => {
    words[wordOf(program, object, field)] = value;
  });
}

test('none is broken by a sound run', () => {
  expect(broken('ghost', dpc_ghost.moved, 0)).toEqual([]);
});

test('J1: a slot that is OFF, a link that is down, a bus without device', () => {
  expect(broken('ctrl', controller.state, 0)).toEqual(['slot-comes-back']);
  expect(broken('port', link_port.ltssm, 0)).toEqual(['slot-comes-back']);
  const empty = brokenBy('b', '5-14', (words, program) => {
    const head = wordOf(program, 'bus 0030:03', pci_bus.devices.at);
    words[head] = head;
  });
  expect(empty).toEqual(['slot-comes-back']);
});

test('J2: a removal that nobody asked for', () => {
  expect(broken('ghost', dpc_ghost.removals, 1)).toEqual(['removed-once']);
});

test('J4: 2100 ms of a contained link are flagged, 2099 are not', () => {
  expect(broken('ghost', dpc_ghost.gave_up_ms, 2100)).toEqual(['link-not-hostage']);
  expect(broken('ghost', dpc_ghost.gave_up_ms, 2099)).toEqual([]);
});

test('J1: a slot that goes round', () => {
  expect(broken('ghost', dpc_ghost.removals, 4)).toEqual(['settles', 'removed-once']);
});

test('J5: a card was pulled or swapped, its device is there', () => {
  expect(broken('ghost', dpc_ghost.moved, 1)).toEqual(['removal-noticed']);
  expect(broken('ghost', dpc_ghost.scanned, 0, 'swap')).toEqual(['removal-noticed']);
});

test('J7, J8, J9: power in a reset, a removal after success, TRIGGER cleared while busy', () => {
  expect(broken('ghost', dpc_ghost.power_in_reset, 1)).toEqual(['reset-undisturbed']);
  expect(broken('ghost', dpc_ghost.removed_after_ok, 1)).toEqual(['success-is-true']);
  expect(broken('ghost', dpc_ghost.busy_cleared, 1)).toEqual(['port-idle-at-release']);
});

test('J10, J11: enables that differ, events and flags that are left', () => {
  expect(broken('port', link_port.sltctl, 0)).toEqual(['enables-kept']);
  expect(broken('ctrl', controller.pending_events, 8)).toEqual(['nothing-left']);
  expect(broken('0030:02:00.0', pci_dev.priv_flags, 2)).toEqual(['nothing-left']);
});

test('the power file: its write means that the slot is off', () => {
  expect(broken('ghost', dpc_ghost.returned_early, 1)).toEqual(['write-means-done']);
});

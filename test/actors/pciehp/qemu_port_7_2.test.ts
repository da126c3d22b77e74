import { beforeEach, describe, expect, test } from 'vitest';
import {
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA_DLLLA,
  PCI_EXP_SLTCTL,
  PCI_EXP_SLTSTA,
} from '../../../actors/hardware/pci_regs.ts';
import {
  pcie_cap_slot_hot_unplug_request_cb,
  pcie_cap_slot_hotplug_cb,
  qemu_card_id_read,
  qemu_port_config_read,
  qemu_port_config_write,
} from '../../../actors/hardware/qemu_port.ts';
import { IXGBEVF_ID } from '../../../actors/hardware/qemu_port_regs.ts';
import { type OnePort, onePort } from './one_port.ts';

const ABP = 0x01;
const PDC = 0x08;
const CC = 0x10;
const PDS = 0x40;

let port: OnePort;

function read(pos: number): number {
  return port.actor.run(qemu_port_config_read(port.d.port, pos, port.d));
}

function write(pos: number, value: number): void {
  port.actor.run(qemu_port_config_write(port.d.port, pos, value, port.d));
}

function plug(): void {
  port.actor.run(pcie_cap_slot_hotplug_cb(port.d.port, IXGBEVF_ID, port.d));
}

function unplug(): void {
  port.actor.run(pcie_cap_slot_hot_unplug_request_cb(port.d.port, port.d));
}

function card(): number {
  return port.actor.run(qemu_card_id_read(port.d.port, port.d));
}

describe('a port of QEMU 7.2', () => {
  beforeEach(() => {
    port = onePort('hot-add-7-2', 'A2');
  });

  test('shows a link while a card is there, and the card while it is powered', () => {
    expect(read(PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA).toBe(0);
    plug();
    expect(read(PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA).not.toBe(0);
    expect(card()).toBe(-1);
    write(PCI_EXP_SLTCTL, 0x01c0);
    expect(card()).toBe(IXGBEVF_ID);
  });

  test('keeps a card that was plugged while off when a write changes other bits only', () => {
    plug();
    write(PCI_EXP_SLTCTL, 0x07f1);
    expect(read(PCI_EXP_SLTSTA) & PDS).toBe(PDS);
  });

  test('undoes a write that would clear an event which was not set', () => {
    plug();
    write(PCI_EXP_SLTSTA, ABP | PDC | CC);
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS | PDC | ABP);
    write(PCI_EXP_SLTSTA, ABP | PDC);
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS);
  });

  test('takes a card out of a slot that is off without asking', () => {
    plug();
    unplug();
    expect(read(PCI_EXP_SLTSTA)).toBe(PDC);
    expect(read(PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA).toBe(0);
  });

  test('refuses to unplug while the power LED blinks, else presses the button', () => {
    plug();
    write(PCI_EXP_SLTSTA, ABP | PDC);
    write(PCI_EXP_SLTCTL, 0x02c0);
    unplug();
    expect(read(PCI_EXP_SLTSTA) & ABP).toBe(0);
    write(PCI_EXP_SLTCTL, 0x01c0);
    unplug();
    expect(read(PCI_EXP_SLTSTA) & ABP).toBe(ABP);
  });
});

test('a port of 2018 gives a card up that was plugged while off, at any write', () => {
  port = onePort('hot-add', 'A2');
  plug();
  write(PCI_EXP_SLTCTL, 0x07f1);
  expect(read(PCI_EXP_SLTSTA) & PDS).toBe(0);
});

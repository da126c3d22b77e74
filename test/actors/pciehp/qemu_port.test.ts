import { beforeEach, describe, expect, test } from 'vitest';
import {
  PCI_EXP_LNKCAP,
  PCI_EXP_LNKCAP_DLLLARC,
  PCI_EXP_LNKSTA,
  PCI_EXP_LNKSTA_DLLLA,
  PCI_EXP_SLTCAP,
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
import { IXGBEVF_ID, qemu_port } from '../../../actors/hardware/qemu_port_regs.ts';
import { type OnePort, onePort } from './one_port.ts';

const ABP = 0x01;
const PDC = 0x08;
const CC = 0x10;
const PDS = 0x40;
const EIS = 0x80;

let port: OnePort;

function read(pos: number): number {
  return port.actor.run(qemu_port_config_read(port.d.port, pos, port.d));
}

function write(pos: number, value: number): void {
  port.actor.run(qemu_port_config_write(port.d.port, pos, value, port.d));
}

function plug(): number {
  return port.actor.run(pcie_cap_slot_hotplug_cb(port.d.port, IXGBEVF_ID, port.d));
}

function pressButton(): void {
  port.actor.run(pcie_cap_slot_hot_unplug_request_cb(port.d.port, port.d));
}

function notified(): number {
  return port.actor.W[port.d.port + qemu_port.hpev_notified] ?? -1;
}

describe('an empty port', () => {
  beforeEach(() => {
    port = onePort('probe', 'A1');
  });

  test('shows no presence, an active link and no link-active reporting (2018)', () => {
    expect(read(PCI_EXP_SLTSTA)).toBe(0);
    expect(read(PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA).not.toBe(0);
    expect(read(PCI_EXP_LNKCAP) & PCI_EXP_LNKCAP_DLLLARC).toBe(0);
    expect(read(PCI_EXP_SLTCAP)).toBe(0x2007b);
    expect(read(PCI_EXP_SLTCTL)).toBe(0x07c0);
    expect(port.actor.run(qemu_card_id_read(port.d.port, port.d))).toBe(-1);
  });

  test('drops DLLSCE, completes the command at once, and sends one message', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    expect(read(PCI_EXP_SLTCTL)).toBe(0x07f1);
    expect(read(PCI_EXP_SLTSTA)).toBe(CC);
    expect(notified()).toBe(1);
    expect(port.actor.messages).toBe(1);
  });

  test('sends nothing for a second completion while the first is not cleared', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    write(PCI_EXP_SLTCTL, 0x03f1);
    expect(port.actor.messages).toBe(1);
  });

  test('sends nothing for a plugged card while a completion is not cleared', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    expect(plug()).toBe(1);
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS | CC | PDC | ABP);
    expect(port.actor.messages).toBe(1);
  });

  test('is armed again once all enabled events are cleared', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    write(PCI_EXP_SLTSTA, CC);
    expect(notified()).toBe(0);
    write(PCI_EXP_SLTCTL, 0x03f1);
    expect(port.actor.messages).toBe(2);
  });

  test('stays dead when only some of the enabled events are cleared', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    plug();
    write(PCI_EXP_SLTSTA, CC);
    expect(notified()).toBe(1);
    write(PCI_EXP_SLTCTL, 0x03f1);
    expect(port.actor.messages).toBe(1);
  });

  test('sends a message when HPIE is cleared over a pending event (true to false)', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    write(PCI_EXP_SLTCTL, 0x07d1);
    expect(notified()).toBe(0);
    expect(port.actor.messages).toBe(2);
  });

  test('announces a plugged card by one message for presence and button together', () => {
    write(PCI_EXP_SLTCTL, 0x17f1);
    write(PCI_EXP_SLTSTA, CC);
    plug();
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS | PDC | ABP);
    expect(port.actor.messages).toBe(2);
    expect(port.actor.run(qemu_card_id_read(port.d.port, port.d))).toBe(IXGBEVF_ID);
  });

  test('drops an event when any of its bits is set already (2018)', () => {
    pressButton();
    plug();
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS | ABP);
  });

  test('refuses a card while the electromechanical lock is on, toggled by EIC', () => {
    write(PCI_EXP_SLTCTL, 0x0fc0);
    expect(read(PCI_EXP_SLTCTL)).toBe(0x07c0);
    expect(read(PCI_EXP_SLTSTA) & EIS).toBe(EIS);
    expect(plug()).toBe(0);
    write(PCI_EXP_SLTCTL, 0x0fc0);
    expect(read(PCI_EXP_SLTSTA) & EIS).toBe(0);
    expect(plug()).toBe(1);
  });
});

describe('a populated port', () => {
  beforeEach(() => {
    port = onePort('hot-remove', 'A1');
  });

  test('starts powered, lit and present without an event', () => {
    expect(read(PCI_EXP_SLTCTL)).toBe(0x01c0);
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS);
  });

  test('keeps its card until power is off and the power LED is off', () => {
    write(PCI_EXP_SLTCTL, 0x06f1);
    expect(read(PCI_EXP_SLTSTA) & PDS).toBe(PDS);
    write(PCI_EXP_SLTSTA, CC);
    write(PCI_EXP_SLTCTL, 0x07f1);
    expect(read(PCI_EXP_SLTSTA)).toBe(PDC | CC);
    expect(port.actor.run(qemu_card_id_read(port.d.port, port.d))).toBe(-1);
  });

  test('takes device_del for a press of the attention button', () => {
    write(PCI_EXP_SLTCTL, 0x11f1);
    write(PCI_EXP_SLTSTA, CC);
    pressButton();
    expect(read(PCI_EXP_SLTSTA)).toBe(PDS | ABP);
    expect(port.actor.messages).toBe(2);
  });
});

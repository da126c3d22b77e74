import { describe, expect, test } from 'vitest';
import { qemu_port } from '../../../actors/hardware/qemu_port_regs.ts';
import {
  pcie_wait_cmd,
  pcie_write_cmd,
  pcie_write_cmd_nowait,
} from '../../../actors/pciehp/pciehp_cmd.ts';
import { controller } from '../../../actors/pciehp/structs.ts';
import { type OnePort, onePort } from './one_port.ts';

const ENABLES = 0x1039 | 0x2;

function set(port: OnePort, addr: number, value: number): void {
  port.actor.W[addr] = value;
}

function get(port: OnePort, field: number): number {
  return port.actor.W[port.ctrl + field] ?? -1;
}

/** The accesses that others can see of one command, in order. */
function order(design: string): string[] {
  const port = onePort('probe', design);
  port.actor.run(pcie_write_cmd_nowait(port.ctrl, 0x1031, ENABLES, port.d));
  const seen = /ctrl_lock|cmd_busy|slot_ctrl|cmd_started|writel\(ioh3420\.sltctl/;
  return port.actor.operations.filter((o) => seen.test(o) && !o.startsWith('ghost'));
}

const TAKE = 'mutex_lock(ctrl.ctrl_lock.val)';
const DROP = 'mutex_unlock(ctrl.ctrl_lock.val)';
const LOOK = 'read(ctrl.cmd_busy)';
const BUSY = 'write(ctrl.cmd_busy, 1)';
const REGISTER = 'writel(ioh3420.sltctl, 2033)';
const STARTED = 'write(ctrl.cmd_started, 311)';
const COPY = 'write(ctrl.slot_ctrl, 6129)';
// The enables of 0x17f1 change no control, so the port is taken not to complete it (CF118).
const ERRATUM = 'write(ctrl.cmd_busy, 0)';

describe('one command, in the order of pciehp.md 2.4', () => {
  test('4.19 and 4.20-rc1 write the register before the copy', () => {
    const expected = [TAKE, LOOK, BUSY, REGISTER, STARTED, COPY, ERRATUM, DROP];
    expect(order('A0')).toEqual(expected);
    expect(order('A1')).toEqual(expected);
  });

  test('the fix writes the copy between the barrier and the register', () => {
    expect(order('A2')).toEqual([TAKE, LOOK, BUSY, COPY, REGISTER, STARTED, ERRATUM, DROP]);
    expect(order('A6')).toEqual(order('A2'));
  });

  test('the misplaced assignment publishes what was read, without HPIE', () => {
    const stale = 'write(ctrl.slot_ctrl, 1984)';
    expect(order('A3')).toEqual([TAKE, LOOK, BUSY, stale, REGISTER, STARTED, ERRATUM, DROP]);
  });

  test('the spinlock of A7 encloses register and copy', () => {
    const seen = order('A7');
    expect(seen).toEqual([
      TAKE,
      LOOK,
      BUSY,
      'spin_lock_irqsave(slot_ctrl_lock.val)',
      REGISTER,
      COPY,
      'spin_unlock_irqrestore(slot_ctrl_lock.val)',
      STARTED,
      ERRATUM,
      DROP,
    ]);
  });

  test('A6 writes the copy after the register when it disables', () => {
    const port = onePort('probe', 'A6');
    port.actor.run(pcie_write_cmd_nowait(port.ctrl, 0, ENABLES, port.d));
    const copy = port.actor.operations.indexOf('write(ctrl.slot_ctrl, 1984)');
    expect(copy).toBeGreaterThan(port.actor.operations.indexOf('writel(ioh3420.sltctl, 1984)'));
  });
});

describe('a command that changes a control', () => {
  test('stays busy without an interrupt, and the wait says so after its time', () => {
    const port = onePort('probe', 'A1');
    set(port, port.ctrl + controller.slot_ctrl, 0x07f1);
    set(port, port.d.port + qemu_port.sltctl, 0x07f1);
    port.actor.run(pcie_write_cmd(port.ctrl, 0, 0x400, port.d));
    expect(get(port, controller.cmd_busy)).toBe(1);
    expect(port.actor.nowMs).toBe(1311);
    expect(port.actor.log).toEqual([
      'pciehp %04x:%02x:%02x.%x:pcie%03x: Timeout on hotplug command %#06x (issued %u msec ago)' +
        '|0|0|1|0|4|1009|1000',
    ]);
  });

  test('makes the next writer wait one jiffy once it has expired', () => {
    const port = onePort('probe', 'A1');
    set(port, port.ctrl + controller.slot_ctrl, 0x03f1);
    set(port, port.ctrl + controller.cmd_busy, 1);
    set(port, port.ctrl + controller.cmd_started, 311);
    port.actor.nowMs = 1327;
    port.actor.run(pcie_wait_cmd(port.ctrl, port.d));
    expect(port.actor.nowMs).toBe(1331);
    expect(port.actor.operations).toContain('schedule_timeout(NULL+4)');
  });

  test('is polled for when its interrupt is not enabled, and stays busy after that', () => {
    const port = onePort('probe', 'A1');
    port.actor.run(pcie_write_cmd(port.ctrl, 0, 0x400, port.d));
    expect(port.actor.W[port.d.port + qemu_port.sltsta]).toBe(0);
    expect(get(port, controller.cmd_busy)).toBe(1);
    expect(port.actor.log).toEqual([]);
    expect(port.actor.nowMs).toBe(311);
  });

  test('is waited for in vain by polling for 1000 ms in steps of 10', () => {
    const port = onePort('probe', 'A1');
    set(port, port.ctrl + controller.cmd_busy, 1);
    set(port, port.ctrl + controller.cmd_started, 311);
    port.actor.run(pcie_wait_cmd(port.ctrl, port.d));
    expect(port.actor.operations.filter((o) => o.startsWith('msleep'))).toHaveLength(101);
    expect(port.actor.log).toHaveLength(1);
  });
});

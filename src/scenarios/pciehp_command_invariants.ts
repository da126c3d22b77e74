/**
 * What must hold of a hotplug slot when everything is quiet: I1 to I6 of pciehp.md 3.1.6. All are
 * judged at the end, so that a run that violates one still prints its whole log. They read
 * registers, the controller and the bookkeeping words; no design is known here.
 */

import { PCI_EXP_SLTCTL_HPIE } from '../../actors/hardware/pci_regs.ts';
import { qemu_port, SLTCTL_ENABLES } from '../../actors/hardware/qemu_port_regs.ts';
import {
  controller,
  OFF_STATE,
  ON_STATE,
  pciehp_ghost,
  REQUESTED_ADD,
  REQUESTED_DEL,
} from '../../actors/pciehp/structs.ts';
import type { Invariant, Measure, MemoryView } from '../actor/program.ts';
import type { Finding, Verdict } from '../oracles/verdict.ts';

/** Addresses of what is looked at. */
export interface Watched {
  readonly port: number;
  readonly ctrl: number;
  readonly ghost: number;
  /** How long the driver may look away: between two polls, or while it is suspended. */
  readonly awayMs: number;
}

type Check = (memory: MemoryView) => Finding | undefined;

export function pciehpInvariants(at: Watched): readonly Invariant[] {
  const end = (name: string, cite: string, check: Check): Invariant => {
    return { name, cite, when: 'end', check };
  };
  return [
    end(
      'event-delivered',
      'pciehp.md 3.1.6 I1; lost-wakeup: the interrupt that would have brought the handler was ' +
        'swallowed, and the edge is never armed again',
      (memory) => checkDelivered(memory, at),
    ),
    end(
      'slot-follows-user',
      'pciehp.md 3.1.6 I3; lost-wakeup: the attention button was pressed and nobody came',
      (memory) => checkSlotState(memory, at),
    ),
    end(
      'slot-follows-in-time',
      'pciehp.md 3.1.6 I3, its times with the wheel on top; hung-task: somebody slept in between',
      (memory) => checkPace(memory, at),
    ),
    end(
      'interrupt-not-declined',
      'pciehp.md 3.1.6 I4; lost-wakeup: the handler left while the port asserted',
      (memory) => checkDeclined(memory, at),
    ),
    end(
      'masked-not-served',
      "pciehp.md 3.1.5 A0; assertion: another service's interrupt made the driver act while it " +
        'had masked its own',
      (memory) => checkMasked(memory, at),
    ),
    end(
      'command-completes',
      'pciehp.md 3.1.6 I2; hung-task: a writer slept a second or more for a completion that had ' +
        'long happened',
      (memory) => checkCommands(memory, at),
    ),
    end(
      'slot-ctrl-tells-enables',
      'pciehp.md 3.1.6 I5; assertion: the software copy is wrong while nobody writes',
      (memory) => checkCopy(memory, at),
    ),
    end(
      'command-engine-idle',
      'pciehp.md 3.1.6 I6; assertion: nothing is outstanding, yet the next command will wait',
      (memory) => checkIdle(memory, at),
    ),
  ];
}

export function pciehpMeasures(at: Watched): readonly Measure[] {
  const word = (name: string, unit: string, field: number): Measure => {
    return { name, unit, read: (memory) => memory.read(at.ghost + field) };
  };
  return [
    word('command timeouts', 'lines', pciehp_ghost.cmd_timeouts),
    word('oldest command given up', 'ms', pciehp_ghost.cmd_longest_age),
    word('power-ups', 'times', pciehp_ghost.power_ups),
    word('interrupts answered NONE', 'times', pciehp_ghost.isr_none),
    {
      name: 'commands over an outstanding one',
      unit: 'times',
      read: (memory) => memory.read(at.port + qemu_port.overlaps),
    },
  ];
}

function finding(verdict: Verdict, message: string, addr: number): Finding {
  // The engine writes the invariant's name here.
  return { verdict, oracle: '', message, addr };
}

function hex(value: number): string {
  return `0x${(value & 0xffff).toString(16).padStart(4, '0')}`;
}

function checkDelivered(memory: MemoryView, { port }: Watched): Finding | undefined {
  const control = memory.read(port + qemu_port.sltctl);
  const status = memory.read(port + qemu_port.sltsta);
  const events = control & status & SLTCTL_ENABLES & ~PCI_EXP_SLTCTL_HPIE;
  if ((control & PCI_EXP_SLTCTL_HPIE) === 0 || events === 0) return undefined;
  const message =
    `hotplug vector is wedged: Slot Status ${hex(status)} has the enabled events ${hex(events)} ` +
    'pending, all is quiet, and no interrupt will follow';
  return finding('lost-wakeup', message, port + qemu_port.hpev_notified);
}

/** The driver's own numbers of slot states (drivers/pci/hotplug/pciehp.h). */
export const SLOT_STATES: Readonly<Record<number, string>> = {
  0: 'OFF',
  1: 'BLINKINGON',
  2: 'BLINKINGOFF',
  3: 'POWERON',
  4: 'POWEROFF',
  5: 'ON',
};

/** Level 2 of the timer wheel at HZ=250 fires up to 256 ms late, level 1 up to 36 ms. */
const BUTTON_MS = 5000 + 256;
const POWER_OFF_MS = 1000 + 36;
/** A bring-up that fails: link wait, fifty tries, power off. */
const BRING_UP_MS = 1100 + 36 + 1400 + POWER_OFF_MS;

/** All is quiet: the slot must have followed the user before that, within I3's times. */
function checkPace(memory: MemoryView, { ctrl, ghost, awayMs }: Watched): Finding | undefined {
  const requested = memory.read(ghost + pciehp_ghost.requested);
  if (requested === 0) return undefined;
  const served = memory.read(ghost + pciehp_ghost.served_at);
  const rested = served === 0 ? memory.nowMs : served;
  const took = rested - memory.read(ghost + pciehp_ghost.requested_at);
  const removal = requested === REQUESTED_DEL ? POWER_OFF_MS : 0;
  const limit = BUTTON_MS + removal + BRING_UP_MS + awayMs;
  if (took <= limit) return undefined;
  const message = `the slot came to rest ${took} ms after the request, at most ${limit} expected`;
  return finding('hung-task', message, ctrl + controller.state);
}

function checkSlotState(memory: MemoryView, { port, ctrl, ghost }: Watched): Finding | undefined {
  const requested = memory.read(ghost + pciehp_ghost.requested);
  const state = memory.read(ctrl + controller.state);
  const addr = ctrl + controller.state;
  const name = SLOT_STATES[state] ?? `${state}`;
  if (requested === REQUESTED_ADD && state !== ON_STATE) {
    return finding('lost-wakeup', `device_add was accepted, the slot stays ${name}`, addr);
  }
  if (requested !== REQUESTED_DEL) return undefined;
  const gone = memory.read(port + qemu_port.card) === 0;
  if (state === OFF_STATE && gone) return undefined;
  const card = gone ? 'the device is gone' : 'the device is still plugged';
  return finding('lost-wakeup', `device_del was issued, the slot stays ${name}, ${card}`, addr);
}

function checkDeclined(memory: MemoryView, { ghost }: Watched): Finding | undefined {
  const addr = ghost + pciehp_ghost.isr_none_pending;
  const times = memory.read(addr);
  if (times === 0) return undefined;
  const message = `pciehp_isr returned IRQ_NONE ${times} times while the port asserted`;
  return finding('lost-wakeup', message, addr);
}

function checkMasked(memory: MemoryView, { ghost }: Watched): Finding | undefined {
  const addr = ghost + pciehp_ghost.masked_served;
  const times = memory.read(addr);
  if (times === 0) return undefined;
  const message = `pciehp_isr took events ${times} times while hotplug interrupts were masked`;
  return finding('assertion', message, addr);
}

function checkCommands(memory: MemoryView, { ghost }: Watched): Finding | undefined {
  const addr = ghost + pciehp_ghost.cmd_timeouts;
  const times = memory.read(addr);
  if (times === 0) return undefined;
  const command = hex(memory.read(ghost + pciehp_ghost.cmd_first_late));
  const age = memory.read(ghost + pciehp_ghost.cmd_first_age);
  const message = `${times} waits for a command ran out, first that for ${command} after ${age} ms`;
  return finding('hung-task', message, addr);
}

function checkCopy(memory: MemoryView, { ctrl, port, ghost }: Watched): Finding | undefined {
  const addr = ctrl + controller.slot_ctrl;
  const copy = memory.read(addr);
  const register = memory.read(port + qemu_port.sltctl);
  if (((copy ^ register) & SLTCTL_ENABLES) !== 0) {
    const message = `slot_ctrl is ${hex(copy)}, Slot Control ${hex(register)}: enables differ`;
    return finding('assertion', message, addr);
  }
  const times = memory.read(ghost + pciehp_ghost.cache_differs);
  if (times === 0) return undefined;
  const message = `ctrl_lock was released ${times} times with enables of slot_ctrl out of date`;
  return finding('assertion', message, addr);
}

function checkIdle(memory: MemoryView, { ctrl, port }: Watched): Finding | undefined {
  const addr = ctrl + controller.cmd_busy;
  if (memory.read(addr) === 0) return undefined;
  const status = memory.read(port + qemu_port.sltsta);
  const message = `cmd_busy is set with no command outstanding (Slot Status ${hex(status)})`;
  return finding('assertion', message, addr);
}

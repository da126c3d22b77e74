/** pciehp_isr (pciehp.md 2.5), cut at the states of machines/hotplug_irq.ts. */
import { BUG_ON, ctx_get, ctx_set, irq_enter, irq_exit, type Proc, read, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { enabledEvents } from '../hardware/link.ts';
import { link_port } from '../hardware/link_regs.ts';
import {
  PCI_EXP_SLTSTA_DLLSC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PFD,
} from '../hardware/pci_regs.ts';
import { controller } from '../pciehp/structs.ts';
import { port_read, slot_status_clear } from './config.ts';
import type { Dpc } from './design.ts';

const ev = eventCodes(
  'IRQ',
  'EVENTS',
  'ACCUMULATED',
  'NONE',
  'CLEARED',
  'AGAIN',
  'NOTIFIED',
  'RETURNED',
);

/** Registers of the actor: the events in hand, and all of this run. */
const EVENTS = 0;
const SEEN = 1;
const ROUNDS = 2;
/** No burst of events is as long. */
const ROUNDS_MAX = 32;
export const CHANGES = PCI_EXP_SLTSTA_DLLSC | PCI_EXP_SLTSTA_PDC;

export function* hp_irq_enter(d: Dpc): Proc<number> {
  yield irq_enter(yield read(d.ctrl + controller.irq));
  yield ctx_set(SEEN, 0);
  yield ctx_set(ROUNDS, 0);
  return ev.IRQ;
}

/** Raw status: a run for any reason collects what is there, enabled or not. */
export function* hp_isr_read(d: Dpc): Proc<number> {
  const status = yield* port_read(link_port.sltsta, d);
  const enabled = d.isr_masks === 0 ? CHANGES : yield* enabled_events(d);
  const events = (status & enabled) | (yield* new_power_fault(status, d));
  yield ctx_set(EVENTS, events);
  if (events !== 0) return ev.EVENTS;
  return (yield ctx_get(SEEN)) === 0 ? ev.NONE : ev.ACCUMULATED;
}

/** A power fault counts once. */
function* new_power_fault(status: number, d: Dpc): Proc<number> {
  if ((status & PCI_EXP_SLTSTA_PFD) === 0) return 0;
  if ((yield read(d.ctrl + controller.power_fault_detected)) !== 0) return 0;
  if (d.isr_notes_fault !== 0) yield write(d.ctrl + controller.power_fault_detected, 1);
  return PCI_EXP_SLTSTA_PFD;
}

/** Design V11: by the enables as last written. */
function* enabled_events(d: Dpc): Proc<number> {
  return enabledEvents(yield* port_read(link_port.sltctl, d));
}

/** Since 8edf5332c393 the status is read again until a read yields nothing. */
export function* hp_isr_clear(d: Dpc): Proc<number> {
  const events = yield ctx_get(EVENTS);
  yield ctx_set(SEEN, (yield ctx_get(SEEN)) | events);
  yield* slot_status_clear(events, d);
  const rounds = (yield ctx_get(ROUNDS)) + 1;
  yield ctx_set(ROUNDS, rounds);
  // What the hard lockup detector would find.
  yield BUG_ON(rounds > ROUNDS_MAX ? 1 : 0);
  return d.isr_loops !== 0 ? ev.AGAIN : ev.CLEARED;
}

export function* hp_isr_notify(d: Dpc): Proc<number> {
  yield* d.hp_notify(yield ctx_get(SEEN), d);
  return ev.NOTIFIED;
}

export function* hp_irq_exit(d: Dpc): Proc<number> {
  yield irq_exit(yield read(d.ctrl + controller.irq));
  return ev.RETURNED;
}

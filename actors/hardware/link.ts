/**
 * The link of a hotplug port (pciehp.md 5.4) and the interrupt that its slot raises (1.1): what the
 * hardware does by itself, and at once when software writes a register. Everything here runs with
 * pci_lock held, so that a port is in one state at a time.
 */
import {
  cancel_work,
  ghost_read,
  ghost_write,
  type Proc,
  type Ptr,
  queue_delayed_work,
  raise_irq,
  raw_spin_lock_irqsave,
  raw_spin_unlock_irqrestore,
  wake_up,
  work_done,
  work_wait,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  LINK_CONFIG,
  LINK_DETECT,
  LINK_L0,
  LINK_READY,
  type LinkGlobals,
  link_port,
  PCI_EXP_DPC_STATUS_TRIGGER,
} from './link_regs.ts';
import {
  PCI_EXP_SLTCTL_DLLSCE,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PDCE,
  PCI_EXP_SLTSTA_DLLSC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from './pci_regs.ts';

const ev = eventCodes('DUE', 'TRAINED', 'READY', 'NOTHING');

/** The status bits whose enable bit is set. */
export function enabledEvents(sltctl: number): number {
  if ((sltctl & PCI_EXP_SLTCTL_HPIE) === 0) return 0;
  const link = (sltctl & PCI_EXP_SLTCTL_DLLSCE) !== 0 ? PCI_EXP_SLTSTA_DLLSC : 0;
  const presence = (sltctl & PCI_EXP_SLTCTL_PDCE) !== 0 ? PCI_EXP_SLTSTA_PDC : 0;
  return link | presence;
}

/** One message on each 0 to 1 transition of the aggregate; while it stays 1, none. */
export function* link_interrupt(port: Ptr): Proc<void> {
  const enabled = enabledEvents(yield ghost_read(port + link_port.sltctl));
  const asserted = ((yield ghost_read(port + link_port.sltsta)) & enabled) !== 0 ? 1 : 0;
  const notified = yield ghost_read(port + link_port.notified);
  yield ghost_write(port + link_port.notified, asserted);
  if (asserted === 1 && notified === 0) {
    yield raise_irq(yield ghost_read(port + link_port.hp_irq));
  }
}

/** Presence as the port reports it: by its pin, and by the link where in-band counts. */
function* link_presence(port: Ptr, d: LinkGlobals): Proc<void> {
  const status = yield ghost_read(port + link_port.sltsta);
  const inLink = (yield ghost_read(port + link_port.ltssm)) >= LINK_L0 || d.inband === 0;
  const plugged = (yield ghost_read(port + link_port.card)) !== 0;
  const pds = plugged && inLink ? PCI_EXP_SLTSTA_PDS : 0;
  if ((status & PCI_EXP_SLTSTA_PDS) === pds) return;
  const next = (status & ~PCI_EXP_SLTSTA_PDS) | pds | PCI_EXP_SLTSTA_PDC;
  yield ghost_write(port + link_port.sltsta, next);
}

/** Down to DETECT. A link that was still training goes without DLLSC. */
export function* link_drop(port: Ptr, d: LinkGlobals): Proc<void> {
  const state = yield ghost_read(port + link_port.ltssm);
  if (state !== LINK_DETECT) {
    yield ghost_write(port + link_port.ltssm, LINK_DETECT);
    yield cancel_work(port + link_port.train.at);
  }
  if (state >= LINK_L0) {
    const status = yield ghost_read(port + link_port.sltsta);
    yield ghost_write(port + link_port.sltsta, status | PCI_EXP_SLTSTA_DLLSC);
  }
  if (d.inband !== 0) yield* link_presence(port, d);
  yield* link_interrupt(port);
  yield wake_up(port + link_port.changed.at);
  if (d.below !== 0 && port === d.port) yield* hot_reset(d);
}

/** What is above goes down: the port below is reset, its Slot Control to defaults (1.1). */
function* hot_reset(d: LinkGlobals): Proc<void> {
  yield ghost_write(d.below + link_port.sltctl, 0);
  yield* link_drop(d.below, d);
}

/** Begins to train if a card is there and nothing holds the link down. */
export function* link_try(port: Ptr, d: LinkGlobals): Proc<void> {
  if ((yield ghost_read(port + link_port.ltssm)) !== LINK_DETECT) return;
  if ((yield ghost_read(port + link_port.card)) === 0) return;
  if (((yield ghost_read(port + link_port.sltctl)) & PCI_EXP_SLTCTL_PCC) !== 0) return;
  if ((yield ghost_read(port + link_port.bus_reset)) !== 0) return;
  const dpc = yield ghost_read(port + link_port.dpc_status);
  if ((dpc & PCI_EXP_DPC_STATUS_TRIGGER) !== 0) return;
  yield ghost_write(port + link_port.ltssm, LINK_CONFIG);
  yield queue_delayed_work(port + link_port.train.at, d.trainMs);
}

/** A card is pushed in. */
export function* link_plug(card: number, d: LinkGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield ghost_write(d.port + link_port.card, card);
  const serial = yield ghost_read(d.port + link_port.serial);
  yield ghost_write(d.port + link_port.serial, serial + 1);
  yield* link_presence(d.port, d);
  yield* link_interrupt(d.port);
  yield* link_try(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** A card is pulled: the link goes, and a moment later the presence pin. */
export function* link_unplug(d: LinkGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield ghost_write(d.port + link_port.card, 0);
  yield* link_drop(d.port, d);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  yield* link_pulled(d);
}

/** The presence pin of a card whose link went before. */
export function* link_pulled(d: LinkGlobals): Proc<void> {
  yield raw_spin_lock_irqsave(d.pci_lock);
  yield* link_presence(d.port, d);
  yield* link_interrupt(d.port);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
}

/** The link's own clock: the end of training, the end of the card's initialisation. */
export function* link_wait(d: LinkGlobals): Proc<number> {
  yield work_wait(d.port + link_port.train.at);
  return ev.DUE;
}

/** The next initialisation is slow, then they are not. */
function* ready_in(d: LinkGlobals): Proc<number> {
  const slow = yield ghost_read(d.port + link_port.slow_ms);
  yield ghost_write(d.port + link_port.slow_ms, 0);
  return slow === 0 ? d.readyMs : slow;
}

/** 1 when a link that is not stable yet goes down once more, and trains again. */
function* bounce(d: LinkGlobals): Proc<number> {
  const left = yield ghost_read(d.port + link_port.bounces);
  if (left === 0) return 0;
  yield ghost_write(d.port + link_port.bounces, left - 1);
  yield* link_drop(d.port, d);
  yield* link_try(d.port, d);
  return 1;
}

export function* link_step(d: LinkGlobals): Proc<number> {
  let next = ev.NOTHING;
  yield raw_spin_lock_irqsave(d.pci_lock);
  const state = yield ghost_read(d.port + link_port.ltssm);
  if (state === LINK_CONFIG) {
    const status = yield ghost_read(d.port + link_port.sltsta);
    yield ghost_write(d.port + link_port.ltssm, LINK_L0);
    yield ghost_write(d.port + link_port.sltsta, status | PCI_EXP_SLTSTA_DLLSC);
    yield* link_presence(d.port, d);
    yield* link_interrupt(d.port);
    // LBMS of the bandwidth notification service: the vector is one, whoever is masked.
    if (d.sharedVector !== 0) yield raise_irq(yield ghost_read(d.port + link_port.hp_irq));
    yield queue_delayed_work(d.port + link_port.train.at, yield* ready_in(d));
    if (d.below !== 0) yield* link_try(d.below, d);
    next = ev.TRAINED;
  } else if (state === LINK_L0 && (yield* bounce(d)) === 0) {
    yield ghost_write(d.port + link_port.ltssm, LINK_READY);
    next = ev.READY;
  }
  yield wake_up(d.port + link_port.changed.at);
  yield work_done(d.port + link_port.train.at);
  yield raw_spin_unlock_irqrestore(d.pci_lock);
  return next;
}

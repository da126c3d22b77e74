/**
 * aer_irq() and the port's Root Error Status, before and after 203926da2bff (April 2022). An error
 * message sets a bit and raises the line, which the service shares; the handler is entered for
 * either.
 */
import {
  atomic_fetch_and,
  cmpxchg,
  ghost_add,
  irq_enter,
  irq_exit,
  type Proc,
  type Ptr,
  raise_irq,
  readl,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import {
  PCI_ERR_ROOT_COR_RCV,
  PCI_ERR_ROOT_MULTI_COR_RCV,
  root_port,
} from '../pci/history_structs.ts';

const ev = eventCodes('IRQ', 'NONE', 'HANDLED', 'RETURNED');

export type RootPort = Readonly<{ port: Ptr; messages: number; handled_bits: number }>;

/** The port: correctable error messages arrive. */
export function* error_messages(k: RootPort): Proc<number> {
  for (let sent = 0; sent < k.messages; sent += 1) {
    yield* latch_message(k.port);
    yield raise_irq(k.port + root_port.irq.at);
  }
  return ev.RETURNED;
}

/** One step of hardware: the first sets COR_RCV; while that stands a further one sets MULTI. */
function* latch_message(port: Ptr): Proc<void> {
  for (;;) {
    const old = yield readl(port + root_port.root_status);
    const first = (old & PCI_ERR_ROOT_COR_RCV) === 0;
    const bits = old | (first ? PCI_ERR_ROOT_COR_RCV : PCI_ERR_ROOT_MULTI_COR_RCV);
    if ((yield cmpxchg(port + root_port.root_status, old, bits)) === old) return;
  }
}

export function* aer_enter(k: RootPort): Proc<number> {
  yield irq_enter(k.port + root_port.irq.at);
  return ev.IRQ;
}

/** W1C of exactly the bits that were read. */
export function* aer_irq(k: RootPort): Proc<number> {
  const status = yield readl(k.port + root_port.root_status);
  if ((status & k.handled_bits) === 0) return ev.NONE;
  yield atomic_fetch_and(k.port + root_port.root_status, ~status);
  yield ghost_add(k.port + root_port.reported, 1);
  return ev.HANDLED;
}

export function* aer_exit(k: RootPort): Proc<number> {
  yield irq_exit(k.port + root_port.irq.at);
  return ev.RETURNED;
}

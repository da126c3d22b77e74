/** request_irq() and free_irq(), and the handler of a level interrupt that functions share. */
import {
  ghost_add,
  irq_enter,
  irq_exit,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  readl,
  synchronize_hardirq,
  wake_up,
  write,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { irq_mask, irq_to_desc, irq_unmask } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { ACTIONS, phb_dev, phb_dn, phb_ghost, virq_desc, xive_source } from './structs.ts';

const EINVAL = 22;
const EBUSY = 16;
const ev = eventCodes('IRQ', 'HANDLED', 'RETURNED');

/** The place among a line's actions that holds `dev`; ACTIONS if none does. 0 finds a free one. */
function* action_of(desc: Ptr, dev: Ptr): Proc<number> {
  let i = 0;
  while (i < ACTIONS && (yield read(desc + virq_desc.actions.at + i)) !== dev) i++;
  return i;
}

function* has_action(desc: Ptr): Proc<number> {
  for (let i = 0; i < ACTIONS; i++) {
    if ((yield read(desc + virq_desc.actions.at + i)) !== 0) return 1;
  }
  return 0;
}

/** irq_has_action(). */
export function* irq_has_action(k: IrqKernel, virq: number): Proc<number> {
  const desc = yield* irq_to_desc(k, virq);
  return desc !== 0 ? yield* has_action(desc) : 0;
}

/** A shared handler; the first one unmasks the line. */
export function* request_irq(k: IrqKernel, virq: number, dev: Ptr): Proc<number> {
  const desc = yield* irq_to_desc(k, virq);
  if (desc === 0) {
    yield printk('request_irq(%d) failed: %d', virq, -EINVAL);
    yield ghost_add(k.ghost + phb_ghost.refused, 1);
    return -EINVAL;
  }
  yield mutex_lock(desc + virq_desc.request_mutex.at);
  const first = (yield* has_action(desc)) === 0;
  const free = yield* action_of(desc, 0);
  let rc = -EBUSY;
  if (free < ACTIONS) {
    yield write(desc + virq_desc.actions.at + free, dev);
    const source = yield read(desc + virq_desc.source);
    if (first && source !== 0) yield* irq_unmask(source);
    rc = 0;
  }
  yield mutex_unlock(desc + virq_desc.request_mutex.at);
  return rc;
}

/** Of a virq that is not mapped any more it returns without a word. */
export function* free_irq(k: IrqKernel, virq: number, dev: Ptr): Proc<void> {
  const desc = yield* irq_to_desc(k, virq);
  if (desc === 0) return;
  yield mutex_lock(desc + virq_desc.request_mutex.at);
  const at = yield* action_of(desc, dev);
  if (at < ACTIONS) {
    yield write(desc + virq_desc.actions.at + at, 0);
    const source = yield read(desc + virq_desc.source);
    if (source !== 0) {
      if ((yield* has_action(desc)) === 0) yield* irq_mask(source);
      yield synchronize_hardirq(source + xive_source.line.at);
    }
  } else {
    yield printk('Trying to free already-free IRQ %d', virq);
  }
  yield mutex_unlock(desc + virq_desc.request_mutex.at);
}

export function* intx_wait(_k: IrqKernel, source: Ptr): Proc<number> {
  yield irq_enter(source + xive_source.line.at);
  return ev.IRQ;
}

/** Every handler of the line is asked; each looks whether its own function asserts it. */
export function* handle_fasteoi_irq(k: IrqKernel, source: Ptr): Proc<number> {
  const desc = yield* irq_to_desc(k, yield read(source + xive_source.virq));
  if (desc === 0) return ev.HANDLED;
  for (let i = 0; i < ACTIONS; i++) {
    const dev = yield read(desc + virq_desc.actions.at + i);
    if (dev !== 0) {
      const dn = yield read(dev + phb_dev.dn);
      if ((yield readl(dn + phb_dn.asserts)) !== 0) {
        yield writel(dn + phb_dn.asserts, 0);
        yield wake_up(dn + phb_dn.serviced.at);
      }
    }
  }
  return ev.HANDLED;
}

export function* intx_return(_k: IrqKernel, source: Ptr): Proc<number> {
  yield irq_exit(source + xive_source.line.at);
  return ev.RETURNED;
}

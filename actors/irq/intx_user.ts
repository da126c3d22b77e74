/**
 * The driver of a function that stays (I0-C, I0-D): it waits for an interrupt of its device, then
 * takes its interface down and up again.
 */
import {
  finish_wait,
  ghost_add,
  type Proc,
  type Ptr,
  prepare_to_wait,
  printk,
  raise_irq,
  read,
  readl,
  schedule_timeout,
  writel,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import type { IrqKernel } from './kernel.ts';
import { free_irq, request_irq } from './manage.ts';
import { phb_dev, phb_dn, phb_ghost, xive_source } from './structs.ts';

/** The network stack's watchdog bites after about so long (eeh.md 7.5). */
const TIMEOUT_MS = 5000;

const ev = eventCodes('SERVED', 'TIMED_OUT', 'DOWN', 'UP');

/** The device asserts INTx and the driver sleeps until its handler has run. */
export function* intx_user_work(k: IrqKernel, dn: Ptr): Proc<number> {
  const source = yield read(dn + phb_dn.source);
  yield writel(dn + phb_dn.asserts, 1);
  yield raise_irq(source + xive_source.line.at);
  yield prepare_to_wait(dn + phb_dn.serviced.at);
  let left = 1;
  if ((yield readl(dn + phb_dn.asserts)) !== 0) left = yield schedule_timeout(TIMEOUT_MS);
  yield finish_wait(dn + phb_dn.serviced.at);
  if (left !== 0 || (yield readl(dn + phb_dn.asserts)) === 0) return ev.SERVED;
  yield printk('transmit queue timed out: no interrupt');
  yield ghost_add(k.ghost + phb_ghost.timeouts, 1);
  return ev.TIMED_OUT;
}

export function* intx_user_down(k: IrqKernel, dn: Ptr): Proc<number> {
  const dev = yield read(dn + phb_dn.pdev);
  yield* free_irq(k, yield read(dev + phb_dev.irq), dev);
  return ev.DOWN;
}

export function* intx_user_up(k: IrqKernel, dn: Ptr): Proc<number> {
  const dev = yield read(dn + phb_dn.pdev);
  yield* request_irq(k, yield read(dev + phb_dev.irq), dev);
  return ev.UP;
}

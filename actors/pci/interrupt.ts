/** What handlers and workers of the history's races have in common: to wait for their turn. */
import { irq_enter, type Proc, type Ptr, work_wait } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';

const ev = eventCodes('IRQ', 'WORK');

export function* irq_wait(_k: object, irq: Ptr): Proc<number> {
  yield irq_enter(irq);
  return ev.IRQ;
}

export function* work_take(_k: object, work: Ptr): Proc<number> {
  yield work_wait(work);
  return ev.WORK;
}

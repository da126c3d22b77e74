/** A hotplug port that is itself in the slot, and its own hotplug thread (pciehp.md 3.3 R13). */
import {
  finish_wait,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  wake_up,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { irqaction } from '../pciehp/structs.ts';
import type { Dpc } from './design.ts';

const ev = eventCodes('DONE');

/** Its thread: an event of its own makes it unplug. */
export function* nested_event(d: Dpc): Proc<number> {
  const action = d.nested_action;
  yield write(action + irqaction.threads_active, 1);
  // Its pciehp_unconfigure_device(): there is nothing behind it, so that only the lock is left.
  yield mutex_lock(d.pci_rescan_remove_lock);
  yield mutex_unlock(d.pci_rescan_remove_lock);
  yield write(action + irqaction.threads_active, 0);
  yield wake_up(action + irqaction.thread_wait.at);
  return ev.DONE;
}

/** free_irq() of a nested port's hotplug interrupt: its thread function must have returned. */
export function* free_nested_irq(action: Ptr): Proc<void> {
  for (;;) {
    yield prepare_to_wait(action + irqaction.thread_wait.at);
    if ((yield read(action + irqaction.threads_active)) === 0) break;
    yield schedule();
  }
  yield finish_wait(action + irqaction.thread_wait.at);
}

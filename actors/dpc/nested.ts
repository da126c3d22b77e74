/** A hotplug port that is itself in the slot, and its own hotplug thread (pciehp.md 3.3 R13). */
import {
  down_read,
  finish_wait,
  might_sleep,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  prepare_to_wait,
  read,
  schedule,
  up_read,
  wake_up,
  write,
} from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { ALL_ONES_32 } from '../hardware/pci_regs.ts';
import { ENODEV, irqaction } from '../pciehp/structs.ts';
import { card_id } from './config.ts';
import type { Dpc } from './design.ts';

const ev = eventCodes('DONE');

/**
 * pciehp_check_presence() at resume: the nested port asks for a presence change when its slot
 * seems empty. All ones may mean that the port itself is gone.
 */
export function* nested_resume(d: Dpc): Proc<number> {
  // Its own reset_lock comes first; nobody else takes that here.
  yield might_sleep();
  if ((yield* d.nested_present(d)) === 0) return yield* nested_event(d);
  return ev.DONE;
}

/** Until 5.4 a port that is gone has an empty slot, ... */
export function* gone_is_empty(d: Dpc): Proc<number> {
  return (yield* card_id(d)) === ALL_ONES_32 ? 0 : 1;
}

/** ... since 87d0f2a5536f (5.5) an error is an error. */
export function* gone_is_error(d: Dpc): Proc<number> {
  return (yield* card_id(d)) === ALL_ONES_32 ? -ENODEV : 1;
}

/** pciehp_probe() of a nested port: it looks at presence under its own reset_lock (row 4). */
export function* probe_nested(d: Dpc): Proc<void> {
  yield down_read(d.nested_reset_lock);
  yield up_read(d.nested_reset_lock);
}

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

/** Small kernel races and their twins. Import after installLowering('explored'). */
import type { Program } from '../../src/actor/program.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import * as lifetime from '../programs/kernel_lifetime.ts';
import * as waiting from '../programs/kernel_waiting.ts';
import { device, event, object } from '../programs/structs.ts';
import { program, runs, serves } from './build.ts';

/** remove() against open(): the get comes after an unlocked lookup, or not. */
export function removeAgainstOpen(locked: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  memory.cache(object, 1, 8);
  const one = memory.alloc(object);
  memory.poke(one + object.ref.refcount, 1);
  memory.poke(at + device.current_object, one);
  const open = locked ? lifetime.open_locked : lifetime.open_racy;
  const actors = [runs('open', open, [at]), runs('remove', lifetime.remove, [at])];
  return program('remove-vs-open', memory, actors);
}

/** An event is queued and the daemon woken while the daemon goes to sleep. */
export function eventQueue(late: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  memory.cache(event, 1, 8);
  memory.poke(at + device.list.next, at + device.list.at);
  memory.poke(at + device.list.prev, at + device.list.at);
  const receive = late ? waiting.receive_late : waiting.receive_event;
  const actors = [runs('eehd', receive, [at]), runs('detector', waiting.send_event, [at])];
  return program('event-queue', memory, actors);
}

/** flush_work() under the lock that the work takes. */
export function flushUnderLock(under: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  const flush = under ? waiting.flush_under_lock : waiting.flush_then_lock;
  const actors = [
    runs('remove', flush, [at]),
    serves('kworker', waiting.locker_wait, waiting.locker_work, [at]),
  ];
  return program('flush-under-lock', memory, actors);
}

/** An RCU reader and a writer that frees what it unlinked, with a grace period or without. */
export function rcuUnlink(grace: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  memory.cache(object, 1, 8);
  memory.poke(at + device.current_object, memory.alloc(object));
  const actors = [
    runs('reader', lifetime.rcu_reader, [at]),
    runs('writer', lifetime.rcu_unlink, [at, grace ? 1 : 0]),
  ];
  return program('rcu-unlink', memory, actors);
}

/** reinit_completion() before or after the command that will be answered. */
export function reinitCompletion(late: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  const actors = [
    runs('driver', waiting.send_command, [at, late ? 1 : 0]),
    runs('hardware', waiting.answer_command, [at]),
  ];
  return program('completion-reinit', memory, actors);
}

/** cancel_work() and free, with the wait for the running function or without. */
export function cancelAndFree(sync: boolean): Program {
  const memory = new ImageBuilder();
  const at = memory.static_('device', device);
  memory.cache(object, 1, 8);
  memory.poke(at + device.state, memory.alloc(object));
  const actors = [
    runs('remove', lifetime.cancel_and_free, [at, sync ? 1 : 0]),
    serves('kworker', lifetime.worker_wait, lifetime.worker_use, [at]),
  ];
  return program('cancel-and-free', memory, actors);
}

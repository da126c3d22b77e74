import { expect, test } from 'vitest';
import type { Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { deepen, depthFirst } from './search.ts';

installLowering('explored');
const kernel = await import('./kernel_programs.ts');

type Found = readonly [name: string, program: () => Program, verdict: string, message: RegExp];

test.each<Found>([
  [
    'remove against open: the get after an unlocked lookup is a use-after-free',
    () => kernel.removeAgainstOpen(false),
    'use-after-free',
    /write access at t_object#0.ref.refcount/,
  ],
  [
    'an event queued between the look and prepare_to_wait wakes nobody',
    () => kernel.eventQueue(true),
    'lost-wakeup',
    /eehd sleeps on device.queue/,
  ],
  [
    'waiting for a work item under the lock it needs deadlocks, with the chain',
    () => kernel.flushUnderLock(true),
    'deadlock',
    /kworker waits for device.big_lock held by remove, remove waits for device.work run by kworker/,
  ],
  [
    'an unlinked object freed without a grace period is used by an RCU reader',
    () => kernel.rcuUnlink(false),
    'use-after-free',
    /read access at t_object#0.value/,
  ],
  [
    'a completion re-initialised after the command was sent loses the answer',
    () => kernel.reinitCompletion(true),
    'lost-wakeup',
    /driver sleeps on device.done/,
  ],
  [
    'cancel_work without _sync frees what the running function uses',
    () => kernel.cancelAndFree(false),
    'use-after-free',
    /read access at t_object#0.value/,
  ],
])('%s', (_name, make, verdict, message) => {
  const { end, finding } = deepen(make(), 2);
  expect({ end, verdict: finding?.verdict }).toEqual({ end: 'finding', verdict });
  expect(finding?.message).toMatch(message);
});

test.each<readonly [string, () => Program]>([
  ['open under the lock of remove', () => kernel.removeAgainstOpen(true)],
  ['a daemon queued before it looks', () => kernel.eventQueue(false)],
  ['work waited for before the lock is taken', () => kernel.flushUnderLock(false)],
  ['free after the reader is out', () => kernel.rcuUnlink(true)],
  ['reinit_completion before the command', () => kernel.reinitCompletion(false)],
  ['cancel_work_sync before the free', () => kernel.cancelAndFree(true)],
])('%s: exhausted without a bound, no finding', (_name, make) => {
  const bound = Number.POSITIVE_INFINITY;
  const { end, finding } = depthFirst(new Engine(make()), { bound, reduce: true });
  expect({ end, finding }).toEqual({ end: 'exhausted', finding: undefined });
});

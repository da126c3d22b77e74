/** Who plays in which synthetic program. */
import type { AnyStateMachine } from 'xstate';
import type { ActorSpec, Context } from '../../../src/actor/program.ts';
import type { Procedure } from '../../../src/ops/reference.ts';
import {
  double_freer,
  exits_with_lock,
  forgetful_waiter,
  gets_dead_reference,
  hogs,
  leaks,
  lock_two,
  locks_twice,
  null_reader,
  poison_walker,
  runs_in_circles,
  setter,
  sleeps_in_atomic,
  spin_two,
  spins_for_ever,
  throws_with_lock,
  uaf_freer,
  uaf_reader,
  unlocks_foreign,
  wrong_event,
  wrong_state,
} from './bad.ts';
import {
  adder,
  counter,
  counting_spinner,
  flag_setter,
  flag_waiter,
  irq_device,
  irq_handle,
  irq_process,
  irq_wait,
  late_setter,
  masked_handle,
  masking_process,
  pair_reader,
  pair_writer,
  quiet_handle,
  quiet_process,
  sleeper,
  spinner,
  timed_waiter,
  walker,
  work_function,
  work_queuer,
  work_waiter,
} from './good.ts';
import { once, serve } from './machines.ts';
import { demo } from './structs.ts';

export interface DemoRequest {
  readonly race: string;
  /** Scales the longer programs. */
  readonly turns: number;
}

// biome-ignore lint/suspicious/noExplicitAny: parameters differ; the machine decides who is called.
type AnyProcedure = Procedure<any, number>;

export interface Cast {
  readonly actors: readonly ActorSpec[];
  readonly equals?: readonly (readonly [string, number, number])[];
  /** demo.shared points to a live node. */
  readonly withNode?: boolean;
}

function actor(
  name: string,
  main: AnyProcedure,
  args: readonly number[],
  context: Context = 'process',
): ActorSpec {
  return part(name, once, { main }, args, context, false);
}

function handler(
  name: string,
  wait: AnyProcedure,
  handle: AnyProcedure,
  args: readonly number[],
  context: Context,
): ActorSpec {
  return part(name, serve, { wait, handle }, args, context, true);
}

function part(
  name: string,
  machine: AnyStateMachine,
  procedures: Readonly<Record<string, AnyProcedure>>,
  args: readonly number[],
  context: Context,
  daemon: boolean,
): ActorSpec {
  return { name, context, cpu: 0, binding: { machine, procedures }, args, daemon };
}

const pairs: Readonly<Record<string, readonly [AnyProcedure, AnyProcedure]>> = {
  'use-after-free': [uaf_reader, uaf_freer],
  'double-free': [double_freer, double_freer],
  'lost-wakeup': [forgetful_waiter, setter],
};

const single: Readonly<Record<string, AnyProcedure>> = {
  poison: poison_walker,
  null: null_reader,
  'sleeping-in-atomic': sleeps_in_atomic,
  'recursive-lock': locks_twice,
  'bad-unlock': unlocks_foreign,
  'hung-task': hogs,
  leak: leaks,
  refcount: gets_dead_reference,
  'illegal-event': wrong_event,
  'illegal-state': wrong_state,
  spin: spins_for_ever,
  circles: runs_in_circles,
  throws: throws_with_lock,
  exits: exits_with_lock,
};

export function castOf(d: number, { race, turns }: DemoRequest): Cast {
  const two = pairs[race];
  if (two !== undefined) {
    const [one, other] = two;
    return { actors: [actor('one', one, [d]), actor('other', other, [d])], withNode: true };
  }
  const alone = single[race];
  if (alone !== undefined) {
    const bystander = actor('bystander', counter, [d, 3]);
    return { actors: [actor('culprit', alone, [d]), bystander], withNode: race !== 'leak' };
  }
  return goodCast(d, race, turns) ?? lockCast(d, race);
}

function lockCast(d: number, race: string): Cast {
  const orders: Readonly<Record<string, readonly [AnyProcedure, number, number]>> = {
    deadlock: [lock_two, demo.mutex_a.at, demo.mutex_b.at],
    novalidate: [lock_two, demo.dev_a.mutex.at, demo.dev_b.mutex.at],
    'spin-deadlock': [spin_two, demo.lock.at, demo.other_lock.at],
  };
  const [take, a, b] = orders[race] ?? unknownRace(race);
  return { actors: [actor('ab', take, [d + a, d + b]), actor('ba', take, [d + b, d + a])] };
}

function unknownRace(race: string): never {
  throw new Error(`no demo program ${race}`);
}

function goodCast(d: number, race: string, turns: number): Cast | undefined {
  switch (race) {
    case 'list':
      return {
        actors: [
          actor('adder-1', adder, [d, turns]),
          actor('adder-2', adder, [d, turns]),
          actor('walker', walker, [d, turns]),
          actor('sleeper', sleeper, [d, 2]),
        ],
        equals: [
          ['count', demo.count, 0],
          ['total', demo.total, 2],
        ],
      };
    case 'crowd':
      return {
        actors: Array.from({ length: 12 }, (_, i) => actor(`counter-${i}`, counter, [d, turns])),
        equals: [['total', demo.total, 12 * turns]],
      };
    case 'rwsem':
      return {
        actors: [
          actor('writer-1', pair_writer, [d, turns]),
          actor('writer-2', pair_writer, [d, turns]),
          actor('reader-1', pair_reader, [d, turns]),
          actor('reader-2', pair_reader, [d, turns]),
        ],
        equals: [
          ['pair', demo.pair, 2 * turns],
          ['total', demo.total, 0],
        ],
      };
    case 'wait-event':
      return { actors: [actor('waiter', flag_waiter, [d]), actor('setter', flag_setter, [d])] };
    default:
      return timeCast(d, race) ?? irqCast(d, race, turns);
  }
}

function timeCast(d: number, race: string): Cast | undefined {
  switch (race) {
    case 'timeout':
      return {
        actors: [actor('waiter', timed_waiter, [d, 50]), actor('setter', late_setter, [d, 80])],
        equals: [['total', demo.total, 0]],
      };
    case 'in-time':
      return {
        actors: [actor('waiter', timed_waiter, [d, 50]), actor('setter', late_setter, [d, 20])],
        equals: [['total', demo.total, 30]],
      };
    case 'spin-in-time':
      return {
        actors: [actor('spinner', spinner, [d]), actor('setter', late_setter, [d, 70])],
        equals: [['seen', demo.seen, 1070]],
      };
    case 'give-way':
      return {
        actors: [actor('spinner', counting_spinner, [d]), actor('setter', late_setter, [d, 0])],
        equals: [['total', demo.total, 0]],
      };
    case 'work':
      return {
        actors: [
          actor('queuer', work_queuer, [d]),
          handler('kworker', work_waiter, work_function, [d], 'process'),
        ],
        equals: [
          ['total', demo.total, 2],
          ['seen', demo.seen, 1101],
        ],
      };
    default:
      return undefined;
  }
}

function irqCast(d: number, race: string, turns: number): Cast | undefined {
  const device = { ...actor('device', irq_device, [d, 3]), cpu: 1 };
  switch (race) {
    case 'irq':
      return {
        actors: [
          actor('process', irq_process, [d, turns]),
          device,
          handler('irq', irq_wait, irq_handle, [d], 'hardirq'),
        ],
        equals: [
          ['seen', demo.seen, 3],
          ['total', demo.total, turns + 3],
        ],
      };
    case 'irq-masked':
      return {
        actors: [
          actor('process', masking_process, [d]),
          device,
          handler('irq', irq_wait, masked_handle, [d], 'hardirq'),
        ],
        equals: [['total', demo.total, 0]],
      };
    case 'irq-unsafe':
      return {
        actors: [
          actor('process', spin_two, [d + demo.lock.at, d + demo.other_lock.at]),
          device,
          handler('irq', irq_wait, irq_handle, [d], 'hardirq'),
        ],
      };
    case 'irq-quiet':
    case 'softirq-quiet':
      return {
        actors: [
          actor('process', quiet_process, [d, turns]),
          device,
          handler('irq', irq_wait, quiet_handle, [d], race === 'irq-quiet' ? 'hardirq' : 'softirq'),
        ],
        equals: [
          ['seen', demo.seen, 3],
          ['total', demo.total, 0],
        ],
      };
    default:
      return undefined;
  }
}

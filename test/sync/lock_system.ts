/** The conformance programs as a system module: one for each lock of the zoo and each canary. */
import { createMachine } from 'xstate';
import type { ActorSpec, DesignRecord, Invariant, Program } from '../../src/actor/program.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import type { Procedure } from '../../src/ops/reference.ts';
import { mutexes, rwsems, spinlocks } from '../../src/sync/zoo.ts';
import {
  busted_lock,
  busted_unlock,
  sleepy_mutex_lock,
  sleepy_mutex_unlock,
  torn_ticket_lock,
  torn_ticket_unlock,
} from './broken.ts';
import { count_locked, count_tried, read_pair, write_pair } from './contenders.ts';
import { arena } from './structs.ts';

export interface LockRequest {
  readonly kind: 'spinlock' | 'mutex' | 'rwsem';
  readonly lock: string;
  /** `lock`: all wait; `trylock`: one of them never does. rwsem: always two of each side. */
  readonly how: 'lock' | 'trylock';
  readonly actors: number;
  readonly turns: number;
  /** First value of the lock's word: a ticket lock near its wrap. */
  readonly start: number;
}

const broken: Readonly<Record<string, DesignRecord>> = Object.freeze({
  busted: Object.freeze({ lock: busted_lock, unlock: busted_unlock }),
  'torn-ticket': Object.freeze({ lock: torn_ticket_lock, unlock: torn_ticket_unlock }),
  sleepy: Object.freeze({ lock: sleepy_mutex_lock, unlock: sleepy_mutex_unlock }),
});

const machine = createMachine({
  id: 'contender',
  initial: 'RUN',
  states: { RUN: { invoke: { src: 'main' }, on: { DONE: 'END' } }, END: { type: 'final' } },
});

// biome-ignore lint/suspicious/noExplicitAny: parameters differ; the machine decides who is called.
type AnyProcedure = Procedure<any, number>;

function designOf({ kind, lock }: LockRequest): DesignRecord {
  const zoo: Readonly<Record<string, Readonly<Record<string, DesignRecord>>>> = {
    spinlock: { ...spinlocks },
    mutex: { ...mutexes },
    rwsem: { ...rwsems },
  };
  const design = zoo[kind]?.[lock] ?? broken[lock];
  if (design === undefined) throw new Error(`no ${kind} ${lock}`);
  return design;
}

function build(request: LockRequest): Program {
  const builder = new ImageBuilder();
  const a = builder.static_('arena', arena);
  const lock = a + arena[request.kind].at;
  builder.poke(lock, request.start);
  const args = [a, lock, designOf(request), request.turns] as const;
  const actors = Array.from({ length: request.actors }, (_, i): ActorSpec => {
    const main = procedureOf(request, i);
    const binding = { machine, procedures: { main } };
    const name = `${main.name}-${i}`;
    return { name, context: 'process', cpu: i, binding, args, daemon: false };
  });
  const { layout, image } = builder.build();
  return {
    target: `${request.kind}/${request.lock}`,
    design: request.how,
    layout,
    image,
    actors,
    invariants: [exclusion(request, a)],
    measures: [],
    watched: [],
    timers: { kind: 'exact' },
    clockStartMs: 0,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: false,
  };
}

function procedureOf({ kind, how }: LockRequest, actor: number): AnyProcedure {
  if (kind === 'rwsem') return actor % 2 === 0 ? write_pair : read_pair;
  return how === 'trylock' && actor === 0 ? count_tried : count_locked;
}

/** Nobody was inside together: no increment is lost, no reader saw half a write. */
function exclusion({ kind, actors, turns }: LockRequest, a: number): Invariant {
  const writers = kind === 'rwsem' ? Math.ceil(actors / 2) : actors;
  return {
    name: 'mutual-exclusion',
    cite: 'locks.md 3',
    when: 'end',
    check: (memory) => {
      const done = memory.read(a + arena.counter) + memory.read(a + arena.missed);
      if (done === writers * turns && memory.read(a + arena.torn) === 0) return;
      const message = 'two actors were inside together';
      return { verdict: 'assertion', oracle: '', message, addr: a + arena.counter };
    },
  };
}

export const system = { build };

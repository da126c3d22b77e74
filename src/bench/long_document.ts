/** Documents with nothing but steps, activities and locks, as long as one likes. */
import type { Activity, InspectDocument } from '../inspect/document/document.ts';
import { ACTIVITIES, LOCK_EVENTS, SCHEMA } from '../inspect/document/document.ts';

/** Xorshift: the same documents every time. */
export function numbers(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

interface Columns {
  readonly actor: number[];
  readonly activities: { at: number[]; actor: number[]; activity: number[] };
  readonly locks: {
    at: number[];
    actor: number[];
    lock: number[];
    event: number[];
    shared: number[];
  };
}

const WAITING: readonly Activity[] = [
  'ready',
  'sleeping',
  'spinning',
  'interrupted',
  'idle',
  'done',
];

/**
 * Actors run in turns of up to `turn` steps; now and then one takes a lock, gives one back, or
 * waits for one.
 */
export function randomDocument(
  seed: number,
  count: number,
  actors: number,
  lockCount: number,
  turn: number,
): InspectDocument {
  const next = numbers(seed);
  const columns: Columns = {
    actor: [],
    activities: { at: [], actor: [], activity: [] },
    locks: { at: [], actor: [], lock: [], event: [], shared: [] },
  };
  const holder = Array.from({ length: lockCount }, () => -1);
  const waits = Array.from({ length: actors }, () => -1);
  const be = (at: number, actor: number, activity: Activity): void => {
    columns.activities.at.push(at);
    columns.activities.actor.push(actor);
    columns.activities.activity.push(ACTIVITIES.indexOf(activity));
  };
  const lock = (at: number, actor: number, which: number, event: (typeof LOCK_EVENTS)[number]) => {
    columns.locks.at.push(at);
    columns.locks.actor.push(actor);
    columns.locks.lock.push(100 + which);
    columns.locks.event.push(LOCK_EVENTS.indexOf(event));
    columns.locks.shared.push(which % 3 === 2 ? 1 : 0);
  };
  for (let step = 0; step < count; ) {
    const who = next(actors);
    const length = Math.min(count - step, 1 + next(turn));
    for (let i = 0; i < length; i++) columns.actor.push(who);
    step += length;
    const which = next(lockCount);
    const wanted = waits[who] ?? -1;
    if (wanted >= 0 && holder[wanted] === -1) {
      lock(step, who, wanted, 'acquire');
      [holder[wanted], waits[who]] = [who, -1];
    } else if (holder[which] === who) {
      lock(step, who, which, 'release');
      holder[which] = -1;
    } else if (holder[which] === -1 && wanted < 0) {
      lock(step, who, which, 'acquire');
      holder[which] = who;
    } else if (wanted < 0) {
      lock(step, who, which, 'wait');
      waits[who] = which;
      be(step, who, 'blocked');
    }
    if (next(3) === 0) be(step, next(actors), WAITING[next(WAITING.length)] ?? 'ready');
  }
  return documentOf(columns, actors);
}

function documentOf(columns: Columns, actors: number): InspectDocument {
  const { actor, activities, locks } = columns;
  const zeros = new Array<number>(actor.length).fill(0);
  return {
    schema: SCHEMA,
    ...{ hotrace: '0', source: 'trace', target: 't/T', design: 'none', title: '', designTitle: '' },
    ...{
      verdict: 'pass',
      expected: [],
      finding: null,
      search: null,
      origin: null,
      clockOffsetUs: 0,
    },
    replay: { command: '', token: '', schedule: '' },
    actors: Array.from({ length: actors }, (_, i) => {
      const context = i % 4 === 3 ? ('hardirq' as const) : ('process' as const);
      return { name: `a${i}`, comm: `a${i}`, pid: i, cpu: i, context, daemon: false, machine: -1 };
    }),
    ...{ machines: [], texts: ['R x'], sites: [], stacks: [[]], choices: [], decided: 0 },
    kinds: [{ name: 'read', operands: [] }],
    steps: {
      ...{ count: actor.length, actor, kind: zeros, operands: [], result: zeros, timeMs: zeros },
      ...{ blocked: zeros, stack: zeros, text: zeros, enabled: zeros },
    },
    moves: { at: [], actor: [], tuple: [] },
    ...{ activities, locks },
    memory: {
      ...{ exact: false, words: 0, imageWords: 0, structs: [], objects: [], initial: [] },
      journal: { at: [], addr: [], value: [] },
    },
    ...{ watched: [], log: [], waits: [], report: '', shortSchedule: '' },
    columns: { text: '', rows: [] },
  };
}

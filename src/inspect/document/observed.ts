/**
 * What a recorded execution did beside its steps, seen by performing it again: every word it
 * changed, what each actor was at, who waited for which lock.
 */
import { isEnabled } from '../../explore/enabled.ts';
import type { Engine } from '../../explore/engine.ts';
import { movable } from '../../explore/execute.ts';
import type { Decisions } from '../../explore/replay.ts';
import { ACTOR, PENDING } from '../../explore/world.ts';
import { ACB } from '../../ops/flat.ts';
import { OPS } from '../../ops/vocabulary.ts';
import { acquires, locks, lockType, releases } from '../../trace/operations.ts';
import { ACTIVITIES, type Activity, LOCK_EVENTS, type LockEvent } from './document.ts';

/** Columns as they grow; see document.ts for what they hold. */
export interface Observed {
  readonly initial: readonly number[];
  readonly journal: { readonly at: number[]; readonly addr: number[]; readonly value: number[] };
  readonly activities: {
    readonly at: number[];
    readonly actor: number[];
    readonly activity: number[];
  };
  readonly locks: LockColumns;
}

export interface LockColumns {
  readonly at: number[];
  readonly actor: number[];
  readonly lock: number[];
  readonly event: number[];
  readonly shared: number[];
}

export function noLocks(): LockColumns {
  return { at: [], actor: [], lock: [], event: [], shared: [] };
}

export function noteLock(
  columns: LockColumns,
  at: number,
  actor: number,
  kind: number,
  lock: number,
  event: LockEvent,
): void {
  const isShared = kind === OPS.down_read.kind || kind === OPS.up_read.kind;
  columns.at.push(at);
  columns.actor.push(actor);
  columns.lock.push(lock);
  columns.event.push(LOCK_EVENTS.indexOf(event));
  columns.shared.push(lockType(kind) === 'rwsem' && isShared ? 1 : 0);
}

/** Performs decisions that are known to replay. */
export function observe(engine: Engine, decisions: Decisions): Observed {
  engine.reset();
  const watcher = new Watcher(engine);
  let answered = 0;
  decisions.actors.forEach((actor, step) => {
    movable(engine);
    watcher.lookAround(step);
    if (engine.kindOf(actor) === OPS.choose.kind) {
      engine.choice = decisions.choices[answered++] ?? 0;
    }
    const operation = watcher.operationOf(actor);
    engine.step(actor);
    watcher.after(step + 1, actor, operation);
  });
  // Time may have gone on before it was clear that nothing moves any more.
  if (engine.finding === undefined) movable(engine);
  watcher.lookAround(decisions.actors.length);
  return watcher.seen;
}

interface Operation {
  readonly kind: number;
  readonly addr: number;
  /** The algorithm of a lock runs for it. */
  readonly isCall: boolean;
}

class Watcher {
  readonly seen: Observed;
  readonly #engine: Engine;
  readonly #memory: Int32Array;
  readonly #activities: Activity[];
  readonly #waits: number[];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#memory = engine.W.slice(0, engine.world.layout.imageWords);
    this.#activities = engine.program.actors.map(() => 'ready');
    this.#waits = engine.program.actors.map(() => 0);
    this.seen = {
      initial: [...this.#memory],
      journal: { at: [], addr: [], value: [] },
      activities: { at: [], actor: [], activity: [] },
      locks: noLocks(),
    };
  }

  /** What an actor would do next; a lock's operation as long as its algorithm runs. */
  operationOf(actor: number): Operation {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const call = W[acb + ACTOR.call] ?? 0;
    if (call === 0) return { kind: W[acb] ?? 0, addr: W[acb + ACB.operands] ?? 0, isCall: false };
    return { kind: call, addr: W[acb + ACTOR.callLock] ?? 0, isCall: true };
  }

  /** Before a step is decided: who stands how. */
  lookAround(at: number): void {
    for (let actor = 0; actor < this.#engine.actorCount; actor++) {
      const activity = this.#activityOf(actor);
      if (activity === this.#activities[actor]) continue;
      this.#activities[actor] = activity;
      this.seen.activities.at.push(at);
      this.seen.activities.actor.push(actor);
      this.seen.activities.activity.push(ACTIVITIES.indexOf(activity));
      const { kind, addr, isCall } = this.operationOf(actor);
      // Spinning inside of a lock's algorithm is waiting for the lock.
      const isWait = activity === 'blocked' || (activity === 'spinning' && isCall && locks(kind));
      if (!isWait || this.#waits[actor] === addr) continue;
      this.#waits[actor] = addr;
      noteLock(this.seen.locks, at, actor, kind, addr, 'wait');
    }
  }

  after(at: number, actor: number, operation: Operation): void {
    this.#journal(at);
    if (this.#engine.finding !== undefined) return;
    const { kind, addr: lock, isCall } = operation;
    const now = this.operationOf(actor);
    // A lock's operation has ended once its algorithm does not run any more.
    if (isCall && now.isCall && now.kind === kind && now.addr === lock) return;
    const result = 0;
    const did = { kind, operands: [lock], result };
    if (acquires({ ...did, result: 1 }) && (!tries(kind) || this.#holds(lock, actor))) {
      this.#waits[actor] = 0;
      noteLock(this.seen.locks, at, actor, kind, lock, 'acquire');
    } else if (locks(kind)) {
      noteLock(this.seen.locks, at, actor, kind, lock, 'refused');
    } else if (releases(did)) {
      noteLock(this.seen.locks, at, actor, kind, lock, 'release');
    }
  }

  #holds(lock: number, actor: number): boolean {
    return this.#engine.W[lock + 1] === actor + 1;
  }

  #journal(at: number): void {
    const { W, world } = this.#engine;
    const { journal } = this.seen;
    for (let addr = 0; addr < world.layout.imageWords; addr++) {
      const value = W[addr] ?? 0;
      if (this.#memory[addr] === value) continue;
      this.#memory[addr] = value;
      journal.at.push(at);
      journal.addr.push(addr);
      journal.value.push(value);
    }
  }

  #activityOf(actor: number): Activity {
    const { W, world, program } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const kind = W[acb] ?? 0;
    if (W[acb + ACTOR.done] === 1 || kind === PENDING.NONE) return 'done';
    if (isEnabled(this.#engine, actor)) return W[acb + ACTOR.relaxed] === 0 ? 'ready' : 'spinning';
    if (kind === OPS.irq_enter.kind) return 'idle';
    if (this.#interrupted(actor)) return 'interrupted';
    if (locks(this.operationOf(actor).kind)) return 'blocked';
    return program.actors[actor]?.context === 'hardirq' ? 'idle' : 'sleeping';
  }

  #interrupted(actor: number): boolean {
    const { W, world } = this.#engine;
    const at = world.cpuOf[actor] ?? 0;
    const hardirq = W[at] ?? 0;
    const softirq = W[at + 1] ?? 0;
    if (hardirq !== 0 && hardirq !== actor + 1) return true;
    return softirq !== 0 && softirq !== actor + 1 && world.contextOf[actor] === 0;
  }
}

function tries(kind: number): boolean {
  return kind === OPS.spin_trylock.kind || kind === OPS.mutex_trylock.kind;
}

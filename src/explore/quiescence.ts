/** When nothing can move: is it the end, a deadlock, a lost wake-up; and what must hold then. */
import type { MemoryView } from '../actor/program.ts';
import { nameOfPointer, STATUS } from '../memory/image.ts';
import { irq_desc, rw_semaphore, work_struct } from '../memory/kernel_structs.ts';
import { ACB, stackSites, stackTop } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import { HUNG_TASK_MS, LOCK_WAITS, UNINTERRUPTIBLE } from '../oracles/hung_task.ts';
import { findLeak } from '../oracles/leak.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { TraceWait } from '../trace/record.ts';
import type { Engine } from './engine.ts';
import { nameOf } from './lock_rules.ts';
import { ACTOR, PENDING } from './world.ts';

const WAITS_FOR_SOMEBODY = new Set<number>([
  ...LOCK_WAITS,
  OPS.cancel_work_sync.kind,
  OPS.synchronize_hardirq.kind,
]);

/** Who waits for what, as the memory says: for chains in reports. */
export function waitsOf(engine: Engine): TraceWait[] {
  const { W, world } = engine;
  const waits: TraceWait[] = [];
  for (let actor = 0; actor < engine.actorCount; actor++) {
    const acb = world.acbs[actor] ?? 0;
    const call = W[acb + ACTOR.call] ?? 0;
    // Inside a lock's algorithm it waits for the lock, whatever the algorithm waits for.
    const kind = call === 0 ? (W[acb] ?? 0) : call;
    if (W[acb + ACTOR.done] === 1 || kind === PENDING.NONE) continue;
    const sleeps = kind === OPS.schedule.kind || kind >= PENDING.SLEEPING;
    const operand = call === 0 ? acb + ACB.operands : acb + ACTOR.callLock;
    const addr = sleeps ? (W[acb + ACTOR.sleepingOn] ?? 0) : (W[operand] ?? 0);
    const since = W[acb + ACTOR.blockedSince] ?? -1;
    waits.push({
      actor,
      kind,
      addr,
      holder: holderOf(engine, kind, addr),
      sinceMs: since === -1 ? (W[world.clock] ?? 0) : since,
      stack: stackSites(W, acb),
    });
  }
  return waits;
}

/** Who must move first: a lock's owner, the worker inside a work function, a running handler. */
function holderOf(engine: Engine, kind: number, addr: number): number {
  const { W, world } = engine;
  if ((world.layout.objectOf[addr] ?? 0) === 0) return -1;
  if (kind === OPS.cancel_work_sync.kind) return (W[addr + work_struct.running] ?? 0) - 1;
  if (kind === OPS.synchronize_hardirq.kind) return (W[addr + irq_desc.inprogress] ?? 0) - 1;
  if (!LOCK_WAITS.has(kind)) return -1;
  const owner = (W[addr + 1] ?? 0) - 1;
  if (owner >= 0 || (kind !== OPS.down_read.kind && kind !== OPS.down_write.kind)) return owner;
  const readers = W[addr + rw_semaphore.readers] ?? 0;
  return readers === 0 ? -1 : 31 - Math.clz32(readers);
}

/** After the clock moved: somebody who waits uninterruptibly for over 120 s is a hung task. */
export function findHungTask(engine: Engine): Finding | undefined {
  const { W, world, program } = engine;
  const now = W[world.clock] ?? 0;
  for (let actor = 0; actor < engine.actorCount; actor++) {
    const acb = world.acbs[actor] ?? 0;
    const since = W[acb + ACTOR.blockedSince] ?? -1;
    const call = W[acb + ACTOR.call] ?? 0;
    const kind = call === 0 ? (W[acb] ?? 0) : call;
    if (since === -1 || now - since < HUNG_TASK_MS || !UNINTERRUPTIBLE.has(kind)) continue;
    const spec = program.actors[actor];
    if (spec === undefined || spec.daemon) continue;
    const addr = W[call === 0 ? acb + ACB.operands : acb + ACTOR.callLock] ?? 0;
    const what = nameOf(engine, addr);
    const message = `task ${spec.name} blocked for more than 120 seconds on ${what}`;
    return { verdict: 'hung-task', oracle: 'hung-task', message, addr };
  }
  return undefined;
}

/** Nothing can move and no timer runs: what the state is. */
export function judgeQuiescence(engine: Engine): Finding | undefined {
  const { W, world, program } = engine;
  const stuck = waitsOf(engine).filter((wait) => {
    const daemon = program.actors[wait.actor]?.daemon === true;
    return !daemon || LOCK_WAITS.has(wait.kind);
  });
  const [first] = stuck;
  if (first !== undefined) return stuckFinding(engine, stuck, first);
  for (const invariant of program.invariants) {
    if (invariant.when !== 'end') continue;
    const finding = invariant.check(viewOf(engine));
    if (finding !== undefined) return { ...finding, oracle: invariant.name };
  }
  if (!program.checkLeaks) return undefined;
  return findLeak(world.layout, W, rootsOf(engine));
}

/** Where actors keep pointers beside the memory: registers, and the stacks of those that wait. */
function rootsOf(engine: Engine): number[] {
  const { W, world } = engine;
  const roots: number[] = [];
  world.acbs.forEach((acb, actor) => {
    const stack = world.stacks[actor] ?? 0;
    roots.push(...W.subarray(acb + ACB.ctx, acb + ACB.size));
    roots.push(...W.subarray(stack, stackTop(W, acb, stack)));
  });
  return roots;
}

function stuckFinding(engine: Engine, stuck: readonly TraceWait[], first: TraceWait): Finding {
  const onLock = stuck.find((wait) => LOCK_WAITS.has(wait.kind));
  if (onLock !== undefined) {
    const message = chainOf(engine, onLock);
    return { verdict: 'deadlock', oracle: 'hung-task', message, addr: onLock.addr };
  }
  const who = engine.program.actors[first.actor]?.name ?? '?';
  const message = `${who} sleeps on ${nameOf(engine, first.addr)} and nobody is left to wake it`;
  return { verdict: 'lost-wakeup', oracle: 'hung-task', message, addr: first.addr };
}

/** `a waits for x held by b, b waits for y held by a`: until it closes or ends. */
function chainOf(engine: Engine, start: TraceWait): string {
  const { W, world, program } = engine;
  const name = (actor: number): string => program.actors[actor]?.name ?? 'nobody';
  const waits = waitsOf(engine);
  const links: string[] = [];
  const seen = new Set<number>();
  for (let wait: TraceWait | undefined = start; wait !== undefined; ) {
    if (seen.has(wait.actor)) break;
    seen.add(wait.actor);
    let blocker: number = wait.holder;
    const who = name(wait.actor);
    if (WAITS_FOR_SOMEBODY.has(wait.kind)) {
      const ended = W[(world.acbs[blocker] ?? 0) + ACTOR.done] === 1 ? ', which has ended' : '';
      const held = LOCK_WAITS.has(wait.kind) ? 'held' : 'run';
      links.push(
        `${who} waits for ${nameOf(engine, wait.addr)} ${held} by ${name(blocker)}${ended}`,
      );
    } else {
      blocker = interrupterOf(engine, wait.actor);
      const why = blocker < 0 ? `sleeps on ${nameOf(engine, wait.addr)}` : 'is interrupted by ';
      links.push(`${who} ${why}${blocker < 0 ? '' : name(blocker)}`);
    }
    wait = waits.find((w): boolean => w.actor === blocker);
  }
  return links.join(', ');
}

/** The interrupt actor that an actor's CPU runs instead of it, -1 if none. */
function interrupterOf(engine: Engine, actor: number): number {
  const { W, world, program } = engine;
  const spec = program.actors[actor];
  const at = world.cpus + 2 * (spec?.cpu ?? 0);
  const hardirq = (W[at] ?? 0) - 1;
  if (hardirq >= 0 && hardirq !== actor) return hardirq;
  return spec?.context === 'process' ? (W[at + 1] ?? 0) - 1 : -1;
}

/** Everybody who can move only spins, and nothing will ever change. */
export function livelockFinding(engine: Engine, mask: number): Finding {
  const spinners = waitsOf(engine).filter(({ actor }) => (mask & (1 << actor)) !== 0);
  const [first] = spinners;
  // All of them spin inside the algorithm of a lock that somebody holds: they wait for the lock.
  const onLocks = spinners.every((wait) => LOCK_WAITS.has(wait.kind) && wait.holder >= 0);
  if (first !== undefined && onLocks) return stuckFinding(engine, spinners, first);
  const names = engine.program.actors.filter((_, i) => (mask & (1 << i)) !== 0).map((a) => a.name);
  const message = `${names.join(', ')} spin and nothing can change`;
  return { verdict: 'livelock', oracle: 'hung-task', message, addr: 0 };
}

/**
 * Memory as invariants see it, now and later. `noted` is told what is looked at: a word's address,
 * or the word that stands for a slab cache or an actor's state (footprint.ts).
 */
export function viewOf(engine: Engine, noted?: (addr: number) => void): MemoryView {
  const { W, world } = engine;
  const { layout } = world;
  const isLive = (addr: number): boolean => {
    const object = layout.objectOf[addr] ?? 0;
    const cache = layout.objects[object - 1]?.cache ?? -1;
    if (cache >= 0) noted?.(layout.words + cache);
    return object !== 0 && W[layout.words + 2 * (object - 1)] === STATUS.LIVE;
  };
  return {
    layout,
    get nowMs() {
      return W[world.clock] ?? 0;
    },
    read: (addr) => {
      noted?.(addr);
      return W[addr] ?? 0;
    },
    live: (typeid) =>
      layout.objects.filter((o) => o.info.typeid === typeid && isLive(o.base)).map((o) => o.base),
    isLive,
    name: (addr) => nameOfPointer(layout, addr),
    actor: (index) => {
      noted?.(layout.words + layout.caches.length + index);
      const acb = world.acbs[index] ?? 0;
      const state = world.tables[index]?.states[W[acb + ACTOR.state] ?? 0]?.name ?? '';
      return { state, done: W[acb + ACTOR.done] === 1 };
    },
  };
}

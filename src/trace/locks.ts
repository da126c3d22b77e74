/**
 * Who held which lock when, worked out from the steps alone: for lockdep-like reports, wait-for
 * chains and timelines. A lock's class is the field it lies in, as lockdep has it.
 */
import type { MemoryLayout } from '../memory/image.ts';
import { acquires, locks, lockType, releases, triesLock } from './operations.ts';
import type { Site, Trace } from './record.ts';

/** One taking of a lock. */
export interface Hold {
  readonly actor: number;
  readonly addr: number;
  readonly kind: number;
  /** Step of the acquisition, and of the release (undefined: still held at the end). */
  readonly from: number;
  readonly to: number | undefined;
  readonly stack: readonly Site[];
}

/** A lock taken, or waited for, while others were held. */
export interface Acquisition {
  readonly actor: number;
  readonly addr: number;
  readonly kind: number;
  /** undefined: still waiting for it when the trace ended. */
  readonly step: number | undefined;
  readonly stack: readonly Site[];
  /** What its actor held at that moment, oldest first. */
  readonly held: readonly Hold[];
}

export interface LockHistory {
  readonly holds: readonly Hold[];
  readonly acquisitions: readonly Acquisition[];
  /** What each actor holds at the end, oldest first. */
  readonly atEnd: readonly (readonly Hold[])[];
}

/** Follows all locks up to step `until` (not included), then adds the waits that are left. */
export function lockHistory(trace: Trace, until = Number.POSITIVE_INFINITY): LockHistory {
  const holds: Hold[] = [];
  const acquisitions: Acquisition[] = [];
  const held: Hold[][] = trace.actors.map(() => []);
  for (const step of trace.steps) {
    if (step.step >= until) break;
    const mine = held[step.actor];
    const addr = step.operands[0] ?? 0;
    if (mine === undefined) continue;
    if (acquires(step)) {
      const { actor, kind, stack } = step;
      acquisitions.push({ actor, addr, kind, step: step.step, stack, held: [...mine] });
      mine.push({ actor, addr, kind, from: step.step, to: undefined, stack });
    } else if (releases(step)) {
      const index = mine.findLastIndex((hold) => hold.addr === addr);
      // A lock taken before the trace began has no hold here; the ring of a stress run is cut.
      for (const hold of index < 0 ? [] : mine.splice(index, 1)) {
        holds.push({ ...hold, to: step.step });
      }
    }
  }
  if (until === Number.POSITIVE_INFINITY) {
    for (const { actor, addr, kind, stack } of trace.waits) {
      if (!locks(kind)) continue;
      const before = held[actor] ?? [];
      acquisitions.push({ actor, addr, kind, step: undefined, stack, held: [...before] });
    }
  }
  holds.push(...held.flat());
  return { holds, acquisitions, atEnd: held };
}

/** `eeh_pe.lock` for a lock inside a struct, the static's name for a static. */
export function lockClass(layout: MemoryLayout, addr: number): string {
  const object = layout.objects[(layout.objectOf[addr] ?? 0) - 1];
  if (object === undefined) return String(addr);
  const owner = object.cache === -1 ? object.name : object.info.name;
  const path = object.info.parts.findLast((part) => part.offset === addr - object.base)?.path;
  return path === undefined ? owner : `${owner}.${path}`;
}

/** One dependency: `inner` was taken while `outer` was held. */
export interface Dependency {
  readonly outer: string;
  readonly inner: string;
  readonly at: Acquisition;
  readonly hold: Hold;
}

/**
 * The shortest chain of dependencies that leads from lock class `from` to `to`, first the one
 * taken while `from` was held. undefined: the trace shows none.
 */
export function dependencyChain(
  layout: MemoryLayout,
  acquisitions: readonly Acquisition[],
  from: string,
  to: string,
): readonly Dependency[] | undefined {
  const known = dependencies(layout, acquisitions);
  const reached = new Map<string, readonly Dependency[]>([[from, []]]);
  const queue = [from];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const chain = reached.get(name) ?? [];
    if (name === to && chain.length > 0) return chain;
    for (const next of known) {
      if (next.outer !== name || reached.has(next.inner)) continue;
      reached.set(next.inner, [...chain, next]);
      queue.push(next.inner);
    }
  }
  return undefined;
}

function dependencies(
  layout: MemoryLayout,
  acquisitions: readonly Acquisition[],
): readonly Dependency[] {
  const found = new Map<string, Dependency>();
  for (const at of acquisitions) {
    if (triesLock(at.kind)) continue;
    const inner = lockClass(layout, at.addr);
    for (const hold of at.held) {
      const outer = lockClass(layout, hold.addr);
      const key = `${outer} ${inner}`;
      if (outer !== inner && !found.has(key)) found.set(key, { outer, inner, at, hold });
    }
  }
  return [...found.values()];
}

/** `mutex`, `spinlock`, `rwsem`: for the kind that took it. */
export function lockTypeOf(hold: Pick<Hold, 'kind'>): string {
  return lockType(hold.kind);
}

/**
 * How much each step of a trace matters to its finding, so that the columns can leave out what does
 * not: the fewer lines there are, the lower the highest rank shown.
 */
import { type Culprit, lastWriter, objectAt } from './culprit.ts';
import {
  acquires,
  addressOf,
  isAlloc,
  isFree,
  isHidden,
  isIrq,
  isMemory,
  isRead,
  isSleep,
  isStore,
  isWake,
  locks,
  releases,
} from './operations.ts';
import type { Trace, TraceStep, TraceWait } from './record.ts';
import { nearPoison } from './values.ts';

/**
 * 0 the finding itself, 1 ends of runs, 2 what happened to the object concerned, and where data
 * went from one actor to another, 3 other changes of the object and what had to wait, 4 every other
 * event, 5 the rest.
 */
export type Rank = 0 | 1 | 2 | 3 | 4 | 5;

/** What the rank of a step depends on. */
interface Story {
  readonly trace: Trace;
  readonly culprit: Culprit;
  readonly keySteps: ReadonlySet<TraceStep>;
  readonly conflicts: ReadonlySet<TraceStep>;
  /** Words and objects (by index) that more than one actor touched. */
  readonly sharedWords: ReadonlySet<number>;
  readonly sharedObjects: ReadonlySet<number>;
  readonly waitedFor: ReadonlySet<number>;
  /** First step at which another actor than its maker touched the object concerned. */
  readonly knownFrom: number;
}

export function ranksOf(
  trace: Trace,
  culprit: Culprit,
  runs: readonly (readonly TraceStep[])[],
  waits: readonly TraceWait[],
): ReadonlyMap<TraceStep, Rank> {
  const story: Story = {
    trace,
    culprit,
    keySteps: keySteps(trace, culprit, waits),
    conflicts: conflicts(trace),
    sharedWords: touchedBySeveral(trace, (addr) => addr),
    sharedObjects: touchedBySeveral(trace, (addr) => objectAt(trace, addr)),
    waitedFor: new Set(waits.map((wait) => wait.addr)),
    knownFrom: knownFrom(trace, culprit.object),
  };
  const ranks = new Map<TraceStep, Rank>();
  for (const run of runs) {
    const ends = [run[0], run.at(-1)];
    // Of many touches of the object in one run the first and the last tell the story.
    const touching = run.filter((s) => objectAt(trace, addressOf(s) ?? 0) === culprit.object);
    const outer = [touching[0], touching.at(-1)];
    for (const step of run) {
      const rank = rankOf(story, step, outer.includes(step));
      ranks.set(step, rank > 1 && ends.includes(step) ? 1 : rank);
    }
  }
  return ranks;
}

function rankOf(story: Story, step: TraceStep, outer: boolean): Rank {
  const { trace, culprit } = story;
  if (story.keySteps.has(step)) return 0;
  const addr = addressOf(step) ?? 0;
  if (story.waitedFor.has(addr) || story.conflicts.has(step)) return 2;
  const object = objectAt(trace, addr);
  const slab = isAlloc(step) || isFree(step);
  const isEvent = slab || locks(step.kind) || releases(step) || isWake(step);
  if (object >= 0 && object === culprit.object) {
    if (slab) return 0;
    if (isEvent || [...step.operands, step.result].some((v) => nearPoison(v) !== '')) return 2;
    // What an object is filled with before anybody else can see it is no part of the race.
    if (outer || (isStore(step) && step.step > story.knownFrom)) return 3;
  }
  if (isIrq(step) || step.blocked) return 3;
  if (!isEvent) return isSleep(step) ? 4 : 5;
  return (slab ? story.sharedObjects.has(object) : story.sharedWords.has(addr)) ? 3 : 4;
}

/** What the report names: without these steps the columns would not explain it. */
function keySteps(
  trace: Trace,
  culprit: Culprit,
  waits: readonly TraceWait[],
): ReadonlySet<TraceStep> {
  const addr = trace.finding?.addr ?? 0;
  const written = addr === 0 ? undefined : lastWriter(trace, addr, Number.MAX_VALUE);
  const keys = [culprit.step, culprit.source, culprit.writer, written];
  for (const wait of waits) {
    const touching = trace.steps.filter((step) => addressOf(step) === wait.addr);
    keys.push(
      touching.findLast((step) => step.actor === wait.actor),
      touching.findLast((step) => step.actor === wait.holder && acquires(step)),
      touching.findLast(isWake),
    );
  }
  return new Set(keys.filter((step) => step !== undefined));
}

/**
 * Where data went from one actor to another, or was overwritten behind its back: accesses to one
 * word that follow each other, by different actors, one of them a write.
 */
function conflicts(trace: Trace): ReadonlySet<TraceStep> {
  const before = new Map<number, TraceStep>();
  const found = new Set<TraceStep>();
  for (const step of trace.steps) {
    const addr = isMemory(step) ? addressOf(step) : undefined;
    if (addr === undefined) continue;
    const other = before.get(addr);
    before.set(addr, step);
    if (other === undefined || other.actor === step.actor) continue;
    if (!isRead(other) || !isRead(step)) found.add(other).add(step);
  }
  return found;
}

function knownFrom(trace: Trace, object: number): number {
  const mine = trace.steps.filter((step) => objectAt(trace, addressOf(step) ?? 0) === object);
  const maker = mine.find(isAlloc);
  return mine.find((step) => step.actor !== maker?.actor)?.step ?? -1;
}

/** Keys (a word, an object) under which the addresses of more than one actor's steps fall. */
function touchedBySeveral(trace: Trace, keyOf: (addr: number) => number): ReadonlySet<number> {
  const firstActor = new Map<number, number>();
  const shared = new Set<number>();
  for (const step of trace.steps) {
    const addr = isHidden(step) ? undefined : addressOf(step);
    if (addr === undefined) continue;
    const key = keyOf(addr);
    const before = firstActor.get(key);
    if (before === undefined) firstActor.set(key, step.actor);
    else if (before !== step.actor) shared.add(key);
  }
  return shared;
}

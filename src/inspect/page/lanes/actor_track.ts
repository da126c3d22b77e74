/** What one actor did, as pieces of positions: running where a step is its own, else at what. */
import { ACTIVITIES, type Activity, type InspectDocument } from '../../document/document.ts';

/** How a piece of an actor's lane is drawn; `off`: done, idle, or not known. */
export const CLASSES = [
  'off',
  'sleeping',
  'ready',
  'blocked',
  'spinning',
  'interrupted',
  'running',
  'interrupt',
] as const;
export type LaneClass = (typeof CLASSES)[number];

export const CLASS_COUNT = CLASSES.length;
export const RUNNING = CLASSES.indexOf('running');
export const IN_INTERRUPT = CLASSES.indexOf('interrupt');

/** What the classes are called on the page. */
export const CLASS_TEXT: Readonly<Record<LaneClass, string>> = {
  off: 'idle or done',
  sleeping: 'parked: sleeps',
  ready: 'preempted: could run',
  blocked: 'parked: waits for a lock',
  spinning: 'spinning',
  interrupted: 'stands still: an interrupt runs on its CPU',
  running: 'running',
  interrupt: 'running, in interrupt',
};

const DRAWN: Readonly<Record<Activity, LaneClass>> = {
  ready: 'ready',
  blocked: 'blocked',
  sleeping: 'sleeping',
  spinning: 'spinning',
  interrupted: 'interrupted',
  idle: 'off',
  done: 'off',
};

/** Pieces in order: each ends where the next begins, the last at `end`. */
export interface ActorTrack {
  readonly starts: Int32Array;
  /** Index into CLASSES. */
  readonly classes: Uint8Array;
  readonly end: number;
}

class Pieces {
  readonly starts: number[] = [];
  readonly classes: number[] = [];

  add(at: number, drawn: number): void {
    const last = this.starts.length - 1;
    if (this.starts[last] === at) {
      this.classes[last] = drawn;
      return;
    }
    if (this.classes[last] === drawn) return;
    this.starts.push(at);
    this.classes.push(drawn);
  }
}

/** One track an actor, each from position 0 to the end. */
export function actorTracks(document: InspectDocument): ActorTrack[] {
  const { actors, steps, activities } = document;
  const pieces = actors.map(() => new Pieces());
  const isKnown = activities.at.length > 0;
  const lasts = lastSteps(document);
  const off = CLASSES.indexOf('off');
  const waiting = actors.map(() => CLASSES.indexOf('ready'));
  if (!isKnown) waiting.fill(off);
  const running = actors.map(({ context }) => (context === 'process' ? RUNNING : IN_INTERRUPT));
  for (const [actor, mine] of pieces.entries()) mine.add(0, waiting[actor] ?? off);
  let change = 0;
  for (let step = 0; step <= steps.count; step++) {
    const actor = steps.actor[step] ?? -1;
    const before = steps.actor[step - 1] ?? -1;
    // Who ran up to here goes back to what it is at between its steps.
    if (before >= 0 && before !== actor) {
      const isOver = !isKnown && (lasts[before] ?? 0) < step;
      pieces[before]?.add(step, isOver ? off : (waiting[before] ?? off));
    }
    for (; change < activities.at.length && (activities.at[change] ?? 0) <= step; change++) {
      const who = activities.actor[change] ?? 0;
      const activity = ACTIVITIES[activities.activity[change] ?? 0] ?? 'ready';
      waiting[who] = CLASSES.indexOf(DRAWN[activity]);
      if (who !== actor) pieces[who]?.add(step, waiting[who] ?? off);
    }
    if (actor >= 0) pieces[actor]?.add(step, running[actor] ?? RUNNING);
  }
  return pieces.map(({ starts, classes }) => {
    return { starts: Int32Array.from(starts), classes: Uint8Array.from(classes), end: steps.count };
  });
}

function lastSteps({ actors, steps }: InspectDocument): number[] {
  const lasts = actors.map(() => -1);
  for (let step = 0; step < steps.count; step++) lasts[steps.actor[step] ?? 0] = step;
  return lasts;
}

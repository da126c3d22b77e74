/** What the bars of the lanes mean: those that occur. */
import { useMemo } from 'preact/hooks';
import { CLASS_TEXT, CLASSES, type LaneClass } from './actor_track.ts';
import type { LaneSet } from './lane_set.ts';

const SHORT: Readonly<Record<LaneClass, string>> = {
  off: '',
  sleeping: 'asleep',
  ready: 'could run',
  blocked: 'waits for a lock',
  spinning: 'spins',
  interrupted: 'interrupted',
  running: 'runs',
  interrupt: 'in interrupt',
};

const ORDER: readonly LaneClass[] = [
  'running',
  'interrupt',
  'ready',
  'sleeping',
  'blocked',
  'spinning',
  'interrupted',
];

interface Occurring {
  readonly classes: readonly LaneClass[];
  readonly readers: boolean;
  readonly waits: boolean;
  readonly handOvers: boolean;
}

function occurring({ actors, locks }: LaneSet): Occurring {
  const seen = new Set(actors.flatMap((track) => [...new Set(track.classes)]));
  return {
    classes: ORDER.filter((name) => seen.has(CLASSES.indexOf(name))),
    readers: locks.some((track) => track.readers.some((count) => count > 0)),
    waits: locks.some((track) => track.waited > 0),
    handOvers: locks.some((track) => track.handOvers.length > 0),
  };
}

export function Legend({ lanes }: { readonly lanes: LaneSet }) {
  const { classes, readers, waits, handOvers } = useMemo(() => occurring(lanes), [lanes]);
  return (
    <ul class="lanes-legend" aria-label="Legend">
      {classes.map((name) => (
        <li key={name} title={CLASS_TEXT[name]}>
          <i class={`swatch ${name}`} aria-hidden="true" />
          {SHORT[name]}
        </li>
      ))}
      {lanes.locks.length > 0 ? (
        <li>
          <i class="swatch hold" aria-hidden="true">
            A
          </i>
          held by A
        </li>
      ) : null}
      {readers ? (
        <li>
          <i class="swatch readers" aria-hidden="true" />
          readers
        </li>
      ) : null}
      {waits ? (
        <li>
          <i class="swatch queue" aria-hidden="true" />
          how many wait
        </li>
      ) : null}
      {handOvers ? <li>→ handed over</li> : null}
    </ul>
  );
}

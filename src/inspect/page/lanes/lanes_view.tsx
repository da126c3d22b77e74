/** The lanes: a canvas that is zoomed and moved, names beside it, a table of what it shows. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Badge } from '../parts/who.tsx';
import { type Ink, inkOf } from './ink.ts';
import { useLaneInput } from './lane_input.ts';
import type { LaneSet } from './lane_set.ts';
import { Legend } from './legend.tsx';
import { paint } from './paint.ts';
import { ACTOR_ROW, AXIS, heightOf, lockHeight, type Scene } from './scene.ts';
import { showing, type Window, whole, zoomed } from './window.ts';
import { WindowTable } from './window_table.tsx';

/** Locks that have a row before one asks for all: those waited for, and the busiest. */
const LOCKS_FIRST = 8;

interface LanesViewProps {
  readonly lanes: LaneSet;
  readonly position: number;
  readonly go: (position: number) => void;
  /** Colours are read again when it changes. */
  readonly theme: string;
}

export function LanesView({ lanes, position, go, theme }: LanesViewProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [window, setWindow] = useState<Window>(() => whole(lanes.count));
  const [isAll, setAll] = useState(false);
  const [pointed, setPointed] = useState<{ readonly lock?: number; readonly text: string }>();
  const lockCount = isAll ? lanes.locks.length : Math.min(LOCKS_FIRST, lanes.locks.length);
  useEffect(() => setWindow(whole(lanes.count)), [lanes]);
  useEffect(() => setWindow((before) => showing(before, position, lanes.count)), [lanes, position]);
  const scene: Omit<Scene, 'width'> = useMemo(() => {
    return { lanes, window, lockCount, position, lock: pointed?.lock };
  }, [lanes, window, lockCount, position, pointed?.lock]);
  useCanvas(canvas, scene, theme);
  const input = useLaneInput({ canvas, scene, setWindow, setPointed, go });
  const zoom = (factor: number): void =>
    setWindow((before) => zoomed(before, factor, anchorOf(before, position), lanes.count));
  const height = heightOf(scene);
  return (
    <div class="lanes-view">
      <div class="lanes-tools">
        <span class="lanes-window">
          {`${Math.ceil(window.from)} – ${Math.min(lanes.count, Math.floor(window.to))}`}
          <span class="dim">{` of ${lanes.count} steps`}</span>
        </span>
        <button type="button" onClick={() => zoom(2)} aria-label="zoom out" title="zoom out (-)">
          −
        </button>
        <button type="button" onClick={() => zoom(0.5)} aria-label="zoom in" title="zoom in (+)">
          +
        </button>
        <button type="button" onClick={() => setWindow(whole(lanes.count))} title="all (Home)">
          all
        </button>
        {lanes.locks.length > LOCKS_FIRST ? (
          <button type="button" aria-pressed={isAll} onClick={() => setAll(!isAll)}>
            {isAll ? 'fewer locks' : `all ${lanes.locks.length} locks`}
          </button>
        ) : null}
        <span class="lanes-readout">{pointed?.text ?? ''}</span>
      </div>
      <div class="lanes-scroll">
        <Names lanes={lanes} lockCount={lockCount} />
        <canvas
          ref={canvas}
          class="lanes-canvas"
          tabIndex={0}
          role="img"
          aria-label={labelOf(lanes, window)}
          aria-keyshortcuts="+ - ArrowLeft ArrowRight Home"
          style={{ height: `${height}px` }}
          {...input}
        />
      </div>
      <WindowTable lanes={lanes} window={window} go={go} beside={<Legend lanes={lanes} />} />
    </div>
  );
}

function anchorOf(window: Window, position: number): number {
  const isSeen = position >= window.from && position <= window.to;
  return isSeen ? position : (window.from + window.to) / 2;
}

function labelOf(lanes: LaneSet, { from, to }: Window): string {
  const what = `${lanes.actors.length} actors and ${lanes.locks.length} locks`;
  const where = `steps ${Math.ceil(from)} to ${Math.min(lanes.count, Math.floor(to))}`;
  return `Lanes of ${what}, ${where}. The table below says the same in words.`;
}

function Names({ lanes, lockCount }: { readonly lanes: LaneSet; readonly lockCount: number }) {
  return (
    <div class="lanes-names" style={{ paddingTop: `${AXIS}px` }}>
      {lanes.document.actors.map((actor, i) => (
        <div key={`${actor.pid} ${i}`} class="lanes-name" style={{ height: `${ACTOR_ROW}px` }}>
          <Badge actor={i} />
          <span class="lanes-text" title={`${actor.name}, ${actor.comm}/${actor.pid}`}>
            {actor.name}
          </span>
          <span class="dim">{actor.context === 'process' ? `cpu${actor.cpu}` : actor.context}</span>
        </div>
      ))}
      {lanes.locks.slice(0, lockCount).map((track) => (
        <div
          key={track.lock}
          class={track.waited > 0 ? 'lanes-name lock' : 'lanes-name'}
          style={{ height: `${lockHeight(track)}px` }}
        >
          <span class="lanes-text" title={lanes.lockName(track)}>
            {lanes.lockName(track)}
          </span>
          <span class="dim">
            {`taken ${track.taken}`}
            {track.waited > 0 ? <b class="waited">{`, waited for ${track.waited}`}</b> : null}
            {track.refused > 0 ? `, refused ${track.refused}` : null}
          </span>
        </div>
      ))}
    </div>
  );
}

/** Draws once a frame, whatever has changed since. */
function useCanvas(
  ref: { readonly current: HTMLCanvasElement | null },
  scene: Omit<Scene, 'width'>,
  theme: string,
): void {
  const latest = useRef(scene);
  latest.current = scene;
  const ink = useRef<Ink | undefined>(undefined);
  const redraw = useRef<() => void>(() => undefined);
  useEffect(() => {
    const element = ref.current;
    const context = element?.getContext('2d');
    if (element === null || element === undefined || context == null) return;
    ink.current = undefined;
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      const [width, height] = [element.clientWidth, heightOf(latest.current)];
      const scale = devicePixelRatio;
      const size = [Math.round(width * scale), Math.round(height * scale)] as const;
      if (element.width !== size[0]) element.width = size[0];
      if (element.height !== size[1]) element.height = size[1];
      ink.current ??= inkOf(element, context);
      context.setTransform(scale, 0, 0, scale, 0, 0);
      if (width > 0) paint(context, { ...latest.current, width }, ink.current);
    };
    redraw.current = () => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const observer = new ResizeObserver(redraw.current);
    observer.observe(element);
    // The theme is set on the page after this: its colours are there in the next frame.
    redraw.current();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [ref, theme]);
  useEffect(() => redraw.current(), [scene]);
}

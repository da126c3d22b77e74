/** Wheel, drag, click and keys on the lanes. */
import { useEffect, useRef } from 'preact/hooks';
import { ACTOR_ROW, AXIS, heightOf, lockRowAt, OVERVIEW, type Scene } from './scene.ts';
import { moved, type Window, whole, zoomed } from './window.ts';

/** A press that moves less is a click. */
const CLICK_PX = 4;

interface LaneInput {
  readonly canvas: { readonly current: HTMLCanvasElement | null };
  readonly scene: Omit<Scene, 'width'>;
  readonly setWindow: (change: (before: Window) => Window) => void;
  readonly setPointed: (
    pointed: { readonly lock?: number; readonly text: string } | undefined,
  ) => void;
  readonly go: (position: number) => void;
}

interface Press {
  readonly x: number;
  readonly window: Window;
  readonly isOverview: boolean;
  moved: boolean;
}

export function useLaneInput({ canvas, scene, setWindow, setPointed, go }: LaneInput) {
  const press = useRef<Press | undefined>(undefined);
  const { lanes, window } = scene;
  const { count } = lanes;
  const positionAt = (event: MouseEvent): number => {
    const width = canvas.current?.clientWidth ?? 1;
    return window.from + (event.offsetX / Math.max(1, width)) * (window.to - window.from);
  };
  useWheel(canvas, count, setWindow);
  const drag = (event: PointerEvent): void => {
    const held = press.current;
    const width = Math.max(1, canvas.current?.clientWidth ?? 1);
    if (held === undefined) {
      setPointed(pointedAt(scene, positionAt(event), event.offsetY));
      return;
    }
    const by = event.clientX - held.x;
    if (Math.abs(by) >= CLICK_PX) held.moved = true;
    if (!held.moved) return;
    const shown = held.window.to - held.window.from;
    const scale = held.isOverview ? whole(count).to / width : -shown / width;
    setWindow(() => moved(held.window, by * scale, count));
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      canvas.current?.setPointerCapture(event.pointerId);
      const isOverview = event.offsetY > heightOf(scene) - OVERVIEW;
      press.current = { x: event.clientX, window, isOverview, moved: false };
    },
    onPointerMove: drag,
    onPointerUp: (event: PointerEvent) => {
      const held = press.current;
      press.current = undefined;
      if (held === undefined || held.moved) return;
      const width = Math.max(1, canvas.current?.clientWidth ?? 1);
      if (held.isOverview) {
        const at = (event.offsetX / width) * whole(count).to;
        setWindow((before) => moved(before, at - (before.from + before.to) / 2, count));
      } else {
        // What is clicked is a step: after it is what it did.
        go(Math.min(count, Math.floor(positionAt(event)) + 1));
      }
    },
    onPointerLeave: () => setPointed(undefined),
    onKeyDown: (event: KeyboardEvent) => {
      const change = keyChange(event, scene.position, count);
      if (change === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setWindow(change);
    },
  };
}

/** Not passive, so that the page does not scroll as well. */
function useWheel(
  canvas: LaneInput['canvas'],
  count: number,
  setWindow: LaneInput['setWindow'],
): void {
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const width = Math.max(1, element.clientWidth);
      const share = event.offsetX / width;
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const by = event.deltaX === 0 ? event.deltaY : event.deltaX;
      setWindow((before) => {
        const shown = before.to - before.from;
        if (isSideways) return moved(before, (by / width) * shown, count);
        const factor = Math.exp(Math.max(-1, Math.min(1, event.deltaY / 500)));
        return zoomed(before, factor, before.from + share * shown, count);
      });
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [canvas, count, setWindow]);
}

type Change = (before: Window) => Window;

function keyChange(event: KeyboardEvent, position: number, count: number): Change | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const around = (before: Window): number =>
    position >= before.from && position <= before.to ? position : (before.from + before.to) / 2;
  const part = (before: Window): number => (before.to - before.from) / 8;
  switch (event.key) {
    case '+':
    case '=':
      return (before) => zoomed(before, 1 / 1.5, around(before), count);
    case '-':
      return (before) => zoomed(before, 1.5, around(before), count);
    case 'ArrowLeft':
      return (before) => moved(before, -part(before), count);
    case 'ArrowRight':
      return (before) => moved(before, part(before), count);
    case 'Home':
      return () => whole(count);
    default:
      return undefined;
  }
}

function pointedAt(
  scene: Omit<Scene, 'width'>,
  at: number,
  y: number,
): { readonly lock?: number; readonly text: string } | undefined {
  const { lanes } = scene;
  const position = Math.floor(at);
  if (position < 0 || position >= lanes.count || y < AXIS) return undefined;
  const row = Math.floor((y - AXIS) / ACTOR_ROW);
  if (row < lanes.actors.length) {
    const text = `step ${position}  ${lanes.actorName(row)}  ${lanes.actorAt(row, position)}`;
    return { text };
  }
  const lock = lockRowAt(scene, y);
  const track = lanes.locks[lock ?? -1];
  if (lock === undefined || track === undefined) return undefined;
  const text = `step ${position}  ${lanes.lockName(track)}  ${lanes.lockAt(track, position)}`;
  return { lock, text };
}

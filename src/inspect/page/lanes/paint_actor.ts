/** Draws an actor's lane. */
import {
  type ActorTrack,
  CLASS_COUNT,
  CLASSES,
  IN_INTERRUPT,
  type LaneClass,
  RUNNING,
} from './actor_track.ts';
import { ACTOR_COLOURS, type Ink } from './ink.ts';
import { type LaneSet, pieces } from './lane_set.ts';
import { actorColumns, columnEdges } from './levels.ts';
import type { Window } from './window.ts';

/** Where on the canvas a lane is drawn. */
export interface Strip {
  readonly context: CanvasRenderingContext2D;
  readonly ink: Ink;
  readonly window: Window;
  readonly width: number;
  readonly top: number;
  readonly height: number;
}

/** Below, pieces are narrower than what the eye tells apart. */
const PIECES_FROM_PX = 0.6;
/** A step that is as wide has its operation written in it. */
const TEXT_FROM_PX = 54;
const PAD = 4;

export function pixelsPerPosition({ window, width }: Pick<Strip, 'window' | 'width'>): number {
  return width / (window.to - window.from);
}

export function actorFill(ink: Ink, actor: number): string {
  return ink.actors[actor % ACTOR_COLOURS] ?? ink.dim;
}

/** A bar in an actor's colour and weave. */
export function actorBar(
  { context, ink }: Pick<Strip, 'context' | 'ink'>,
  actor: number,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  context.fillStyle = actorFill(ink, actor);
  context.fillRect(x, y, width, height);
  const weave = ink.weaves[actor % ink.weaves.length];
  if (weave === undefined || width < 3) return;
  context.fillStyle = weave;
  context.fillRect(x, y, width, height);
}

export function paintActor(strip: Strip, lanes: LaneSet, track: ActorTrack, actor: number): void {
  const px = pixelsPerPosition(strip);
  if (px < PIECES_FROM_PX) {
    paintColumns(strip, lanes, track, actor);
    return;
  }
  const { window, top, height } = strip;
  for (const [piece, from, to] of pieces(track, window)) {
    const x = (from - window.from) * px;
    const width = Math.max(1, (to - from) * px - (px > 3 ? 0.5 : 0));
    const drawn = track.classes[piece] ?? 0;
    if (drawn !== RUNNING && drawn !== IN_INTERRUPT) {
      paintWaiting(strip, drawn, actor, x, width);
      continue;
    }
    actorBar(strip, actor, x, top + PAD, width, height - 2 * PAD);
    if (drawn === IN_INTERRUPT) {
      strip.context.fillStyle = strip.ink.interrupt;
      strip.context.fillRect(x, top + PAD, width, height - 2 * PAD);
    }
    if (px >= TEXT_FROM_PX) paintTexts(strip, lanes, actor, from, to, px);
  }
}

/** What an actor that does not run is at. */
function paintWaiting(strip: Strip, drawn: number, actor: number, x: number, width: number): void {
  const { context, ink, top, height } = strip;
  const middle = top + height / 2;
  switch (CLASSES[drawn]) {
    case 'ready':
      context.globalAlpha = 0.2;
      context.fillStyle = actorFill(ink, actor);
      context.fillRect(x, top + PAD + 3, width, height - 2 * PAD - 6);
      context.globalAlpha = 1;
      break;
    case 'sleeping':
      context.fillStyle = ink.dim;
      context.globalAlpha = 0.55;
      context.fillRect(x, middle - 0.5, width, 1);
      context.globalAlpha = 1;
      break;
    case 'blocked':
      context.fillStyle = ink.blocked;
      context.fillRect(x, top + PAD + 2, width, height - 2 * PAD - 4);
      context.fillStyle = ink.bad;
      context.fillRect(x, top + PAD + 1, width, 1);
      context.fillRect(x, top + height - PAD - 2, width, 1);
      break;
    case 'spinning':
      context.fillStyle = ink.spinning;
      context.fillRect(x, top + PAD + 3, width, height - 2 * PAD - 6);
      break;
    case 'interrupted':
      context.fillStyle = ink.interrupted;
      context.fillRect(x, top + PAD + 3, width, height - 2 * PAD - 6);
      break;
    default:
  }
}

function paintTexts(
  { context, ink, window, top, height }: Strip,
  lanes: LaneSet,
  actor: number,
  from: number,
  to: number,
  px: number,
): void {
  const { steps, texts } = lanes.document;
  context.font = `10.5px ${ink.font}`;
  for (let step = Math.max(from, Math.floor(window.from)); step < to; step++) {
    const x = (step - window.from) * px;
    context.save();
    context.beginPath();
    context.rect(x, top, px - 2, height);
    context.clip();
    const text = texts[steps.text[step] ?? 0] ?? '';
    // A weave behind letters makes them hard to read.
    const wide = Math.min(px - 4, context.measureText(text).width + 6);
    context.fillStyle = actorFill(ink, actor);
    context.fillRect(x + 1, top + PAD, wide, height - 2 * PAD);
    context.fillStyle = ink.onActor;
    context.fillText(text, x + 4, top + height / 2 + 0.5);
    context.restore();
    context.fillStyle = ink.panel;
    context.fillRect(x + px - 1, top + PAD, 1, height - 2 * PAD);
  }
}

/** From the bottom: the share of a column that the actor ran, wanted to, could have run. */
const STACK: readonly (readonly LaneClass[])[] = [
  ['running', 'interrupt'],
  ['blocked', 'spinning'],
  ['ready', 'interrupted'],
];

/** Columns change from one to the next: flat colours are calmer than patterns, and faster. */
function paintColumns(strip: Strip, lanes: LaneSet, track: ActorTrack, actor: number): void {
  const { context, ink, window, top, height } = strip;
  const columns = Math.max(1, Math.floor(strip.width));
  const edges = columnEdges(window.from, window.to, columns);
  const counts = actorColumns(track, lanes.actorLevels(track), edges);
  const size = (window.to - window.from) / columns;
  const bottom = top + height - PAD;
  const room = height - 2 * PAD;
  const from = new Float32Array(columns);
  const inks = [actorFill(ink, actor), ink.bad, actorFill(ink, actor)];
  for (const [layer, names] of STACK.entries()) {
    const drawn = names.map((name) => CLASSES.indexOf(name));
    context.fillStyle = inks[layer] ?? ink.dim;
    context.globalAlpha = [1, 0.55, 0.2][layer] ?? 1;
    for (let x = 0; x < columns; x++) {
      let count = 0;
      for (const one of drawn) count += counts[x * CLASS_COUNT + one] ?? 0;
      if (count === 0) continue;
      // Rounded to whole pixels, but what is there at all is seen.
      const begin = from[x] ?? 0;
      const high = Math.min(room - begin, Math.max(1, Math.round((count / size) * room)));
      context.fillRect(x, bottom - begin - high, 1, high);
      from[x] = begin + high;
    }
  }
  context.globalAlpha = 1;
}

/** Draws a lock's lane: who holds it, how many read, who waits, and to whom it is handed over. */
import type { Ink } from './ink.ts';
import { type LaneSet, pieces } from './lane_set.ts';
import { columnEdges, lockColumns } from './levels.ts';
import { type HandOver, type LockTrack, NOBODY, SEVERAL } from './lock_track.ts';
import { actorBar, actorFill, pixelsPerPosition, type Strip } from './paint_actor.ts';
import { ACTOR_ROW, actorTop, lockTop, type Scene, xOf } from './scene.ts';

const PIECES_FROM_PX = 0.6;
const BAR = { top: 4, height: 14 } as const;
const QUEUE = { top: 20, height: 11 } as const;
/** Waiters that fill the queue's height; more are drawn as high. */
const WAITERS_FULL = 4;
/** Arrows in a window: more would hide what they lead between. */
const ARROWS_MAX = 60;

export function paintLock(strip: Strip, lanes: LaneSet, track: LockTrack): void {
  if (pixelsPerPosition(strip) < PIECES_FROM_PX) paintColumns(strip, lanes, track);
  else paintPieces(strip, track);
}

function paintPieces(strip: Strip, track: LockTrack): void {
  const { context, window, top } = strip;
  const px = pixelsPerPosition(strip);
  let [owned, ownedFrom] = [NOBODY, 0];
  const close = (to: number): void => {
    if (owned === NOBODY) return;
    const x = (ownedFrom - window.from) * px;
    const width = Math.max(1.5, (to - ownedFrom) * px - 0.5);
    actorBar(strip, owned, x, top + BAR.top, width, BAR.height);
    letter(strip, owned, x, width);
  };
  let last = 0;
  for (const [piece, from, to] of pieces(track, window)) {
    const owner = track.owner[piece] ?? NOBODY;
    if (owner !== owned) {
      close(from);
      [owned, ownedFrom] = [owner, from];
    }
    const x = (from - window.from) * px;
    const width = Math.max(1.5, (to - from) * px);
    paintReaders(strip, track.readers[piece] ?? 0, x, width);
    paintQueue(strip, track.waiters[piece] ?? 0, x, width);
    last = to;
  }
  close(last);
  context.globalAlpha = 1;
}

/** The owner's letter, where it fits: a colour alone says nothing. */
function letter({ context, ink, top }: Strip, owner: number, x: number, width: number): void {
  if (width < 11) return;
  const text = String.fromCharCode(65 + (owner % 26));
  context.font = `600 10px ${ink.font}`;
  const at = Math.max(0, x);
  context.fillStyle = actorFill(ink, owner);
  context.fillRect(at, top + BAR.top, 11, BAR.height);
  context.fillStyle = ink.onActor;
  context.fillText(text, at + 3, top + BAR.top + BAR.height / 2 + 0.5);
}

/** Readers are an outline as high as they are many: a writer fills the bar. */
function paintReaders(
  { context, ink, top }: Strip,
  readers: number,
  x: number,
  width: number,
): void {
  if (readers === 0) return;
  const high = Math.min(BAR.height, 4 + readers * 3);
  const y = top + BAR.top + BAR.height - high;
  context.globalAlpha = 0.25;
  context.fillStyle = ink.ink;
  context.fillRect(x, y, width, high);
  context.globalAlpha = 1;
  context.fillRect(x, y, width, 1);
  if (width < 12) return;
  context.font = `10px ${ink.font}`;
  context.fillText(`${readers}r`, Math.max(0, x) + 2, y - 4 < top + 8 ? y + high / 2 + 1 : y - 4);
}

function paintQueue({ context, ink, top }: Strip, waiters: number, x: number, width: number): void {
  if (waiters === 0) return;
  const high = (Math.min(waiters, WAITERS_FULL) / WAITERS_FULL) * (QUEUE.height - 2) + 2;
  const y = top + QUEUE.top + QUEUE.height - high;
  context.fillStyle = ink.blocked;
  context.fillRect(x, y, width, high);
  context.fillStyle = ink.bad;
  context.fillRect(x, y, width, 1.5);
  if (width < 16) return;
  context.font = `10px ${ink.font}`;
  const text = String(waiters);
  context.fillStyle = ink.panel;
  context.fillRect(Math.max(0, x) + 2, top + QUEUE.top - 1, 10, 11);
  context.fillStyle = ink.bad;
  context.fillText(text, Math.max(0, x) + 4, top + QUEUE.top + 5);
}

function paintColumns(strip: Strip, lanes: LaneSet, track: LockTrack): void {
  const { context, ink, window, top } = strip;
  const columns = Math.max(1, Math.floor(strip.width));
  const edges = columnEdges(window.from, window.to, columns);
  const found = lockColumns(track, lanes.lockLevels(track), edges);
  const size = (window.to - window.from) / columns;
  // A canvas reads a colour anew each time it is set.
  let filled: number | undefined;
  for (let x = 0; x < columns; x++) {
    const share = Math.min(1, (found.held[x] ?? 0) / size);
    const owner = found.owner[x] ?? NOBODY;
    if (share === 0) continue;
    const high = Math.max(2, Math.round(share * BAR.height));
    if (owner !== filled) context.fillStyle = columnFill(ink, owner);
    filled = owner;
    context.fillRect(x, top + BAR.top + BAR.height - high, 1, high);
  }
  context.fillStyle = ink.bad;
  for (let x = 0; x < columns; x++) {
    const waiters = found.waiters[x] ?? 0;
    if (waiters === 0) continue;
    const high = (Math.min(waiters, WAITERS_FULL) / WAITERS_FULL) * (QUEUE.height - 2) + 2;
    const part = Math.min(1, (found.contended[x] ?? 0) / size);
    context.globalAlpha = 0.35 + 0.65 * part;
    context.fillRect(x, top + QUEUE.top + QUEUE.height - high, 1, high);
  }
  context.globalAlpha = 1;
}

function columnFill(ink: Ink, owner: number): CanvasPattern | string {
  if (owner === SEVERAL || owner === NOBODY) return ink.dim;
  return actorFill(ink, owner);
}

/**
 * From each release to the next holder that had waited: within the lock's lane, and for the lock
 * that is pointed at from actor to actor.
 */
export function paintHandOvers(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { lanes, window } = scene;
  for (let i = 0; i < scene.lockCount; i++) {
    const track = lanes.locks[i];
    if (track === undefined) continue;
    const seen = lanes.handOversIn(track, window);
    if (seen.length > ARROWS_MAX) continue;
    const y = lockTop(lanes, i) + BAR.top + BAR.height / 2;
    for (const handOver of seen) {
      paintArrow(context, scene, ink, handOver, y, y);
      if (scene.lock !== i) continue;
      const middle = (actor: number): number => actorTop(actor) + ACTOR_ROW / 2;
      paintArrow(context, scene, ink, handOver, middle(handOver.from), middle(handOver.to));
    }
  }
}

function paintArrow(
  context: CanvasRenderingContext2D,
  scene: Scene,
  ink: Ink,
  { released, acquired }: HandOver,
  y0: number,
  y1: number,
): void {
  const x0 = xOf(scene, released);
  const x1 = xOf(scene, acquired);
  const isLevel = y0 === y1;
  if (isLevel && x1 - x0 < 9) {
    // Too near for an arrow: a mark that points on.
    tip(context, ink, x1 + 3, y0, 0);
    return;
  }
  const bend = isLevel ? 7 : 0;
  const half = Math.max(14, (x1 - x0) / 2);
  context.strokeStyle = ink.ink;
  context.lineWidth = 1.3;
  context.beginPath();
  context.moveTo(x0, y0);
  if (isLevel) context.quadraticCurveTo((x0 + x1) / 2, y0 - bend * 2, x1 - 4, y1 - 1);
  else context.bezierCurveTo(x0 + half, y0, x1 - half, y1, x1 - 5, y1);
  context.stroke();
  context.beginPath();
  context.arc(x0, y0, 2, 0, 7);
  context.fillStyle = ink.ink;
  context.fill();
  tip(context, ink, x1, y1, isLevel ? 0.5 : 0);
}

function tip(
  context: CanvasRenderingContext2D,
  ink: Ink,
  x: number,
  y: number,
  turn: number,
): void {
  context.save();
  context.translate(x, y);
  context.rotate(turn);
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(-7, -4);
  context.lineTo(-7, 4);
  context.closePath();
  context.fillStyle = ink.ink;
  context.strokeStyle = ink.panel;
  context.lineWidth = 1;
  context.stroke();
  context.fill();
  context.restore();
}

/** Draws the lanes of a window: pieces where they are wide enough to be seen, columns where not. */
import { ACTOR_COLOURS, type Ink } from './ink.ts';
import { paintActor, type Strip } from './paint_actor.ts';
import { paintHandOvers, paintLock } from './paint_lock.ts';
import {
  ACTOR_ROW,
  AXIS,
  actorTop,
  heightOf,
  lockHeight,
  lockTop,
  OVERVIEW,
  type Scene,
  xOf,
} from './scene.ts';
import { ticks } from './window.ts';

/** Pixels beside the position in which the axis has no number. */
const PILL_ROOM = 46;

export function paint(context: CanvasRenderingContext2D, scene: Scene, ink: Ink): void {
  const { lanes, width, window } = scene;
  const height = heightOf(scene);
  context.clearRect(0, 0, width, height);
  paintAxis(context, scene, ink, height);
  lanes.actors.forEach((track, actor) => {
    const strip: Strip = { context, ink, window, width, top: actorTop(actor), height: ACTOR_ROW };
    paintActor(strip, lanes, track, actor);
  });
  for (let i = 0; i < scene.lockCount; i++) {
    const track = lanes.locks[i];
    if (track === undefined) continue;
    const top = lockTop(lanes, i);
    paintLock({ context, ink, window, width, top, height: lockHeight(track) }, lanes, track);
  }
  paintHandOvers(context, scene, ink);
  paintMarks(context, scene, ink, height);
  paintOverview(context, scene, ink, height);
}

function paintAxis(
  context: CanvasRenderingContext2D,
  scene: Scene,
  ink: Ink,
  height: number,
): void {
  const { lanes, width, window } = scene;
  const pill = Math.max(0, Math.min(width, xOf(scene, scene.position)));
  context.font = `10.5px ${ink.font}`;
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  for (const at of ticks(window, width / 90)) {
    const x = Math.round(xOf(scene, at)) + 0.5;
    context.strokeStyle = ink.rule;
    context.beginPath();
    context.moveTo(x, AXIS - 6);
    context.lineTo(x, height - OVERVIEW);
    context.stroke();
    // The position's own number stands there.
    if (Math.abs(x - pill) < PILL_ROOM) continue;
    context.fillStyle = ink.dim;
    context.fillText(at.toLocaleString('en').replaceAll(',', ' '), x + 4, AXIS / 2);
  }
  context.strokeStyle = ink.rule;
  const line = (y: number): void => {
    context.beginPath();
    context.moveTo(0, y + 0.5);
    context.lineTo(width, y + 0.5);
    context.stroke();
  };
  for (let i = 0; i <= lanes.actors.length; i++) line(actorTop(i));
  for (let i = 1; i <= scene.lockCount; i++) line(lockTop(lanes, i));
}

/** The step that broke the rule, and the position. */
function paintMarks(
  context: CanvasRenderingContext2D,
  scene: Scene,
  ink: Ink,
  height: number,
): void {
  const { lanes, position } = scene;
  const step = lanes.document.finding?.step ?? undefined;
  const bottom = height - OVERVIEW;
  if (step !== undefined) {
    const x = Math.round(xOf(scene, step + 1)) - 0.5;
    context.strokeStyle = ink.bad;
    context.lineWidth = 1.5;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(x, AXIS - 4);
    context.lineTo(x, bottom);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - 3.5, AXIS - 11);
    context.lineTo(x + 3.5, AXIS - 4);
    context.moveTo(x + 3.5, AXIS - 11);
    context.lineTo(x - 3.5, AXIS - 4);
    context.stroke();
  }
  const x = Math.round(xOf(scene, position));
  context.fillStyle = ink.here;
  context.fillRect(x - 1, AXIS - 4, 2, bottom - AXIS + 4);
  const hint = [x < 0 ? '‹ ' : '', x > scene.width ? ' ›' : ''];
  const text = `${hint[0]}${position}${hint[1]}`;
  context.font = `600 10.5px ${ink.font}`;
  const half = context.measureText(text).width / 2 + 5;
  const middle = Math.min(scene.width - half, Math.max(half, x));
  context.beginPath();
  context.roundRect(middle - half, 2, half * 2, AXIS - 6, 3);
  context.fill();
  context.fillStyle = ink.panel;
  context.fillText(text, middle - half + 5, AXIS / 2 - 0.5);
}

/** Where the window lies in the run, and who ran there. */
function paintOverview(
  context: CanvasRenderingContext2D,
  scene: Scene,
  ink: Ink,
  height: number,
): void {
  const { lanes, width, window } = scene;
  const top = height - OVERVIEW + 3;
  const { actor, count } = lanes.document.steps;
  const all = Math.max(count, window.to);
  for (let x = 0; x < width; x += 2) {
    const who = actor[Math.floor((x / width) * all)];
    if (who === undefined) continue;
    context.fillStyle = ink.actors[who % ACTOR_COLOURS] ?? ink.dim;
    context.fillRect(x, top + 2, 2, OVERVIEW - 7);
  }
  const from = (window.from / all) * width;
  const to = (window.to / all) * width;
  context.globalAlpha = 0.72;
  context.fillStyle = ink.panel;
  context.fillRect(0, top, from, OVERVIEW - 3);
  context.fillRect(to, top, width - to, OVERVIEW - 3);
  context.globalAlpha = 1;
  context.strokeStyle = ink.dim;
  context.lineWidth = 1;
  context.strokeRect(from + 0.5, top + 0.5, Math.max(3, to - from - 1), OVERVIEW - 4);
}

/** Colours and patterns of the lanes, as the style sheet has them for the theme. */

export const ACTOR_COLOURS = 8;

export interface Ink {
  readonly panel: string;
  readonly ink: string;
  readonly dim: string;
  readonly rule: string;
  readonly bad: string;
  readonly here: string;
  readonly onActor: string;
  readonly font: string;
  readonly actors: readonly string[];
  /** Over an actor's colour, so that neighbours differ without hue. */
  readonly weaves: readonly (CanvasPattern | undefined)[];
  readonly blocked: CanvasPattern | string;
  readonly spinning: CanvasPattern | string;
  readonly interrupted: CanvasPattern | string;
  readonly interrupt: CanvasPattern | string;
  readonly several: CanvasPattern | string;
}

export function inkOf(element: Element, context: CanvasRenderingContext2D): Ink {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const [ink, dim, bad] = [read('--ink'), read('--dim'), read('--bad')];
  const onActor = read('--on-badge');
  const weave = (draw: Draw, colour: string, alpha: number): CanvasPattern | undefined =>
    pattern(context, draw, colour, alpha);
  const over = (draw: Draw): CanvasPattern | undefined => weave(draw, onActor, 0.34);
  return {
    ...{ panel: read('--panel'), ink, dim, bad, onActor },
    ...{ rule: read('--rule'), here: read('--here-line'), font: read('--mono') || 'monospace' },
    actors: Array.from({ length: ACTOR_COLOURS }, (_, i) => read(`--a${i}`)),
    weaves: [undefined, ...[rising, upright, dots, falling, level, cross, sparse].map(over)],
    blocked: weave(rising, bad, 0.95) ?? bad,
    spinning: weave(zigzag, bad, 1) ?? bad,
    interrupted: weave(dots, dim, 0.9) ?? dim,
    interrupt: weave(cross, onActor, 0.5) ?? ink,
    several: weave(falling, dim, 0.9) ?? dim,
  };
}

type Draw = (context: CanvasRenderingContext2D) => void;

const TILE = 6;

function pattern(
  context: CanvasRenderingContext2D,
  draw: Draw,
  colour: string,
  alpha: number,
): CanvasPattern | undefined {
  // Drawn at twice its size: patterns stay sharp on dense screens.
  const tile = document.createElement('canvas');
  tile.width = TILE * 2;
  tile.height = TILE * 2;
  const inner = tile.getContext('2d');
  if (inner === null) return undefined;
  inner.scale(2, 2);
  inner.globalAlpha = alpha;
  inner.strokeStyle = colour;
  inner.fillStyle = colour;
  inner.lineWidth = 1.3;
  draw(inner);
  const made = context.createPattern(tile, 'repeat');
  made?.setTransform(new DOMMatrix([0.5, 0, 0, 0.5, 0, 0]));
  return made ?? undefined;
}

function lines(...points: readonly (readonly [number, number, number, number])[]): Draw {
  return (context) => {
    context.beginPath();
    for (const [x0, y0, x1, y1] of points) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
  };
}

const rising = lines([-1, 7, 7, -1], [-1, 1, 1, -1], [5, 7, 7, 5]);
const falling = lines([-1, -1, 7, 7], [5, -1, 7, 1], [-1, 5, 1, 7]);
const upright = lines([3, 0, 3, 6]);
const level = lines([0, 3, 6, 3]);
const cross = lines([-1, 7, 7, -1], [-1, -1, 7, 7]);
const zigzag = lines([0, 1, 3, 5], [3, 5, 6, 1]);
const dots: Draw = (context) => context.fillRect(2, 2, 1.8, 1.8);
const sparse: Draw = (context) => {
  context.fillRect(0, 0, 1.6, 1.6);
  context.fillRect(3, 3, 1.6, 1.6);
};

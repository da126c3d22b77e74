/** One row for each actor and each lock, over the whole run. */
import { useEffect, useRef } from 'preact/hooks';
import { type Page, usePage } from './context.ts';
import { actorColours, cssColour } from './parts/colours.ts';
import { Panel } from './parts/panel.tsx';
import { Scroll } from './parts/scroll.tsx';
import { Badge } from './parts/who.tsx';

const ROW = 18;

export function Lanes() {
  const page = usePage();
  const { run, go } = page;
  const canvas = useRef<HTMLCanvasElement>(null);
  const { locks } = run.locks;
  const rows = run.document.actors.length + locks.length;
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const redraw = (): void => draw(element, page, rows);
    redraw();
    const observer = new ResizeObserver(redraw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [run, page.view.theme, page.view.position, rows]);
  return (
    <Panel name="lanes" title="Lanes">
      <Scroll label="Lanes" kind="lane-rows">
        <div class="names">
          {run.document.actors.map((actor, i) => (
            <span key={actor.name} class="lane">
              <Badge actor={i} />
              {actor.name}
            </span>
          ))}
          {locks.map((lock) => (
            <span key={lock} class="lane">
              {run.objects.partName(lock)}
            </span>
          ))}
        </div>
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${rows} actors and locks over ${run.count} steps`}
          style={{ height: `${rows * ROW}px` }}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            go(((event.clientX - box.left) / box.width) * run.count);
          }}
        />
      </Scroll>
    </Panel>
  );
}

function draw(canvas: HTMLCanvasElement, { run, view }: Page, rows: number): void {
  const scale = window.devicePixelRatio;
  const width = canvas.clientWidth;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(rows * ROW * scale);
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(scale, scale);
  const colours = actorColours(canvas);
  const colour = (actor: number): string => colours[actor % colours.length] ?? '#888';
  const x = (position: number): number => (position / Math.max(1, run.count)) * width;
  const rule = cssColour(canvas, '--rule');
  for (let row = 0; row < rows; row++) {
    context.fillStyle = rule;
    context.fillRect(0, row * ROW + ROW / 2, width, 1);
  }
  const stride = Math.max(1, Math.floor(run.count / (width * 4)));
  for (let step = 0; step < run.count; step += stride) {
    const actor = run.document.steps.actor[step] ?? 0;
    context.fillStyle = colour(actor);
    context.fillRect(x(step), actor * ROW + 4, Math.max(0.75, x(stride)), ROW - 8);
  }
  run.locks.locks.forEach((lock, i) => {
    const top = (run.document.actors.length + i) * ROW;
    for (const { actor, from, to } of run.locks.holds(lock)) {
      context.fillStyle = colour(actor);
      context.fillRect(x(from), top + 4, Math.max(1, x(to - from)), ROW - 8);
    }
    for (const { actor, from, to } of run.locks.waits(lock)) {
      context.fillStyle = colour(actor);
      context.fillRect(x(from), top + ROW - 3, Math.max(1, x(to - from)), 2);
    }
  });
  context.fillStyle = cssColour(canvas, '--ink');
  context.fillRect(x(view.position), 0, 1, rows * ROW);
}

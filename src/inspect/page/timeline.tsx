/** The slider over the schedule: who ran when, where the log spoke, where it broke. */
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from './context.ts';
import { violationAt } from './keys.ts';
import { actorColours, cssColour } from './parts/colours.ts';
import { Who } from './parts/who.tsx';
import { breakpointText, positionsOf } from './run/breakpoints.ts';
import { actorAt, byActor, byStep, bySwitch } from './run/travel.ts';

const ROW = 7;
const TOP = 7;

export function Timeline() {
  const page = usePage();
  const { run, view, go } = page;
  const { position } = view;
  const step = position - 1;
  const rows = run.document.actors.length;
  return (
    <section class="timeline" aria-label="Schedule">
      <Transport />
      <div class="strip">
        <Strip height={TOP + rows * ROW + 3} />
        <input
          type="range"
          min={0}
          max={run.count}
          value={position}
          aria-label="Position in the schedule"
          aria-valuetext={positionText(page)}
          onInput={(event) => go(Number(event.currentTarget.value))}
        />
        <div class="playhead" style={{ left: `${(100 * position) / Math.max(1, run.count)}%` }} />
      </div>
      <div class="now">
        <span class="figures">
          <b>{position}</b>
          <span class="dim"> / {run.count}</span>
        </span>
        {step < 0 ? (
          <span class="dim">the start: nobody has moved</span>
        ) : (
          <>
            <Who actor={actorAt(run, position)} />
            <code class={step === run.document.finding?.step ? 'op bad' : 'op'}>
              {run.text(step)}
            </code>
            <span class="dim site">
              {run.stack(step)[0]?.procedure} {run.site(step)}
            </span>
          </>
        )}
        <span class="dim clock">t = {run.timeMs(position)} ms</span>
      </div>
    </section>
  );
}

function positionText({ run, view }: ReturnType<typeof usePage>): string {
  const step = view.position - 1;
  if (step < 0) return 'start';
  return `step ${step}: ${run.actorName(actorAt(run, view.position))}, ${run.text(step)}`;
}

function Transport() {
  const page = usePage();
  const { run, view, go } = page;
  const { position } = view;
  const actor = actorAt(run, position);
  const buttons: readonly (readonly [string, string, number])[] = [
    ['|◂', 'start (Home)', 0],
    ['◂◂', 'context switch before (Alt ←)', bySwitch(run, position, -1)],
    ['◂•', 'the same actor before (Shift ←)', byActor(run, position, -1, actor)],
    ['◂', 'one step back (←)', byStep(run, position, -1)],
    ['▸', 'one step (→)', byStep(run, position, 1)],
    ['•▸', 'the same actor next (Shift →)', byActor(run, position, 1, actor)],
    ['▸▸', 'next context switch (Alt →)', bySwitch(run, position, 1)],
    ['▸|', 'end (End)', run.count],
    ['✕', 'the violation (v)', violationAt(page)],
  ];
  return (
    <div class="transport" role="toolbar" aria-label="Time travel">
      {buttons.map(([text, label, to]) => (
        <button
          key={label}
          type="button"
          aria-label={label}
          title={label}
          disabled={to === position}
          onClick={() => go(to)}
        >
          {text}
        </button>
      ))}
    </div>
  );
}

function Strip({ height }: { readonly height: number }) {
  const { run, view } = usePage();
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const draw = (): void => drawStrip(element, height, run, view);
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [run, view.theme, view.breakpoints, height]);
  const marks = view.breakpoints.map((one) => breakpointText(run, one)).join(', ');
  return (
    <canvas
      ref={canvas}
      style={{ height: `${height}px` }}
      role="img"
      aria-label={`Who ran when, ${run.count} steps${marks === '' ? '' : `; stops: ${marks}`}`}
    />
  );
}

function drawStrip(
  canvas: HTMLCanvasElement,
  height: number,
  run: ReturnType<typeof usePage>['run'],
  view: ReturnType<typeof usePage>['view'],
): void {
  const scale = window.devicePixelRatio;
  const width = canvas.clientWidth;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null || width === 0) return;
  context.scale(scale, scale);
  const colours = actorColours(canvas);
  const { steps, log, finding } = run.document;
  const count = Math.max(1, run.count);
  const x = (position: number): number => (position / count) * width;
  run.stepsOf.forEach((_, actor) => {
    context.fillStyle = cssColour(canvas, '--rule');
    context.fillRect(0, TOP + actor * ROW + ROW / 2 - 0.5, width, 1);
  });
  // Of many steps to a pixel one is drawn: runs are longer than that.
  const stride = Math.max(1, Math.floor(count / (width * 4)));
  for (let step = 0; step < run.count; step += stride) {
    const actor = steps.actor[step] ?? 0;
    context.fillStyle = colours[actor % colours.length] ?? '#888';
    context.fillRect(x(step), TOP + actor * ROW + 1, Math.max(0.75, x(stride)), ROW - 2);
  }
  context.fillStyle = cssColour(canvas, '--dim');
  for (const { at } of log) context.fillRect(x(at), 0, 1, 3);
  context.fillStyle = cssColour(canvas, '--mark');
  for (const breakpoint of view.breakpoints) {
    for (const at of positionsOf(run, breakpoint)) context.fillRect(x(at) - 0.5, 0, 1.5, 6);
  }
  if (finding === null) return;
  const at = x((finding.step ?? run.count - 1) + 1);
  context.fillStyle = cssColour(canvas, '--bad');
  context.fillRect(Math.min(at, width - 2) - 1, 0, 2, height);
}

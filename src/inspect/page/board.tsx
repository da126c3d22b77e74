/** Every actor's statechart: where it stands, and what it took last. */
import type { ComponentChildren } from 'preact';
import { chartFrom } from '../document/drawn.ts';
import { usePage } from './context.ts';
import { Panel } from './parts/panel.tsx';
import { Scroll } from './parts/scroll.tsx';
import { Who } from './parts/who.tsx';

export function Board() {
  const { run } = usePage();
  const charts = run.document.actors.map((_, actor) => <ActorChart key={actor} actor={actor} />);
  return (
    <Panel name="board" title="Statecharts">
      <Scroll label="Statecharts" kind="charts">
        {charts}
      </Scroll>
    </Panel>
  );
}

function ActorChart({ actor }: { readonly actor: number }) {
  const { run, view } = usePage();
  const machine = run.document.machines[run.document.actors[actor]?.machine ?? -1];
  if (machine === undefined) return null;
  const chart = chartFrom(machine.chart);
  const { layout } = machine;
  const state = run.machines.state(actor, view.position);
  const last = run.machines.lastMove(actor, view.position);
  const counts = run.machines.counts(actor, view.position);
  const inner = new Set(state.split('.'));
  const children: ComponentChildren[] = layout.states.map((box) => {
    const name = chart.states.find(({ id }) => id === box.id)?.name ?? box.id;
    const isOuter = chart.states.some(({ parent }) => parent === box.id);
    const isHere = inner.has(name) && !isOuter;
    return (
      <g key={box.id} class={`state${isOuter ? ' outer' : ''}${isHere ? ' current' : ''}`}>
        <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={5} />
        <text x={box.x + (isOuter ? 10 : box.width / 2)} y={box.y + 20}>
          {name}
        </text>
      </g>
    );
  });
  const lines = layout.edges.map(({ id, points }) => {
    const isLast = last?.edges.includes(id) === true;
    const classes = `edge${isLast ? ' last' : counts.has(id) ? ' taken' : ' never'}`;
    return (
      <polyline key={id} class={classes} points={points.map((p) => `${p.x},${p.y}`).join(' ')} />
    );
  });
  return (
    <figure>
      <figcaption>
        <Who actor={actor} /> <b>{state}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        role="img"
        aria-label={`${run.actorName(actor)} is in ${state}`}
      >
        {children}
        {lines}
      </svg>
    </figure>
  );
}

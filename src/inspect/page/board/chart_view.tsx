/** A statechart as the files draw it, with what is so now. */
import { type Chart, type ChartEdge, edgeLabel, statesById } from '../../chart/chart.ts';
import {
  heatOf,
  inset,
  isOuter,
  labelPoint,
  pathData,
  ROUND,
  stateTexts,
  tipData,
} from '../../diagram/shapes.ts';
import type { Box, EdgePath, Layout } from '../../layout/layout.ts';
import { DOT_RADIUS, shown } from '../../layout/sizes.ts';

/** Where nothing was taken as often, the hottest line is not drawn as hot as it could be. */
const HOT = 12;

export interface ChartNow {
  readonly active: ReadonlySet<string>;
  /** Edges of the last move, in order, and its number: each move is drawn once. */
  readonly last: readonly string[];
  readonly lastMove: number;
  /** By edge: what colours it. */
  readonly counts: ReadonlyMap<string, number>;
}

interface ChartViewProps {
  readonly chart: Chart;
  readonly layout: Layout;
  readonly now: ChartNow;
  readonly zoom: number;
  readonly label: string;
  /** An edge is pointed at or focused; undefined: none is. */
  readonly point: (edge: string | undefined) => void;
  /** An edge is chosen. */
  readonly pick: (edge: string) => void;
}

export function ChartView({ chart, layout, now, zoom, label, point, pick }: ChartViewProps) {
  const { width, height } = layout;
  const states = statesById(chart);
  const boxes = new Map<string, Box>(layout.states.map((box) => [box.id, box]));
  const edges = new Map(chart.edges.map((edge) => [edge.id, edge]));
  const most = Math.max(HOT, ...now.counts.values());
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a drawing.
    <svg
      class="hotrace-chart"
      viewBox={`0 0 ${width} ${height}`}
      width={width * zoom}
      height={height * zoom}
      role="group"
      aria-label={label}
      onKeyDown={walkEdges}
    >
      {chart.states.map((state) => {
        const box = boxes.get(state.id);
        if (box === undefined) return null;
        const isRegion = states.get(state.parent ?? '')?.kind === 'parallel';
        const isHere = now.active.has(state.id);
        const classes = ['state', state.kind, isRegion ? 'region' : '', isHere ? 'current' : ''];
        return (
          <g key={state.id} class={classes.join(' ')} data-state={state.id}>
            <Rect box={box} round={ROUND} />
            {state.kind === 'final' ? (
              <Rect box={inset(box, 3)} round={ROUND - 2} kind="inner" />
            ) : null}
            {isOuter(state) ? null : <Texts state={state} box={box} />}
          </g>
        );
      })}
      {layout.initials.map(({ state, dot, points }) => (
        <g key={state} class="initial">
          <circle cx={dot.x} cy={dot.y} r={DOT_RADIUS} />
          <path class="line" d={pathData(points)} />
          <path class="tip" d={tipData(points)} />
        </g>
      ))}
      {layout.edges.map((path, i) => {
        const edge = edges.get(path.id);
        if (edge === undefined) return null;
        return (
          <Edge
            key={path.id}
            edge={edge}
            path={path}
            heat={heatOf(now.counts.get(path.id) ?? 0, most)}
            isLast={now.last.includes(path.id)}
            isFirst={i === 0}
            names={[states.get(edge.source)?.name ?? '', states.get(edge.target)?.name ?? '']}
            count={now.counts.get(path.id) ?? 0}
            point={point}
            pick={pick}
          />
        );
      })}
      {layout.edges
        .filter(({ id }) => now.last.includes(id))
        .map(({ id, points }) => (
          <path key={`${id} ${now.lastMove}`} class="comet" pathLength={1} d={pathData(points)} />
        ))}
      {chart.states.filter(isOuter).map((state) => {
        const box = boxes.get(state.id);
        if (box === undefined) return null;
        return (
          <g key={state.id} class="state head">
            <Texts state={state} box={box} />
          </g>
        );
      })}
    </svg>
  );
}

interface RectProps {
  readonly box: Box;
  readonly round: number;
  /** What else it is than a state's outline. */
  readonly kind?: 'inner' | 'halo';
}

function Rect({ box: { x, y, width, height }, round, kind }: RectProps) {
  return <rect class={kind ?? ''} x={x} y={y} width={width} height={height} rx={round} />;
}

function Texts({ state, box }: { readonly state: Chart['states'][number]; readonly box: Box }) {
  return (
    <>
      {stateTexts(state, box).map(({ kind, x, y, isCentred, text }, i) => (
        <text key={i} class={kind} x={x} y={y} text-anchor={isCentred ? 'middle' : 'start'}>
          {text}
        </text>
      ))}
    </>
  );
}

interface EdgeProps {
  readonly edge: ChartEdge;
  readonly path: EdgePath;
  readonly heat: number;
  readonly isLast: boolean;
  /** The one that Tab leads to; arrows lead to the others. */
  readonly isFirst: boolean;
  readonly names: readonly [from: string, to: string];
  readonly count: number;
  readonly point: (edge: string | undefined) => void;
  /** An edge is chosen. */
  readonly pick: (edge: string) => void;
}

function Edge({ edge, path, heat, isLast, isFirst, names, count, point, pick }: EdgeProps) {
  const data = pathData(path.points);
  const text = edgeLabel(edge);
  const at = labelPoint(path.label);
  const classes = ['edge', edge.kind, heat === 0 ? 'never' : 'taken', isLast ? 'last' : ''];
  const taken = count === 0 ? 'never taken' : `taken ${count === 1 ? 'once' : `${count} times`}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button cannot stand inside a drawing.
    <g
      class={classes.join(' ')}
      style={{ '--hr-heat': heat.toFixed(2) }}
      data-edge={edge.id}
      role="button"
      aria-label={`${names[0]} to ${names[1]} on ${text}, ${taken}`}
      tabIndex={isFirst ? 0 : -1}
      onPointerEnter={() => point(edge.id)}
      onPointerLeave={() => point(undefined)}
      onFocus={() => point(edge.id)}
      onBlur={() => point(undefined)}
      onClick={() => pick(edge.id)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') pick(edge.id);
      }}
    >
      <path class="hit" d={data} />
      <path class="line" d={data} />
      <path class="tip" d={tipData(path.points)} />
      <Rect box={path.label} round={3} kind="halo" />
      <text x={at.x} y={at.y} text-anchor="middle">
        {shown(text)}
      </text>
    </g>
  );
}

/** Arrows go from line to line while one has the focus, and do not travel. */
function walkEdges(event: KeyboardEvent & { readonly currentTarget: SVGSVGElement }): void {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const focused = document.activeElement;
  if (by === undefined || !(focused instanceof SVGGElement)) return;
  const all = [...event.currentTarget.querySelectorAll<SVGGElement>('.edge')];
  const next = all[(all.indexOf(focused) + by + all.length) % all.length];
  next?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** All statecharts side by side, or what was covered of them as a table. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { edgeLabel } from '../../chart/chart.ts';
import type { Coverage } from '../../coverage/coverage.ts';
import { chartFrom } from '../../document/drawn.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Badge } from '../parts/who.tsx';
import type { Run } from '../run/run.ts';
import { activeStates } from './active.ts';
import { useChartStyle } from './chart_style.ts';
import { ChartView } from './chart_view.tsx';
import { edgeCountsIn, runCoverage } from './counts.ts';
import { CoverageTable } from './coverage_table.tsx';

const ZOOMS = [0.45, 0.6, 0.75, 1] as const;

interface BoardViewProps {
  readonly run: Run;
  readonly position: number;
  readonly go: (position: number) => void;
}

export function BoardView({ run, position, go }: BoardViewProps) {
  /** Of all runs, once a file of them was opened. */
  const [coverage, setOpened] = useState<Coverage>();
  useChartStyle();
  const [isTable, setTable] = useState(false);
  const [isAll, setAll] = useState(false);
  const [zoom, setZoom] = useState(2);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const cards = useRef<HTMLDivElement>(null);
  useSeen(cards, run.document.steps.actor[Math.max(0, position - 1)] ?? 0);
  const mine = useMemo(() => runCoverage(run.document), [run]);
  const shownCoverage = isAll && coverage !== undefined ? coverage : mine;
  const fold = (actor: number): void =>
    setFolded((before) => {
      const kept = [...before].filter((one) => one !== actor);
      return new Set(before.has(actor) ? kept : [...kept, actor]);
    });
  return (
    <div class={`board-view ${isAll ? 'all-runs' : 'this-run'}`}>
      <div class="board-tools">
        <Choice chosen={isTable} choose={setTable} texts={['charts', 'coverage']} />
        {coverage === undefined ? null : (
          <Choice chosen={isAll} choose={setAll} texts={['this run', `${coverage.runs} runs`]} />
        )}
        {isTable ? null : (
          <span class="board-zoom">
            <button
              type="button"
              aria-label="smaller"
              disabled={zoom === 0}
              onClick={() => setZoom(zoom - 1)}
            >
              −
            </button>
            <button
              type="button"
              aria-label="larger"
              disabled={zoom === ZOOMS.length - 1}
              onClick={() => setZoom(zoom + 1)}
            >
              +
            </button>
          </span>
        )}
      </div>
      {isTable ? (
        <CoverageTable
          coverage={shownCoverage}
          open={(found) => {
            setOpened(found);
            setAll(true);
          }}
        />
      ) : (
        <div class="board-cards" ref={cards}>
          {run.document.actors.map(({ pid }, actor) => (
            <Card
              key={`${pid} ${actor}`}
              run={run}
              actor={actor}
              position={position}
              go={go}
              coverage={isAll ? coverage : undefined}
              zoom={ZOOMS[zoom] ?? 1}
              isFolded={folded.has(actor)}
              fold={() => fold(actor)}
            />
          ))}
        </div>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly chosen: boolean;
  readonly choose: (second: boolean) => void;
  readonly texts: readonly [string, string];
}

function Choice({ chosen, choose, texts }: ChoiceProps) {
  const button = (text: string, isSecond: boolean): ComponentChildren => (
    <button
      type="button"
      class={chosen === isSecond ? 'tab chosen' : 'tab'}
      aria-pressed={chosen === isSecond}
      onClick={() => choose(isSecond)}
    >
      {text}
    </button>
  );
  return (
    <span class="tabs">
      {button(texts[0], false)}
      {button(texts[1], true)}
    </span>
  );
}

interface CardProps {
  readonly run: Run;
  readonly actor: number;
  readonly position: number;
  readonly go: (position: number) => void;
  /** Of all runs, if they are shown. */
  readonly coverage: Coverage | undefined;
  readonly zoom: number;
  readonly isFolded: boolean;
  readonly fold: () => void;
}

function Card({ run, actor, position, go, coverage, zoom, isFolded, fold }: CardProps) {
  const [pointed, setPointed] = useState<string>();
  const pane = useRef<HTMLDivElement>(null);
  const machine = run.document.machines[run.document.actors[actor]?.machine ?? -1];
  const chart = useMemo(
    () => (machine === undefined ? undefined : chartFrom(machine.chart)),
    [machine],
  );
  const all = useMemo(() => {
    if (machine === undefined || coverage === undefined) return;
    return edgeCountsIn(machine, coverage);
  }, [machine, coverage]);
  const whole = useMemo(() => run.machines.counts(actor, run.count), [run, actor]);
  const state = run.machines.state(actor, position);
  const active = useMemo(
    () => (chart === undefined ? new Set<string>() : activeStates(chart, state)),
    [chart, state],
  );
  useFollow(pane, `${state} ${zoom} ${isFolded}`);
  if (machine === undefined || chart === undefined) return null;
  const last = run.machines.lastMove(actor, position);
  const isLatest = last !== undefined && last.at === position;
  const name = run.actorName(actor);
  const width = Math.max(190, Math.ceil(machine.layout.width * zoom) + 14);
  const now = { active, last: last?.edges ?? [], lastMove: last?.at ?? 0, counts: all ?? whole };
  const edge = chart.edges.find(({ id }) => id === pointed);
  const soFar = edge === undefined ? 0 : (run.machines.counts(actor, position).get(edge.id) ?? 0);
  const inRun = edge === undefined ? 0 : (whole.get(edge.id) ?? 0);
  const inAll = edge === undefined || all === undefined ? '' : ` · ${all.get(edge.id) ?? 0} in all`;
  return (
    <section
      class={`board-card${isLatest ? ' moved' : ''}${isFolded ? ' folded' : ''}`}
      style={{ flexBasis: isFolded ? 'auto' : `${width}px` }}
      aria-label={`${name}: ${state}`}
    >
      <button type="button" class="board-title" aria-expanded={!isFolded} onClick={fold}>
        <Badge actor={actor} />
        <b>{name}</b>
        <span class="board-state">{state}</span>
      </button>
      {isFolded ? null : (
        <>
          <Scroll label={`Statechart of ${name}`} kind="board-pane" box={pane}>
            <ChartView
              chart={chart}
              layout={machine.layout}
              now={now}
              zoom={zoom}
              label={`Statechart of ${name}, in ${state}`}
              point={setPointed}
              pick={(id) => go(nextTaking(run, actor, id, position) ?? position)}
            />
          </Scroll>
          <p class="board-foot">
            {edge === undefined
              ? lastText(last)
              : `${edgeLabel(edge)}: ${soFar} by now · ${inRun} in this run${inAll}`}
          </p>
        </>
      )}
    </section>
  );
}

/** The next position at which an edge had been taken; after the last the first. */
function nextTaking(run: Run, actor: number, edge: string, position: number): number | undefined {
  const takings = run.machines.moves(actor).filter(({ edges }) => edges.includes(edge));
  return (takings.find(({ at }) => at > position) ?? takings[0])?.at;
}

function lastText(last: ReturnType<Run['machines']['lastMove']>): string {
  if (last === undefined) return 'has not moved yet';
  return `last: ${last.event}, at ${last.at}`;
}

/** Brings the card of who made the last step into sight. */
function useSeen(cards: { readonly current: HTMLDivElement | null }, actor: number): void {
  useEffect(() => {
    const box = cards.current;
    const card = box?.children[actor];
    if (box === null || card === undefined) return;
    const [outside, inside] = [box.getBoundingClientRect(), card.getBoundingClientRect()];
    if (inside.left >= outside.left && inside.right <= outside.right) return;
    const isLeft = inside.left < outside.left || inside.width > outside.width;
    const by = isLeft ? inside.left - outside.left : inside.right - outside.right;
    box.scrollTo(box.scrollLeft + by, 0);
  }, [cards, actor]);
}

/** Keeps the current state in sight. */
function useFollow(pane: { readonly current: HTMLDivElement | null }, when: string): void {
  useEffect(() => {
    const box = pane.current;
    const all = [...(box?.querySelectorAll('.state.current') ?? [])];
    const inner = all.at(-1);
    if (box === null || inner === undefined || when === '') return;
    const [outside, inside] = [box.getBoundingClientRect(), inner.getBoundingClientRect()];
    const down = inside.top + inside.height / 2 - (outside.top + outside.height / 2);
    const right = inside.left + inside.width / 2 - (outside.left + outside.width / 2);
    const isIn =
      inside.top >= outside.top &&
      inside.bottom <= outside.bottom &&
      inside.left >= outside.left &&
      inside.right <= outside.right;
    if (!isIn) box.scrollTo(box.scrollLeft + right, box.scrollTop + down);
  }, [pane, when]);
}

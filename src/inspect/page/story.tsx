/** The counterexample in columns, the kernel's log, the oracle's report, and where to stop. */
import { useEffect, useState } from 'preact/hooks';
import { Branch } from './branch.tsx';
import { Breakpoints } from './breakpoint_list.tsx';
import { Compare } from './compare.tsx';
import { usePage } from './context.ts';
import { hasEngine } from './engine.ts';
import { Files } from './files.tsx';
import { Copy } from './parts/copy.tsx';
import { Panel, Tabs } from './parts/panel.tsx';
import { Scroll, useInSight } from './parts/scroll.tsx';
import { Badge, COLOURS } from './parts/who.tsx';
import type { StoryTab } from './store.ts';

/** Columns have room of their own from this width on; log and report stand below them. */
const WIDE = '(min-width: 1600px)';

const TABS: readonly StoryTab[] = [
  'columns',
  'log',
  'report',
  'breakpoints',
  'alternatives',
  'compare',
  'files',
];

export function Story() {
  const { run, view, set } = usePage();
  const isWide = useMedia(WIDE);
  const { log, report, columns } = run.document;
  const logText = log.map((line) => line.text).join('\n');
  const isBig = view.big === 'story';
  const isSplit = isWide && !isBig;
  const tab = isSplit && view.story === 'columns' ? 'report' : view.story;
  const copies: Partial<Record<StoryTab, string>> = { columns: columns.text, log: logText, report };
  const copied = copies[tab] ?? '';
  const names: Readonly<Record<StoryTab, string>> = {
    columns: 'columns',
    log: `log ${log.length}`,
    report: 'report',
    breakpoints: `stops ${view.breakpoints.length}`,
    alternatives: 'alternatives',
    compare: 'compare',
    files: 'files',
  };
  const tabs = (
    <>
      <Tabs
        label="Story as"
        tabs={TABS.filter((one) => !isSplit || one !== 'columns').map((one) => [one, names[one]])}
        chosen={tab}
        choose={(story) => set({ story })}
      />
      {copied === '' ? null : <CopyText text={copied} tab={tab} />}
    </>
  );
  if (isSplit) {
    return (
      <Panel name="story" title="Columns" head={<CopyText text={columns.text} tab="columns" />}>
        <Columns />
        <div class="below">
          <div class="head">{tabs}</div>
          <Tab tab={tab} />
        </div>
      </Panel>
    );
  }
  if (!isBig) {
    return (
      <Panel name="story" title="Story" head={tabs}>
        <Tab tab={tab} />
      </Panel>
    );
  }
  return (
    <Panel name="story" title="Story" head={tabs}>
      <div class="beside">
        <Tab tab={tab === 'log' || tab === 'report' ? 'columns' : tab} />
        <div class="stacked">
          <Log />
          <Report />
        </div>
      </div>
    </Panel>
  );
}

function Tab({ tab }: { readonly tab: StoryTab }) {
  const { run, view, go, branch } = usePage();
  switch (tab) {
    case 'columns':
      return <Columns />;
    case 'log':
      return <Log />;
    case 'report':
      return <Report />;
    case 'breakpoints':
      return <Breakpoints />;
    case 'alternatives':
      return (
        <Branch
          run={run}
          position={view.position}
          go={go}
          start={hasEngine(run.document) ? branch : undefined}
        />
      );
    case 'compare':
      return <Compare />;
    case 'files':
      return <Files />;
    default:
      return tab satisfies never;
  }
}

function CopyText({ text, tab }: { readonly text: string; readonly tab: StoryTab }) {
  return <Copy text={() => text} what={`the ${tab}`} label="copy" />;
}

function useMedia(query: string): boolean {
  const [isTrue, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = (): void => set(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, [query]);
  return isTrue;
}

function Columns() {
  const { run, view, go } = usePage();
  const { rows } = run.document.columns;
  const acting = [...new Set(rows.map((row) => row.actor).filter((actor) => actor >= 0))].toSorted(
    (a, b) => a - b,
  );
  // The last row at or before the position: what is folded stands behind the row before it.
  const here = rows.findLastIndex((row) => row.step >= 0 && row.step < view.position);
  const isLater = (i: number): boolean => {
    return i > here && !(rows[i]?.tone === 'finding' && view.position === run.count);
  };
  // Side by side where there is room: later actors begin further right.
  const laneWidth = view.big === 'story' ? Math.max(3, Math.floor(48 / acting.length)) : 3;
  const box = useInSight(here);
  return (
    <Scroll label="Columns" kind="column-rows" box={box}>
      <div class="heads">
        <span class="no">step</span>
        {acting.map((actor) => (
          <span key={actor} class="lane">
            <Badge actor={actor} />
            {run.actorName(actor)}
          </span>
        ))}
      </div>
      {rows.map((row, i) => {
        const classes = ['row', row.tone, i === here ? 'here' : '', isLater(i) ? 'later' : ''];
        const lane = acting.indexOf(row.actor);
        const text = (
          <span
            class="text"
            style={{ marginLeft: `${lane * laneWidth + Math.min(row.indent, 12)}ch` }}
          >
            {row.text}
          </span>
        );
        const label = row.step < 0 ? '' : String(row.step);
        return (
          <div key={i} class={`${classes.join(' ')} a${Math.max(0, row.actor) % COLOURS}`}>
            <span class="no">
              {row.step < 0 ? null : (
                <button type="button" class="link" onClick={() => go(row.step + 1)}>
                  {label}
                </button>
              )}
            </span>
            <span class="rail" aria-hidden="true" />
            {text}
            <span class="site">{row.site}</span>
          </div>
        );
      })}
    </Scroll>
  );
}

function Log() {
  const { run, view, go } = usePage();
  const { log } = run.document;
  const here = log.findLastIndex((line) => line.at <= view.position);
  const box = useInSight(here);
  return (
    <Scroll label="Kernel log" kind="log-lines" box={box}>
      {log.length === 0 ? <p class="dim empty">the kernel said nothing</p> : null}
      {log.map((line, i) => (
        <button
          key={i}
          type="button"
          class={`line${i === here ? ' here' : ''}${i > here ? ' later' : ''}`}
          onClick={() => go(line.at)}
        >
          <Badge actor={line.actor} />
          {line.text}
        </button>
      ))}
    </Scroll>
  );
}

function Report() {
  const { run } = usePage();
  const { report, waits } = run.document;
  return (
    <Scroll label="Report" kind="report-text">
      {report === '' ? <p class="dim empty">no rule was broken</p> : <pre>{report}</pre>}
      {waits.length === 0 ? null : <h3>at the end</h3>}
      {waits.map((wait) => (
        <p key={wait.actor}>
          <Badge actor={wait.actor} />
          {run.actorName(wait.actor)} waits in {wait.kind}
          {wait.addr === 0 ? '' : ` on ${run.objects.partName(wait.addr)}`}
          {wait.holder < 0 ? '' : `, held by ${run.actorName(wait.holder)}`}
        </p>
      ))}
    </Scroll>
  );
}

/** Two runs at their first difference. */
import { useMemo } from 'preact/hooks';
import { type DiffRow, divergenceOf } from './diff/divergence.ts';
import { Badge } from './parts/who.tsx';
import type { Run } from './run/run.ts';

interface DiffProps {
  readonly run: Run;
  readonly other: Run;
  readonly position: number;
  /** Travels in this run. */
  readonly go: (position: number) => void;
}

export function Diff({ run, other, position, go }: DiffProps) {
  const found = useMemo(() => divergenceOf(run.document, other.document), [run, other]);
  const { rows, same, first, second, problem } = found;
  const left = `${run.document.design} · ${run.document.verdict}`;
  const right = `${other.document.design} · ${other.document.verdict}`;
  return (
    <div class="diff">
      {problem === '' ? null : <p class="empty">{problem}</p>}
      <p class="diff-head">
        {first === undefined && second === undefined
          ? `the same run: all ${same} steps`
          : `${same} steps in common, up to order; then this run alone ${run.count - same}, the ` +
            `other ${other.count - same}`}
        {first === undefined ? null : (
          <button type="button" onClick={() => go(first)}>
            {`go to step ${first}`}
          </button>
        )}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col" colSpan={3}>{`this: ${left}`}</th>
            <th scope="col" colSpan={3}>{`other: ${right}`}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={`${row.a} ${row.b}`} class={classOf(row, rows[i - 1], position)}>
              <Half run={run} step={row.a} go={go} />
              <Half run={other} step={row.b} go={undefined} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function classOf({ a, kind }: DiffRow, before: DiffRow | undefined, position: number): string {
  const isFirst = kind !== 'same' && (before === undefined || before.kind === 'same');
  return `${kind}${isFirst ? ' first' : ''}${a >= 0 && a === position - 1 ? ' here' : ''}`;
}

interface HalfProps {
  readonly run: Run;
  readonly step: number;
  readonly go: ((position: number) => void) | undefined;
}

function Half({ run, step, go }: HalfProps) {
  if (step < 0) {
    return (
      <>
        <td />
        <td />
        <td class="none" />
      </>
    );
  }
  const actor = run.document.steps.actor[step] ?? 0;
  return (
    <>
      <td class="step">
        {go === undefined ? (
          step
        ) : (
          <button type="button" class="link" onClick={() => go(step + 1)}>
            {step}
          </button>
        )}
      </td>
      <td class="who">
        <Badge actor={actor} />
      </td>
      <td class="op" title={`${run.actorName(actor)} ${run.site(step)}`}>
        {run.text(step)}
      </td>
    </>
  );
}

/** Locks compared: throughput against oversubscription, latency, fairness, and all as a table. */
import { useMemo, useState } from 'preact/hooks';
import type { BenchCell, BenchResult } from '../bench/result.ts';
import {
  against,
  COLUMNS,
  cellsOf,
  fairness,
  figureText,
  middle,
  type Shape,
  shapesOf,
  tails,
} from './bench/figures.ts';
import { Plot } from './bench/plot.tsx';

interface BenchProps {
  readonly result: BenchResult;
  readonly theme: string;
}

export function Bench({ result, theme }: BenchProps) {
  const shapes = useMemo(() => shapesOf(result), [result]);
  const [chosen, setChosen] = useState(0);
  const shape: Shape = shapes[chosen] ?? { inside: 0, outside: 0 };
  const cells = useMemo(() => cellsOf(result, shape), [result, shape]);
  const threads = [...new Set(cells.map((cell) => cell.threads))].sort((a, b) => a - b);
  const [wanted, setWanted] = useState<number>();
  const count = wanted !== undefined && threads.includes(wanted) ? wanted : (threads.at(-1) ?? 1);
  const throughput = useMemo(() => against(result, shape, 'throughput'), [result, shape]);
  const mine = useMemo(() => cells.filter((cell) => cell.threads === count), [cells, count]);
  const tail = useMemo(() => tails(mine.filter(({ latency }) => latency.length > 0)), [mine]);
  const { cpu, cores, node } = result.environment;
  return (
    <div class="bench">
      <p class="bench-head">
        {`${cpu}, ${cores} CPUs, node ${node}`}
        {result.noise.map((note) => (
          <b key={note} class="waited">{` · noisy: ${note}`}</b>
        ))}
      </p>
      <div class="board-tools">
        {shapes.map(({ inside, outside }, i) => (
          <button
            key={`${inside} ${outside}`}
            type="button"
            class={i === chosen ? 'tab chosen' : 'tab'}
            aria-pressed={i === chosen}
            onClick={() => setChosen(i)}
          >
            {`${inside} inside, ${outside} outside`}
          </button>
        ))}
        <label class="board-zoom">
          threads
          <select value={count} onChange={(event) => setWanted(Number(event.currentTarget.value))}>
            {threads.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="bench-plots">
        <Plot
          title="throughput, million sections a second"
          lines={throughput}
          scales="plain"
          xLabel="threads for each CPU"
          yLabel="M/s"
          theme={theme}
        />
        <Plot
          title={`time to acquire, ${count} threads`}
          lines={tail}
          scales="log"
          xLabel="longer than"
          yLabel="share of acquisitions"
          theme={theme}
        />
      </div>
      <FairnessBars cells={mine} />
      <Figures cells={cells} />
    </div>
  );
}

function FairnessBars({ cells }: { readonly cells: readonly BenchCell[] }) {
  const found = fairness(cells);
  return (
    <table class="bench-fair">
      <caption>fairness (Jain's index): all of a round, and short windows</caption>
      <tbody>
        {found.map(({ lock, long, short }) => (
          <tr key={lock}>
            <th scope="row">{lock}</th>
            <td>
              <Bar kind="long" value={long} />
              <Bar kind="short" value={short} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bar({ kind, value }: { readonly kind: string; readonly value: number | undefined }) {
  if (value === undefined) return null;
  return (
    <div class="bench-bar">
      <i class={kind} style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
      <span>{`${value.toFixed(2)} ${kind}`}</span>
    </div>
  );
}

function Figures({ cells }: { readonly cells: readonly BenchCell[] }) {
  const [column, setColumn] = useState('throughput');
  const isLower = column !== 'throughput' && !column.startsWith('jain');
  const sorted = cells.toSorted((a, b) => {
    const [x, y] = [middle(a.values[column]), middle(b.values[column])];
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? 1 : -1;
    return isLower ? x - y : y - x;
  });
  return (
    <table class="bench-figures">
      <thead>
        <tr>
          <th scope="col">lock</th>
          <th scope="col">threads</th>
          {COLUMNS.map((id) => (
            <th key={id} scope="col" aria-sort={sortOf(id === column, isLower)}>
              <button type="button" class="link" onClick={() => setColumn(id)}>
                {id}
                {id === column ? ' ▾' : ''}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted.map((cell) => (
          <tr key={`${cell.lock} ${cell.threads}`}>
            <th scope="row">{cell.lock}</th>
            <td>{cell.threads}</td>
            {COLUMNS.map((id) => (
              <td key={id}>{figureText(id, middle(cell.values[id]))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sortOf(isThis: boolean, isLower: boolean): 'none' | 'ascending' | 'descending' {
  if (!isThis) return 'none';
  return isLower ? 'ascending' : 'descending';
}

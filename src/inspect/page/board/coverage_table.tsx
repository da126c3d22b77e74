/** What was taken, refused, never seen: a row for each machine, state and event. */
import { useMemo, useState } from 'preact/hooks';
import { type Coverage, figuresOf, type TupleStatus } from '../../coverage/coverage.ts';
import { coverageJson, readCoverage } from '../../coverage/coverage_json.ts';
import { download } from '../parts/download.ts';
import { Scroll } from '../parts/scroll.tsx';
import { type CoverageColumn, coverageCsv, coverageRows, sortedRows } from './counts.ts';

const COLUMNS: readonly CoverageColumn[] = ['machine', 'state', 'event', 'status', 'count'];
const STATUSES: readonly TupleStatus[] = ['taken', 'refused', 'never'];
const MARKS: Readonly<Record<TupleStatus, string>> = { taken: '●', refused: '✕', never: '○' };

interface CoverageTableProps {
  readonly coverage: Coverage;
  /** All runs of a file that `--coverage` wrote are to be shown. */
  readonly open: (coverage: Coverage) => void;
}

/** Larger files are none of ours. */
const BYTES_MAX = 64 << 20;

export function CoverageTable({ coverage, open }: CoverageTableProps) {
  const [problem, setProblem] = useState('');
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const found = file.size > BYTES_MAX ? 'larger than any' : readCoverage(await file.text());
    setProblem(typeof found === 'string' ? `${file.name}: no coverage file: ${found}` : '');
    if (typeof found !== 'string') open(found);
  };
  const [column, setColumn] = useState<CoverageColumn>('machine');
  const [isDescending, setDescending] = useState(false);
  const [only, setOnly] = useState<TupleStatus>();
  const rows = useMemo(() => coverageRows(coverage), [coverage]);
  const figures = useMemo(() => figuresOf(coverage.machines), [coverage]);
  const wanted = rows.filter(({ status }) => only === undefined || status === only);
  const shown = sortedRows(wanted, column, isDescending);
  const sortBy = (name: CoverageColumn): void => {
    setDescending(name === column ? !isDescending : name === 'count');
    setColumn(name);
  };
  return (
    <div class="coverage">
      <div class="board-tools">
        <b>{`${figures.percent.toFixed(0)} %`}</b>
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            class={only === status ? 'tab chosen' : 'tab'}
            aria-pressed={only === status}
            onClick={() => setOnly(only === status ? undefined : status)}
          >
            {`${MARKS[status]} ${figures[status]} ${status}`}
          </button>
        ))}
        <label class="board-zoom coverage-file" title="a file that --coverage FILE wrote">
          all runs:
          <input
            type="file"
            accept=".json"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
        </label>
        <span class="board-files">
          <button
            type="button"
            onClick={() => download('coverage.json', 'application/json', coverageJson(coverage))}
          >
            JSON
          </button>
          <button
            type="button"
            onClick={() => download('coverage.csv', 'text/csv', coverageCsv(shown))}
          >
            CSV
          </button>
        </span>
      </div>

      {problem === '' ? null : <p role="alert">{problem}</p>}
      <Scroll label="Coverage" kind="coverage-rows">
        <table>
          <thead>
            <tr>
              {COLUMNS.map((name) => (
                <th
                  key={name}
                  scope="col"
                  class={name}
                  aria-sort={sortText(name === column, isDescending)}
                >
                  <button type="button" class="link" onClick={() => sortBy(name)}>
                    {name}
                    <span aria-hidden="true">
                      {name === column ? (isDescending ? ' ▾' : ' ▴') : '  '}
                    </span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ machine, state, event, status, count }) => (
              <tr key={`${machine} ${state} ${event}`} class={status}>
                <td>{machine}</td>
                <td>{state}</td>
                <td>{event}</td>
                <td>
                  <span aria-hidden="true">{MARKS[status]}</span> {status}
                </td>
                <td class="count">{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}

function sortText(isThis: boolean, isDescending: boolean): 'none' | 'ascending' | 'descending' {
  if (!isThis) return 'none';
  return isDescending ? 'descending' : 'ascending';
}

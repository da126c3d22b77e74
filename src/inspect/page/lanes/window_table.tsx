/** What the lanes show, in words: made only when it is opened, and when the window stands still. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Scroll } from '../parts/scroll.tsx';
import type { LaneSet } from './lane_set.ts';
import type { Window } from './window.ts';

const ROWS_MAX = 200;
const STILL_MS = 200;

interface WindowTableProps {
  readonly lanes: LaneSet;
  readonly window: Window;
  readonly go: (position: number) => void;
  /** In one line with what opens the table. */
  readonly beside: ComponentChildren;
}

export function WindowTable({ lanes, window, go, beside }: WindowTableProps) {
  const [isOpen, setOpen] = useState(false);
  const still = useStill(window);
  const found = isOpen ? lanes.rowsIn(still, ROWS_MAX) : undefined;
  return (
    <div class="lanes-foot">
      <div class="lanes-bar">
        {beside}
        <button
          type="button"
          class="quiet"
          aria-expanded={isOpen}
          title="what this window shows, in words"
          onClick={() => setOpen(!isOpen)}
        >
          table
        </button>
      </div>
      {found === undefined ? null : (
        <Scroll label="What the lanes show" kind="lanes-table">
          <table>
            <caption>
              {`steps ${Math.ceil(still.from)} to ${Math.floor(still.to)}`}
              {found.left > 0 ? `: the first ${found.rows.length}, zoom in for the rest` : ''}
            </caption>
            <thead>
              <tr>
                <th scope="col">from</th>
                <th scope="col">to</th>
                <th scope="col">lane</th>
                <th scope="col">what</th>
              </tr>
            </thead>
            <tbody>
              {found.rows.map(({ from, to, lane, what }) => (
                <tr key={`${from} ${lane} ${what}`}>
                  <td>
                    <button type="button" class="link" onClick={() => go(from)}>
                      {from}
                    </button>
                  </td>
                  <td>{to}</td>
                  <td>{lane}</td>
                  <td>{what}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}

function useStill(window: Window): Window {
  const [still, setStill] = useState(window);
  useEffect(() => {
    const timer = setTimeout(() => setStill(window), STILL_MS);
    return () => clearTimeout(timer);
  }, [window]);
  return still;
}

/** Where time travel stops: on a lock, a state, a word. */
import { useState } from 'preact/hooks';
import { usePage } from './context.ts';
import { Scroll } from './parts/scroll.tsx';
import { type Breakpoint, breakpointText, positionsOf, runTo } from './run/breakpoints.ts';

export function Breakpoints() {
  const { run, view, set, go } = usePage();
  const { breakpoints, position } = view;
  const remove = (index: number): void => {
    set({ breakpoints: breakpoints.filter((_, i) => i !== index) });
  };
  return (
    <Scroll label="Stops" kind="stops">
      <div class="actions">
        <button type="button" onClick={() => go(runTo(run, breakpoints, position, -1))}>
          ◂ back to one <kbd>Shift r</kbd>
        </button>
        <button type="button" onClick={() => go(runTo(run, breakpoints, position, 1))}>
          run to the next <kbd>r</kbd> ▸
        </button>
      </div>
      {breakpoints.length === 0 ? (
        <p class="dim empty">none: add a state or a lock here, a word from an object’s words</p>
      ) : null}
      <ul>
        {breakpoints.map((one, i) => {
          const at = positionsOf(run, one);
          const text = breakpointText(run, one);
          return (
            <li key={i}>
              <button
                type="button"
                class="quiet"
                onClick={() => remove(i)}
                title={`remove ${text}`}
              >
                ✕
              </button>
              {text}{' '}
              <span class="dim">
                {at.length} {at.length === 1 ? 'time' : 'times'}
              </span>
            </li>
          );
        })}
      </ul>
      <Add add={(one) => set({ breakpoints: [...breakpoints, one] })} />
    </Scroll>
  );
}

/** A choice among all states and locks of the run. */
function Add({ add }: { readonly add: (breakpoint: Breakpoint) => void }) {
  const { run } = usePage();
  const [chosen, choose] = useState('');
  const states = run.document.actors.flatMap((_, actor) => {
    const names = new Set(run.machines.moves(actor).map(({ to }) => to));
    return [...names].map((state): Breakpoint => ({ kind: 'state', actor, state }));
  });
  const locks = run.locks.locks.map((lock): Breakpoint => ({ kind: 'lock', lock }));
  const all = [...states, ...locks];
  return (
    <form
      class="actions"
      onSubmit={(event) => {
        event.preventDefault();
        const one = all[Number(chosen)];
        if (chosen !== '' && one !== undefined) add(one);
      }}
    >
      <select
        aria-label="Stop when"
        value={chosen}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">stop when …</option>
        {all.map((one, i) => (
          <option key={i} value={String(i)}>
            {breakpointText(run, one)}
          </option>
        ))}
      </select>
      <button type="submit" disabled={chosen === ''}>
        add
      </button>
    </form>
  );
}

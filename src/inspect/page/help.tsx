/** Keys, and what the page was made from. */
import { useEffect, useRef } from 'preact/hooks';
import { usePage } from './context.ts';
import { KEYS } from './keys.ts';

export function Help() {
  const { run, set } = usePage();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  const { replay, shortSchedule, search, hotrace } = run.document;
  return (
    <div class="help" role="dialog" aria-label="Keys">
      <dl>
        {KEYS.map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      {search === null ? null : <p>{search.guarantee}</p>}
      <p class="dim">{shortSchedule}</p>
      {replay.command === '' ? null : <pre>{replay.command}</pre>}
      <p class="dim">
        hotrace {hotrace}. ● holds a lock, ◐ reads under it, ◌ waits for it; ✕ freed; ◇ nobody
        points to it.
      </p>
      <button type="button" ref={close} onClick={() => set({ help: false })}>
        close
      </button>
    </div>
  );
}

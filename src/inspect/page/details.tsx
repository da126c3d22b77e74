/** One object, word by word: values, guards, who wrote last. */
import { usePage } from './context.ts';
import { lastWrite } from './keys.ts';
import { LifeText } from './parts/object.tsx';
import { Scroll, useInSight } from './parts/scroll.tsx';
import { Badge } from './parts/who.tsx';
import type { MemoryObject } from './run/objects.ts';

export function Details() {
  const { run, view } = usePage();
  const box = useInSight(`${view.object} ${view.word}`);
  const object = run.objects.all[view.object ?? -1];
  if (object === undefined) {
    return (
      <div class="details scroll">
        <p class="dim empty">Choose an object: its words, who wrote them last, and when.</p>
      </div>
    );
  }
  const words = run.words(view.position);
  const orphans = run.objects.orphans(words);
  return (
    <Scroll label={object.name} kind="details" box={box}>
      <div class="title">
        <b>{object.name}</b> <span class="dim">struct {object.struct.name}</span>{' '}
        <LifeText object={object} isOrphan={orphans.has(object)} />
      </div>
      <WordActions object={object} />
      <table class="words">
        <tbody>
          {object.struct.words.map(({ path, guard }, offset) => (
            <WordRow key={path} object={object} offset={offset} path={path} guard={guard} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface WordProps {
  readonly object: MemoryObject;
  readonly offset: number;
  readonly path: string;
  readonly guard: string;
}

function WordRow({ object, offset, path, guard }: WordProps) {
  const { run, view, look, set, go } = usePage();
  const { position } = view;
  const addr = object.base + offset;
  const value = run.words(position)[addr] ?? 0;
  const target = run.objects.target(addr, value);
  const written = run.memory.lastChange(addr, position);
  const writer = written > 0 ? run.document.steps.actor[written - 1] : undefined;
  const text = run.objects.valueText(addr, value);
  const classes = [
    view.word === addr ? 'chosen here' : '',
    written === position && written > 0 ? 'changed' : '',
  ].join(' ');
  return (
    <tr class={classes}>
      <th scope="row" title={guard === '' ? 'guarded by nothing' : `guarded by ${guard}`}>
        <button
          type="button"
          class="link"
          aria-pressed={view.word === addr}
          onClick={() => set({ word: addr })}
        >
          {path}
        </button>
      </th>
      <td class="value" title={text}>
        {target === undefined ? (
          text
        ) : (
          <button type="button" class="link pointer" onClick={() => look(value)}>
            {text}
          </button>
        )}
      </td>
      <td class="by">
        {writer === undefined ? null : (
          <button
            type="button"
            class="link"
            title={`written last by ${run.actorName(writer)} at step ${written - 1}: go there`}
            onClick={() => {
              set({ word: addr });
              go(written);
            }}
          >
            <Badge actor={writer} />
            {written - 1}
          </button>
        )}
      </td>
    </tr>
  );
}

/** What can be asked of the chosen word. */
function WordActions({ object }: { readonly object: MemoryObject }) {
  const page = usePage();
  const { run, view, set } = page;
  const { word } = view;
  const place = word === undefined ? undefined : run.objects.place(word);
  if (word === undefined || place?.object !== object) {
    return <p class="dim actions">choose a word to ask for its last write, or to stop at it</p>;
  }
  const value = run.words(view.position)[word] ?? 0;
  const stop = (wanted: number | null): void => {
    const breakpoint = { kind: 'word', addr: word, value: wanted } as const;
    set({ breakpoints: [...view.breakpoints, breakpoint], story: 'breakpoints' });
  };
  return (
    <div class="actions">
      <code>{place.path}</code>
      <button type="button" onClick={() => lastWrite(page)}>
        last write <kbd>w</kbd>
      </button>
      <button type="button" onClick={() => stop(null)}>
        stop at a change
      </button>
      <button type="button" onClick={() => stop(value)}>
        stop at {run.objects.valueText(word, value)}
      </button>
      <Holder addr={word} />
    </div>
  );
}

/** Who holds the lock that a word belongs to. */
function Holder({ addr }: { readonly addr: number }) {
  const { run, view, go, set } = usePage();
  const lock = run.locks.locks.find((one) => {
    const [a, b] = [run.objects.partName(one), run.objects.wordName(addr)];
    return one === addr || b.startsWith(`${a}.`);
  });
  if (lock === undefined) return null;
  const { holders, waiters } = run.locks.at(lock, view.position);
  const [holder] = holders;
  const stop = { kind: 'lock', lock } as const;
  const names = holders.map(({ actor }) => run.actorName(actor)).join(', ');
  const waiting = waiters.length === 0 ? '' : `, ${waiters.length} waiting`;
  return (
    <>
      <button
        type="button"
        disabled={holder === undefined}
        onClick={() => go(holder?.from ?? view.position)}
      >
        {holder === undefined ? 'nobody holds it' : `held by ${names}${waiting}`}
      </button>
      <button
        type="button"
        onClick={() => set({ breakpoints: [...view.breakpoints, stop], story: 'breakpoints' })}
      >
        stop at the lock
      </button>
    </>
  );
}

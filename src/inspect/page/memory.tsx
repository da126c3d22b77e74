/** Memory at this position: trees and lists, all objects, what just changed; one in detail. */
import { usePage } from './context.ts';
import { Details } from './details.tsx';
import { ObjectTable } from './object_table.tsx';
import { Panel, Tabs } from './parts/panel.tsx';
import { Scroll } from './parts/scroll.tsx';
import { Tree } from './tree.tsx';

export function Memory() {
  const { run, view, set } = usePage();
  const changed = run.memory.changedAt(view.position);
  const words = [...changed].filter((addr) => addr < run.document.memory.words);
  const tabs = (
    <>
      <Tabs
        label="Memory as"
        tabs={[
          ['tree', 'tree'],
          ['objects', 'objects'],
          ['changes', `changes ${words.length}`],
        ]}
        chosen={view.memory}
        choose={(memory) => set({ memory })}
      />
      {run.document.memory.exact ? null : (
        <span class="dim" title="a run of real threads: bookkeeping words are not in it">
          from the steps
        </span>
      )}
    </>
  );
  return (
    <Panel name="memory" title="Memory" head={tabs}>
      <div class="split">
        <Scroll label="Objects">
          {view.memory === 'tree' ? <Tree /> : null}
          {view.memory === 'objects' ? <ObjectTable /> : null}
          {view.memory === 'changes' ? <Changes words={words} /> : null}
        </Scroll>
        <Details />
      </div>
    </Panel>
  );
}

function Changes({ words }: { readonly words: readonly number[] }) {
  const { run, view, look } = usePage();
  const now = run.words(view.position);
  const before = view.position > 0 ? run.memory.words(view.position - 1) : now;
  if (words.length === 0) return <p class="dim empty">no word changed by this step</p>;
  return (
    <table class="changes">
      <tbody>
        {words.map((addr) => (
          <tr key={addr}>
            <th scope="row">
              <button type="button" class="link" onClick={() => look(addr)}>
                {run.objects.wordName(addr)}
              </button>
            </th>
            <td class="dim">{run.objects.valueText(addr, before[addr] ?? 0)}</td>
            <td class="dim">→</td>
            <td class="changed">{run.objects.valueText(addr, now[addr] ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

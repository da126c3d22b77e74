/** Another run beside this one: from its report, or its document as JSON. Nothing is uploaded. */
import { useState } from 'preact/hooks';
import { readDocument } from '../document/document.ts';
import { usePage } from './context.ts';
import { Diff } from './diff.tsx';
import { dataOf } from './parts/opened.ts';
import { Run } from './run/run.ts';

/** Larger files are no reports of ours. */
const BYTES_MAX = 256 << 20;

export function Compare() {
  const { run, view, go, trunk } = usePage();
  const [opened, setOther] = useState<Run>();
  // A branch is compared with what it left, until something else is opened.
  const other = opened ?? trunk?.run;
  const [problem, setProblem] = useState('');
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      if (file.size > BYTES_MAX) throw new Error('larger than any report');
      setOther(new Run(readDocument(await dataOf(await file.text()))));
      setProblem('');
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      setProblem(`${file.name}: expected a report or a document, found: ${text}`);
    }
  };
  return (
    <div class="compare">
      <label class="compare-file">
        another report of this race:
        <input
          type="file"
          accept=".html,.json"
          onChange={(event) => void open(event.currentTarget.files?.[0])}
        />
      </label>
      {problem === '' ? null : (
        <p class="empty" role="alert">
          {problem}
        </p>
      )}
      {other === undefined ? (
        <p class="empty dim">
          Steps that only come in another order, and have nothing to do with each other, are no
          difference.
        </p>
      ) : (
        <Diff run={run} other={other} position={view.position} go={go} />
      )}
    </div>
  );
}

/** One row for each actor and each lock, from the whole run down to its steps. */
import { useMemo } from 'preact/hooks';
import { usePage } from './context.ts';
import { LaneSet } from './lanes/lane_set.ts';
import { LanesView } from './lanes/lanes_view.tsx';
import { Panel } from './parts/panel.tsx';

export function Lanes() {
  const { run, view, go } = usePage();
  const lanes = useMemo(
    () => new LaneSet(run.document, (lock) => run.objects.partName(lock)),
    [run],
  );
  return (
    <Panel name="lanes" title="Lanes">
      <LanesView lanes={lanes} position={view.position} go={go} theme={view.theme} />
    </Panel>
  );
}

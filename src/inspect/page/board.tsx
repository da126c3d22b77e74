/** Every actor's statechart: where it stands, what it took last, what it never took. */
import { BoardView } from './board/board_view.tsx';
import { usePage } from './context.ts';
import { Panel } from './parts/panel.tsx';

export function Board() {
  const { run, view, go } = usePage();
  return (
    <Panel name="board" title="Statecharts">
      <BoardView run={run} position={view.position} go={go} />
    </Panel>
  );
}

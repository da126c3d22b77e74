/** Trees and lists, followed through pointers as they stand at this position. */
import { usePage } from './context.ts';
import { ObjectTable } from './object_table.tsx';
import { LifeText, ObjectName } from './parts/object.tsx';
import { Graph } from './run/graph.ts';
import type { MemoryObject } from './run/objects.ts';

const DEPTH_MAX = 24;

interface Line {
  readonly key: string;
  /** `│ ├ ` */
  readonly rails: string;
  readonly relation: string;
  readonly object: MemoryObject | undefined;
  readonly broken: string;
  /** It was drawn further up: its branches are not drawn again. */
  readonly again: boolean;
}

export function Tree() {
  const { run, view } = usePage();
  const words = run.words(view.position);
  const shown = run.objects.all.filter((o) => run.objects.life(o, words) !== 'never');
  const orphans = run.objects.orphans(words);
  const graph = new Graph(run.objects, words);
  const lines: Line[] = [];
  const drawn = new Set<MemoryObject>();
  for (const root of graph.roots(shown)) grow(graph, root, '', '', '', lines, drawn);
  if (lines.length === 0) return <ObjectTable />;
  const loose = shown.filter((object) => {
    return (
      !drawn.has(object) && (orphans.has(object) || run.objects.life(object, words) === 'freed')
    );
  });
  return (
    <>
      <ul class="tree">
        {lines.map((line) => (
          <TreeLine key={line.key} line={line} orphans={orphans} />
        ))}
      </ul>
      {loose.length === 0 ? null : <h3>in no list</h3>}
      <ul class="tree">
        {loose.map((object) => (
          <li key={object.index}>
            <ObjectName object={object} />
            <LifeText object={object} isOrphan={orphans.has(object)} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface TreeLineProps {
  readonly line: Line;
  readonly orphans: ReadonlySet<MemoryObject>;
}

function TreeLine({ line, orphans }: TreeLineProps) {
  const { run, view } = usePage();
  const { rails, relation, object, broken, again } = line;
  const isTold = object !== undefined && run.objects.life(object, run.words(view.position));
  return (
    <li class={view.object === object?.index && object !== undefined ? 'chosen' : ''}>
      <span class="rails" aria-hidden="true">
        {rails}
      </span>
      {relation === '' ? null : <span class="relation">{relation} </span>}
      {object === undefined ? (
        <span class="tag freed">✕ leads to {broken}</span>
      ) : (
        <ObjectName object={object} />
      )}
      {again ? <span class="dim"> ↑</span> : null}
      {object !== undefined && isTold !== 'static' && isTold !== 'live' ? (
        <LifeText object={object} isOrphan={orphans.has(object)} />
      ) : null}
    </li>
  );
}

/** Adds an object and what hangs off it. */
function grow(
  graph: Graph,
  object: MemoryObject,
  lead: string,
  rails: string,
  relation: string,
  lines: Line[],
  drawn: Set<MemoryObject>,
): void {
  const again = drawn.has(object);
  const key = `${lines.length} ${object.index}`;
  lines.push({ key, rails: lead, relation, object, broken: '', again });
  if (again || rails.length > 2 * DEPTH_MAX) return;
  drawn.add(object);
  const branches = graph.branches(object);
  const below = branches.flatMap((branch) => [
    ...branch.children.map((child) => ({ child, relation: branch.relation, broken: '' })),
    ...(branch.broken === ''
      ? []
      : [{ child: undefined, relation: branch.relation, broken: branch.broken }]),
  ]);
  below.forEach((one, i) => {
    const isLast = i === below.length - 1;
    const [turn, rail] = isLast ? ['└ ', '  '] : ['├ ', '│ '];
    const isNamed = i === 0 || below[i - 1]?.relation !== one.relation;
    const told = isNamed ? one.relation : '';
    if (one.child === undefined) {
      const key = `${lines.length} broken`;
      const { broken } = one;
      lines.push({
        key,
        rails: rails + turn,
        relation: told,
        object: undefined,
        broken,
        again: false,
      });
    } else {
      grow(graph, one.child, rails + turn, rails + rail, told, lines, drawn);
    }
  });
}

/** What could have happened instead: the alternatives here, and the tree around. */
import { useMemo } from 'preact/hooks';
import { alternativesOf, type Fate, treeAround } from './branch/alternatives.ts';
import { letterOf, Who } from './parts/who.tsx';
import type { Run } from './run/run.ts';

/** Steps before and after the position that the tree shows. */
const AROUND = 9;
const STEP = { width: 26, height: 20 } as const;

const FATES: Readonly<Record<Fate, readonly [mark: string, text: string]>> = {
  taken: ['●', 'taken'],
  explored: ['✓', 'explored'],
  'beyond-bound': ['✂', 'pruned: bound'],
  unknown: ['○', 'not yet'],
};

interface BranchProps {
  readonly run: Run;
  readonly position: number;
  readonly go: (position: number) => void;
  /** Lets another actor move from here; undefined: this page cannot. */
  readonly start: ((actor: number) => void) | undefined;
}

export function Branch({ run, position, go, start }: BranchProps) {
  const isKnown = useMemo(() => run.document.steps.enabled.some((mask) => mask !== 0), [run]);
  if (!isKnown) {
    return (
      <p class="empty dim">
        Real threads ran: who else could have moved at a step is not known of them.
      </p>
    );
  }
  const found = alternativesOf(run, position);
  const { search } = run.document;
  return (
    <div class="instead">
      <Tree run={run} position={position} go={go} />
      <table>
        <thead>
          <tr>
            <th scope="col">could move</th>
            <th scope="col">begins with</th>
            <th scope="col">the search</th>
            <th scope="col">
              <span class="dim">{`${run.preemptions[position] ?? 0} preemptions so far`}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ actor, fate, why, preempts, next: step }) => (
            <tr key={actor} class={fate}>
              <th scope="row">
                <Who actor={actor} />
              </th>
              <td class="begins">
                {step < 0 ? '' : `${run.text(step)} `}
                <span class="dim">{step < 0 ? 'a step it never made here' : run.site(step)}</span>
              </td>
              <td title={why}>
                <span aria-hidden="true">{FATES[fate][0]}</span> {FATES[fate][1]}
                {preempts ? <span class="dim"> · preempts</span> : null}
              </td>
              <td class="act">
                {fate === 'taken' || start === undefined ? null : (
                  <button type="button" onClick={() => start(actor)}>
                    run this
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {found.length === 0 ? <p class="empty dim">Nobody could move any more.</p> : null}
      <p class="dim branch-search">
        {search === null ? 'a recorded run, without a search' : search.guarantee}
      </p>
    </div>
  );
}

interface TreeProps {
  readonly run: Run;
  readonly position: number;
  readonly go: (position: number) => void;
}

/** The run as a line through its steps; below each, who could have moved instead. */
function Tree({ run, position, go }: TreeProps) {
  const nodes = treeAround(run.document, position - AROUND, position + AROUND + 1);
  const rows = Math.max(1, ...nodes.map(({ others }) => others.length));
  const height = STEP.height * (rows + 1) + 16;
  return (
    <div class="branch-tree">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a drawing. */}
      <svg width={nodes.length * STEP.width + 8} height={height} role="group" aria-label="Steps">
        {nodes.map(({ step, actor, others }, i) => {
          const x = 4 + i * STEP.width + STEP.width / 2;
          const isNext = step === position;
          return (
            <g key={step}>
              {i === 0 ? null : <path class="trunk" d={`M${x - STEP.width + 8} 24H${x - 8}`} />}
              {others.map((other, row) => {
                const y = 24 + (row + 1) * STEP.height;
                return (
                  <g key={other} class="branch-other">
                    <path d={`M${x - STEP.width / 2} 24V${y}H${x - 7}`} />
                    <rect x={x - 7} y={y - 7} width={14} height={14} rx={2} />
                    <text x={x} y={y + 3.5}>
                      {letterOf(other)}
                    </text>
                  </g>
                );
              })}
              {step % 5 === 0 || isNext ? (
                <text class="number" x={x} y={9}>
                  {step}
                </text>
              ) : null}
              {/* biome-ignore lint/a11y/useSemanticElements: SVG has no button. */}
              <g
                class={`branch-step a${actor % 8}${isNext ? ' next' : ''}`}
                role="button"
                tabIndex={-1}
                aria-label={`${letterOf(actor)}: step ${step}, ${run.actorName(actor)}`}
                onClick={() => go(step)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') go(step);
                }}
              >
                <rect class="own" x={x - 8} y={16} width={16} height={16} rx={2} />
                <text x={x} y={27.5}>
                  {letterOf(actor)}
                </text>
              </g>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

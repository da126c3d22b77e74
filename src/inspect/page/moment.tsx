/** Every actor at this position: its state, what it holds, waits for, and would do next. */
import { alternativesOf } from './branch/alternatives.ts';
import { usePage } from './context.ts';
import { hasEngine } from './engine.ts';
import { Panel } from './parts/panel.tsx';
import { Badge } from './parts/who.tsx';
import type { Run } from './run/run.ts';
import { actorAt } from './run/travel.ts';

export function Moment() {
  const { run, view } = usePage();
  const { position } = view;
  const enabled = run.enabled(position);
  const taken = run.document.steps.actor[position];
  const isKnown = run.document.steps.enabled.some((mask) => mask !== 0);
  const others = enabled.filter((actor) => actor !== taken).length;
  const head =
    enabled.length === 0 ? (
      <span class="dim">{isKnown ? 'nobody can move' : 'one order of real threads'}</span>
    ) : (
      <span class="dim">
        {enabled.length} can move{others > 0 ? `, ${others} not taken` : ''}
      </span>
    );
  return (
    <Panel name="moment" title="Actors" head={head}>
      <table class="actors">
        <thead>
          <tr>
            <th scope="col">actor</th>
            <th scope="col">state</th>
            <th scope="col">is</th>
            <th scope="col">next</th>
            <th scope="col">locks</th>
          </tr>
        </thead>
        <tbody>
          {run.document.actors.map((_, actor) => (
            <ActorRow key={actor} actor={actor} canMove={enabled.includes(actor)} taken={taken} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

interface RowProps {
  readonly actor: number;
  readonly canMove: boolean;
  /** Who takes the next step. */
  readonly taken: number | undefined;
}

function ActorRow({ actor, canMove, taken }: RowProps) {
  const { run, view, go } = usePage();
  const { position } = view;
  const step = run.nextStepOf(actor, position);
  const ran = position > 0 && actorAt(run, position) === actor;
  const isNext = taken === actor;
  const { finding } = run.document;
  const faults = ran && finding !== null && finding.step === position - 1;
  const activity = faults ? 'faults' : isNext ? 'runs' : run.machines.activity(actor, position);
  const { name, cpu, context } = run.document.actors[actor] ?? { name: '?', cpu: 0, context: '' };
  const state = run.machines.state(actor, position);
  const mark = isNext ? '▸' : canMove ? '·' : ' ';
  return (
    <tr class={ran ? 'ran' : ''}>
      <th scope="row" title={`CPU ${cpu}, ${context}`}>
        <span class="mark">{mark}</span>
        <Badge actor={actor} />
        {name}
      </th>
      <td class="state" title={state}>
        {state}
      </td>
      <td class={`is ${activity}`}>{activity}</td>
      <td class="next">
        <div>
          {canMove && !isNext ? <Alternative actor={actor} /> : null}
          {step < 0 ? (
            <Waits actor={actor} />
          ) : (
            <button
              type="button"
              class="link"
              title={`step ${step}, ${run.site(step)}: go there`}
              onClick={() => go(step + 1)}
            >
              {run.text(step)}
            </button>
          )}
        </div>
      </td>
      <td class="held">
        <Locks actor={actor} />
      </td>
    </tr>
  );
}

/** Another actor could move here, too: let it. */
function Alternative({ actor }: { readonly actor: number }) {
  const { run, view, branch } = usePage();
  const text = alternativesOf(run, view.position).find((one) => one.actor === actor)?.why ?? '';
  if (!hasEngine(run.document)) {
    return (
      <span class="dim" title={`${text}; run it with hotrace inspect`}>
        ↳{' '}
      </span>
    );
  }
  return (
    <button type="button" class="fork" title={text} onClick={() => branch(actor)}>
      ↳ run
    </button>
  );
}

/** Of an actor that makes no step any more. */
function Waits({ actor }: { readonly actor: number }) {
  const { run, view } = usePage();
  const wait = run.document.waits.find((one) => one.actor === actor);
  if (wait === undefined) return <span class="dim">—</span>;
  // A lock is told beside it.
  const isTold = run.locks.waitOf(actor, view.position) !== undefined;
  const on = wait.addr === 0 || isTold ? '' : ` on ${run.objects.partName(wait.addr)}`;
  const holder = wait.holder < 0 || isTold ? '' : `, held by ${run.actorName(wait.holder)}`;
  return (
    <span class="dim">
      {wait.kind}
      {on}
      {holder}
    </span>
  );
}

function Locks({ actor }: { readonly actor: number }) {
  const { run, view, go, look } = usePage();
  const { position } = view;
  const held = run.locks.heldBy(actor, position);
  const wait = run.locks.waitOf(actor, position);
  const holder = wait === undefined ? undefined : run.locks.at(wait.lock, position).holders[0];
  return (
    <>
      {held.map(({ lock, from, shared }) => (
        <button
          key={lock}
          type="button"
          class="link lock"
          title={`${run.objects.partName(lock)}, taken at ${from}: go there`}
          onClick={() => {
            look(lock);
            go(from);
          }}
        >
          {shared ? '◐' : '●'} {run.objects.partName(lock)}
        </button>
      ))}
      {wait === undefined ? null : (
        <button
          type="button"
          class="link lock waits"
          title={waitText(run, wait.lock, holder?.actor)}
          onClick={() => go(holder?.from ?? position)}
        >
          ◌ {holder === undefined ? null : <Badge actor={holder.actor} />}
          {run.objects.partName(wait.lock)}
        </button>
      )}
    </>
  );
}

function waitText(run: Run, lock: number, holder: number | undefined): string {
  const name = run.objects.partName(lock);
  if (holder === undefined) return `waits for ${name}, which nobody holds`;
  return `waits for ${name}, held by ${run.actorName(holder)}: go to where it was taken`;
}

/** A search or a stress run while it goes: figures, how fast, schedules, what threads are at. */
import type { LiveRun } from '../document/messages.ts';
import { COLOURS, letterOf } from './parts/who.tsx';

interface LiveProps {
  readonly run: LiveRun;
  /** Executions or rounds a second, between samples. */
  readonly rates: readonly number[];
  readonly stop: () => void;
}

export function Live({ run, rates, stop }: LiveProps) {
  const { target, design, kind, done, text, elapsedMs, figures } = run;
  return (
    <>
      <header class="page-head">
        <h1>
          <span class="dim">hotrace</span> {target} <span class="dim">--design</span> {design}
        </h1>
        <span class="verdict">
          {done ? 'ended' : kind === 'explore' ? 'exploring' : 'stressing'}
        </span>
        <span class="about">{text}</span>
        <button type="button" disabled={done} onClick={stop}>
          stop
        </button>
      </header>
      <main class="live scroll">
        <dl class="figures">
          <div>
            <dt>elapsed</dt>
            <dd>{(elapsedMs / 1000).toFixed(1)} s</dd>
          </div>
          {figures.map(({ name, value, unit }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                {value.toLocaleString('en')} {unit}
              </dd>
            </div>
          ))}
        </dl>
        <Rate rates={rates} name={figures[1]?.name ?? ''} />
        {run.schedules.length === 0 ? null : <Legend actors={run.actors} />}
        {run.schedules.map(({ name, runs }) => (
          <Schedule key={name} name={name} runs={runs} actors={run.actors} />
        ))}
        {run.states.length === 0 ? null : <Threads run={run} />}
        {run.outcomes.map((outcome) => (
          <p key={outcome.text}>
            {outcome.count.toLocaleString('en')} × {outcome.text}
          </p>
        ))}
      </main>
    </>
  );
}

function Rate({ rates, name }: { readonly rates: readonly number[]; readonly name: string }) {
  const top = Math.max(1, ...rates);
  const points = rates.map((rate, i) => `${i},${(40 - (38 * rate) / top).toFixed(1)}`).join(' ');
  return (
    <figure>
      <figcaption class="dim">
        {name}, at most {top.toLocaleString('en')}
      </figcaption>
      <svg
        class="rate"
        viewBox={`0 0 ${Math.max(60, rates.length)} 41`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: now ${rates.at(-1) ?? 0}, at most ${top}`}
      >
        <polyline points={points} />
      </svg>
    </figure>
  );
}

function Legend({ actors }: { readonly actors: readonly string[] }) {
  return (
    <p class="legend">
      {actors.map((name, actor) => (
        <span key={name}>
          <span class={`badge a${actor % COLOURS}`} aria-hidden="true">
            {letterOf(actor)}
          </span>
          {name}
        </span>
      ))}
    </p>
  );
}

interface ScheduleProps {
  readonly name: string;
  readonly runs: readonly number[];
  readonly actors: readonly string[];
}

function Schedule({ name, runs, actors }: ScheduleProps) {
  const pairs: { actor: number; steps: number }[] = [];
  for (let i = 0; i + 1 < runs.length; i += 2) {
    pairs.push({ actor: runs[i] ?? 0, steps: runs[i + 1] ?? 0 });
  }
  const steps = pairs.reduce((sum, pair) => sum + pair.steps, 0);
  return (
    <figure>
      <figcaption class="dim">
        {name} schedule: {steps} steps, {Math.max(0, pairs.length - 1)} switches
      </figcaption>
      <div class="schedule">
        {pairs.slice(0, 400).map(({ actor, steps: long }, i) => (
          <span
            key={i}
            class={`a${actor % COLOURS}`}
            style={{ flexGrow: long }}
            title={`${actors[actor] ?? '?'}, ${long} steps`}
          >
            {letterOf(actor)}
          </span>
        ))}
      </div>
    </figure>
  );
}

function Threads({ run }: { readonly run: LiveRun }) {
  return (
    <table class="threads">
      <thead>
        <tr>
          <th scope="col">thread</th>
          <th scope="col">state</th>
          <th scope="col">is</th>
        </tr>
      </thead>
      <tbody>
        {run.states.map(({ state, does }, actor) => (
          <tr key={actor}>
            <th scope="row">
              <span class={`badge a${actor % COLOURS}`} aria-hidden="true">
                {letterOf(actor)}
              </span>
              {run.actors[actor]}
            </th>
            <td>
              <b>{state}</b>
            </td>
            <td class="dim">{does}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Documents for the inspector: from a recorded run, or a trace in a file. */

import type { Program } from '../actor/program.ts';
import { deviationsOf } from '../explore/deviations.ts';
import { Engine } from '../explore/engine.ts';
import type { Replay } from '../explore/replay.ts';
import { encodeToken, isToken } from '../explore/token.ts';
import type { InspectDocument } from '../inspect/document/document.ts';
import { machinesOf } from '../inspect/document/machines.ts';
import { type About, makeDocument } from '../inspect/document/make.ts';
import { NO_MACHINES } from '../inspect/document/moves.ts';
import { observe } from '../inspect/document/observed.ts';
import { workedOut } from '../inspect/document/worked_out.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { systemEntry } from '../scenarios/registry.ts';
import type { Trace } from '../trace/record.ts';
import type { ExploreSummary } from './explore_task.ts';
import { divergenceText, type Recorded } from './recorded.ts';
import type { Scenario } from './scenario.ts';
import { markOf } from './schedules.ts';
import { packageVersion } from './version.ts';

/** Everything but what a run itself tells. */
function aboutOf(
  scenario: Scenario,
  hint: string,
): Omit<About, 'source' | 'verdict' | 'replay' | 'search'> {
  const { race, design, expectation, program } = scenario;
  return {
    hotrace: packageVersion(),
    title: race.title,
    designTitle: design.title,
    expected: expectation.verdict === 'open' ? [] : expectation.verdict,
    daemons: program.actors.map((actor) => actor.daemon),
    origin: originOf(scenario, hint),
  };
}

/** A system of one's own is not in any page. */
function originOf({ system, request }: Scenario, hint: string): InspectDocument['origin'] {
  if (systemEntry(system.id) === undefined) return null;
  // JSON border: what travels is what JSON keeps of it.
  const plain = JSON.parse(JSON.stringify(request)) as Record<string, unknown>;
  return { system: system.id, mark: markOf(request), hint, request: plain };
}

/** What the search that found a run says of itself. */
export function searchOf(summary: ExploreSummary, bound: number): InspectDocument['search'] {
  const { strategy, guarantee, executions, steps, states, elapsedMs } = summary;
  const finite = Number.isFinite(bound) ? bound : null;
  return { strategy, bound: finite, guarantee, executions, steps, states, elapsedMs };
}

/** A recorded run, performed again. */
export async function recordedDocument(
  scenario: Scenario,
  recorded: Recorded,
  search: InspectDocument['search'],
  hint: string,
): Promise<InspectDocument> {
  const engine = new Engine(scenario.program);
  const again = recorded.run(engine);
  const token = encodeToken(
    { ...recorded, verdict: again.finding?.verdict ?? 'pass', opsHash: again.opsHash },
    deviationsOf(again.decisions, again.enabled),
  );
  const schedule = isToken(recorded.text) ? '' : recorded.text;
  const replay = { command: `npx hotrace replay ${token}${hint}`, token, schedule };
  const isSame = divergenceText(recorded, again) === undefined;
  const verdict = isSame ? (again.finding?.verdict ?? 'pass') : 'diverged';
  const source = search === null ? 'replay' : 'explore';
  const about: About = { ...aboutOf(scenario, hint), source, verdict, replay, search };
  return await performed(scenario, engine, again, about);
}

/** The execution of the default rule: what a search that found nothing is shown with. */
export async function calmDocument(
  scenario: Scenario,
  again: Replay,
  search: InspectDocument['search'],
  verdict: Verdict,
  hint: string,
): Promise<InspectDocument> {
  const replay = { command: '', token: '', schedule: '' };
  const source = search === null ? 'stress' : 'explore';
  const about: About = { ...aboutOf(scenario, hint), source, verdict, replay, search };
  return await performed(scenario, new Engine(scenario.program), again, about);
}

async function performed(
  scenario: Scenario,
  engine: Engine,
  again: Replay,
  about: About,
): Promise<InspectDocument> {
  const observed = observe(engine, again.decisions);
  const { enabled, decisions, trace } = again;
  const seen = { observed, exact: true, enabled, choices: decisions.choices };
  return makeDocument(about, trace, await machinesOf(scenario.program), seen);
}

/**
 * A trace alone: of real threads, or from a file. `scenario`: where its program is known; `ran`:
 * what the threads really ran, algorithms behind its locks.
 */
export async function traceDocument(
  trace: Trace,
  scenario: Scenario | undefined,
  source: 'stress' | 'trace',
  ran?: Program,
): Promise<InspectDocument> {
  const known = scenario === undefined ? undefined : aboutOf(scenario, '');
  const about: About = {
    hotrace: packageVersion(),
    title: '',
    designTitle: '',
    expected: [],
    daemons: [],
    ...known,
    // Real threads order their steps in ways that no schedule of the explorer has.
    origin: null,
    source,
    verdict: trace.finding?.verdict ?? 'pass',
    replay: { command: '', token: '', schedule: '' },
    search: null,
  };
  const machines = scenario === undefined ? NO_MACHINES : await machinesOf(scenario.program);
  // A program with other objects is another version's: its image is not this trace's memory.
  const program = ran ?? scenario?.program;
  const isSame = program?.layout.imageWords === trace.layout.imageWords;
  const observed = workedOut(trace, isSame ? program?.image : undefined);
  return makeDocument(about, trace, machines, { observed, exact: false, enabled: [], choices: [] });
}

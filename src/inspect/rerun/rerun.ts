/**
 * A schedule performed again, other decisions at its end: the same code in Node and in the page.
 */
import { deviationsOf } from '../../explore/deviations.ts';
import { Engine } from '../../explore/engine.ts';
import { type Decisions, replay } from '../../explore/replay.ts';
import { encodeToken } from '../../explore/token.ts';
import { buildProgram } from '../../scenarios/build.ts';
import type { BuildRequest, System } from '../../scenarios/system.ts';
import type { LockAlgorithm } from '../../sync/algorithm.ts';
import type { InspectDocument } from '../document/document.ts';
import { makeDocument } from '../document/make.ts';
import { observe } from '../document/observed.ts';

const STEPS_LIMIT = 50_000;

/** What a page is given of a system: `rerun` with everything else filled in. */
export type Rerun = (shown: InspectDocument, decisions: Decisions) => InspectDocument;

/**
 * Runs decisions, and the default rule after the last of them, on the program of a document.
 * @throws Error where the document has none, or the decisions do not fit it.
 */
export function rerunner(system: System, zoo: readonly LockAlgorithm[]): Rerun {
  return (shown, decisions) => {
    const { origin } = shown;
    if (origin === null) throw new Error('this document does not say what it was made from');
    // JSON border: it is what buildProgram() was given when the document was made; the page reads
    // no other, and a program that cannot be built says so.
    const request = origin.request as unknown as BuildRequest;
    const engine = new Engine(buildProgram(system, request, zoo));
    const again = replay(engine, decisions, STEPS_LIMIT);
    const { divergence } = again;
    if (divergence !== undefined) {
      const { step, expected, found } = divergence;
      throw new Error(`at step ${step} expected ${expected}, found ${found}`);
    }
    const machines = {
      // Moves that no chart knows are added to them: not to those of the document that is shown.
      machines: shown.machines.map((machine) => ({ ...machine, tuples: [...machine.tuples] })),
      ofActor: shown.actors.map(({ machine }) => machine),
      watched: shown.watched,
    };
    const observed = observe(engine, again.decisions);
    const { target, design } = shown;
    const verdict = again.finding?.verdict ?? 'pass';
    const { mark, hint } = origin;
    const token = encodeToken(
      { target, design, mark, verdict, opsHash: again.opsHash },
      deviationsOf(again.decisions, again.enabled),
    );
    const about = {
      ...shown,
      source: 'replay',
      search: null,
      verdict,
      replay: { command: `npx hotrace replay ${token}${hint}`, token, schedule: '' },
      daemons: shown.actors.map(({ daemon }) => daemon),
    } as const;
    const { enabled, trace } = again;
    const seen = { observed, exact: true, enabled, choices: again.decisions.choices };
    return makeDocument(about, trace, machines, seen);
  };
}

/** A recorded run as the user names it, a schedule file or a token, ready to be run again. */
import { existsSync } from 'node:fs';
import { DeviationPicker } from '../explore/deviations.ts';
import type { Engine } from '../explore/engine.ts';
import { DecisionLog, execute } from '../explore/execute.ts';
import { type Replay, replay } from '../explore/replay.ts';
import { decisionsOf, readSchedule } from '../explore/schedule.ts';
import { decodeToken, isToken } from '../explore/token.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { UserError } from './errors.ts';
import type { LockOptions } from './options.ts';
import {
  makeScenario,
  QUARANTINE_DEFAULT,
  readInput,
  readTopologyFile,
  type Scenario,
} from './scenario.ts';
import { markOf } from './schedules.ts';

/** What a replay must be told besides the schedule, to find the same program. */
export interface RecordedOptions extends LockOptions {
  readonly topology?: string;
  readonly quarantine?: number;
  readonly system?: string;
}

const STEPS_LIMIT = 200_000;

/** A schedule or token, as far as both carry the same. */
export interface Recorded {
  readonly target: string;
  readonly design: string;
  readonly opsHash: string;
  readonly mark: string;
  readonly verdict: Verdict;
  readonly run: (engine: Engine) => Replay;
  readonly text: string;
}

/** @throws UserError for what is neither a schedule file nor a token. */
export function readRecorded(argument: string): Recorded {
  if (isToken(argument)) return fromToken(argument);
  if (!existsSync(argument)) {
    throw new UserError(
      `expected a schedule file or a token (ht1....), found ${argument.slice(0, 60)}`,
    );
  }
  const text = readInput(argument, 'a schedule').toString('utf8');
  return isToken(text) ? fromToken(text.trim()) : fromSchedule(text);
}

function fromToken(text: string): Recorded {
  const { deviations, ...contents } = decodeToken(text);
  const run = (engine: Engine): Replay => {
    const log = new DecisionLog(STEPS_LIMIT);
    const picker = new DeviationPicker(deviations);
    picker.start();
    execute(engine, picker, log);
    const missed = picker.divergence();
    if (missed !== undefined) {
      const name = engine.program.actors[missed.actor]?.name ?? `actor ${missed.actor}`;
      const expected = `a switch to ${name}`;
      const actors = [...log.actors.subarray(0, Math.min(missed.step, log.length))];
      const again = replay(engine, { actors, choices: log.choices }, STEPS_LIMIT);
      const found = `${name} cannot move there, or the execution has ended`;
      return { ...again, divergence: { step: missed.step, expected, found } };
    }
    const actors = [...log.actors.subarray(0, log.length)];
    return replay(engine, { actors, choices: log.choices }, STEPS_LIMIT);
  };
  return { ...contents, run, text: `${text}\n` };
}

function fromSchedule(text: string): Recorded {
  const schedule = readSchedule(text);
  const run = (engine: Engine): Replay => {
    const names = engine.program.actors.map((a) => a.name);
    return replay(engine, decisionsOf(schedule.runs, names), STEPS_LIMIT);
  };
  const { target, design, opsHash, mark, verdict } = schedule;
  return { target, design, opsHash, mark, verdict, run, text };
}

/**
 * The scenario that a recorded run was found in.
 * @throws UserError where the options make another one.
 */
export async function scenarioOf(recorded: Recorded, options: RecordedOptions): Promise<Scenario> {
  const raceId = recorded.target.slice(recorded.target.lastIndexOf('/') + 1);
  const scenario = await makeScenario({
    target: options.system === undefined ? recorded.target : `${options.system}/${raceId}`,
    design: recorded.design,
    topology: readTopologyFile(options.topology),
    quarantine: options.quarantine ?? QUARANTINE_DEFAULT,
    locks: options,
  });
  if (markOf(scenario.request) === recorded.mark) return scenario;
  const given = options.topology ?? 'the default topology';
  const hint = recorded.mark === '' ? 'leave such options out' : 'pass them';
  const text = 'this schedule was found with another --topology, --quarantine or lock';
  throw new UserError(`${text} (mark ${recorded.mark || 'default'}), found ${given}: ${hint}`);
}

/** What is not as recorded, or undefined. */
export function divergenceText(recorded: Recorded, again: Replay): string | undefined {
  const { divergence, opsHash, finding } = again;
  if (divergence !== undefined) {
    const { step, expected, found } = divergence;
    return `diverged: at step ${step} expected ${expected}, found ${found}`;
  }
  const verdict = finding?.verdict ?? 'pass';
  if (verdict !== recorded.verdict) {
    return `diverged: expected ${recorded.verdict}, found ${verdict}: the model has changed`;
  }
  if (opsHash !== recorded.opsHash) {
    const hashes = `ops=${recorded.opsHash}, found ops=${opsHash}`;
    return `diverged: the verdict is the same, the operations are not: expected ${hashes}`;
  }
  return undefined;
}

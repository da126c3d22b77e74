/** Counterexamples as schedule files and tokens, and back. */
import type { Counterexample } from '../explore/confirm.ts';
import { deviationsOf } from '../explore/deviations.ts';
import { hash6, runsOf, type Schedule, writeSchedule } from '../explore/schedule.ts';
import { encodeToken } from '../explore/token.ts';
import { nameOfAddress } from '../memory/image.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { BuildRequest } from '../scenarios/system.ts';
import { QUARANTINE_DEFAULT } from './scenario.ts';
import { packageVersion } from './version.ts';

export interface ScheduleTexts {
  readonly schedule: string;
  readonly token: string;
}

export interface ScheduleOrigin {
  readonly request: BuildRequest;
  readonly strategy: string;
  readonly bound: number;
  readonly seed: number;
}

/** Tells whether a replay runs on the machine a schedule was found on; '' for the default one. */
export function markOf(request: BuildRequest): string {
  const { machine, machineName, quarantine, locks } = request;
  const usual = machineName === 'default' && quarantine === QUARANTINE_DEFAULT;
  if (usual && locks === undefined) return '';
  return hash6(JSON.stringify([machine, quarantine, ...(locks === undefined ? [] : [locks])]));
}

export function scheduleTexts(origin: ScheduleOrigin, found: Counterexample): ScheduleTexts {
  const { trace, decisions, finding, opsHash } = found;
  const names = trace.actors.map((a) => a.name);
  const chooses = new Set(trace.steps.filter((s) => s.kind === OPS.choose.kind).map((s) => s.step));
  const schedule: Schedule = {
    target: trace.target,
    design: trace.design,
    strategy: origin.strategy,
    bound: origin.bound,
    seed: origin.seed,
    opsHash,
    engine: packageVersion(),
    topology: origin.request.machineName,
    mark: markOf(origin.request),
    runs: runsOf(decisions, chooses, names),
    verdict: finding.verdict,
    step: decisions.actors.length,
    addr: finding.addr === 0 ? '' : nameOfAddress(trace.layout, finding.addr),
  };
  const token = encodeToken(schedule, deviationsOf(decisions, found.enabled));
  return { schedule: writeSchedule(schedule), token };
}

/** From what the user typed to a program: system, race, design, topology. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closest } from 'fastest-levenshtein';
import type { Program } from '../actor/program.ts';
import { installLowering } from '../ops/lower/hooks.ts';
import { LoweringError } from '../ops/lower/source.ts';
import { buildProgram } from '../scenarios/build.ts';
import { loadSystem, SYSTEMS, systemEntry } from '../scenarios/registry.ts';
import type {
  BuildRequest,
  Design,
  Expectation,
  LockNames,
  Race,
  System,
} from '../scenarios/system.ts';
import { loadZoo } from '../scenarios/zoo.ts';
import type { LockAlgorithm } from '../sync/algorithm.ts';
import { defaultTopology } from '../topology/default-topology.ts';
import { TopologyError } from '../topology/error.ts';
import { parseTopologyJson } from '../topology/json.ts';
import { buildMachine } from '../topology/machine.ts';
import { printable } from '../topology/printable.ts';
import { readLimits, readTopology } from '../topology/read.ts';
import type { Topology } from '../topology/topology.ts';
import { UserError } from './errors.ts';

export const QUARANTINE_DEFAULT = 8;

export interface NamedTopology {
  /** `default`, or the file's name as it was given. */
  readonly name: string;
  readonly topology: Topology;
}

export interface Scenario {
  readonly system: System;
  readonly systemUrl: string;
  readonly race: Race;
  readonly design: Design;
  readonly expectation: Expectation;
  readonly request: BuildRequest;
  readonly program: Program;
}

/**
 * Reads a topology file (lspci text, hex dump, or hotrace's own JSON), or gives the default.
 * @throws UserError for a file that cannot be read, or is no topology.
 */
export function readTopologyFile(path: string | undefined): NamedTopology {
  if (path === undefined) return { name: 'default', topology: defaultTopology };
  const bytes = readInput(path, 'a topology file (lspci output)');
  const name = printable(path);
  try {
    const isJson = bytes.subarray(0, 512).toString('utf8').trimStart().startsWith('{');
    const read = isJson ? parseTopologyJson : readTopology;
    return { name, topology: read(bytes, readLimits) };
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error;
    throw new UserError(`${name}: ${error.message}`, { cause: error });
  }
}

/** @throws UserError for a file that cannot be read. */
export function readInput(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'no such file' : code;
    throw new UserError(`${printable(path)}: expected ${what}, ${why}`, { cause: error });
  }
}

/**
 * Finds a system by its id. A path to a module stands for a system of one's own.
 * @throws UserError when there is none, or a module of one's own cannot be loaded.
 */
export async function findSystem(id: string): Promise<{ system: System; url: string }> {
  installLowering('explored');
  const known = systemEntry(id);
  if (known !== undefined) return { system: await loadSystem(known.url), url: known.url };
  if (/\.(ts|mts|js|mjs)$/.test(id)) {
    if (!existsSync(id)) throw new UserError(`${printable(id)}: expected a system, no such file`);
    const url = pathToFileURL(resolve(id)).href;
    return { system: await loadOwn(url, id), url };
  }
  throw unknown(
    'system',
    id,
    SYSTEMS.map((s) => s.id),
  );
}

async function loadOwn(url: string, path: string): Promise<System> {
  try {
    return await loadSystem(url);
  } catch (error) {
    if (error instanceof Error && error.message.includes('does not export')) {
      const shown = printable(path);
      const text = `${shown}: expected \`export const system\`, found none`;
      throw new UserError(text, { cause: error });
    }
    if (error instanceof LoweringError || !(error instanceof Error)) throw error;
    // Whatever a module of the user's throws while it loads is in the module, not in hotrace.
    const shown = `${printable(path)}: cannot be loaded: ${printable(error.message)}`;
    throw new UserError(shown, { cause: error });
  }
}

/**
 * `eeh-pe/T3` as its parts.
 * @throws UserError for text of another form.
 */
export function splitTarget(target: string): {
  readonly systemId: string;
  readonly raceId: string;
} {
  const slash = target.lastIndexOf('/');
  const isPath = /\.(ts|mts|js|mjs)$/.test(target);
  if (slash <= 0 || isPath) {
    const shown = printable(target);
    throw new UserError(`expected SYSTEM/RACE (such as eeh-pe/T3), found ${JSON.stringify(shown)}`);
  }
  return { systemId: target.slice(0, slash), raceId: target.slice(slash + 1) };
}

export interface ScenarioChoice {
  readonly target: string;
  readonly design: string | undefined;
  readonly topology: NamedTopology;
  readonly quarantine: number;
  /** Algorithms behind the locks, as the user named them. */
  readonly locks?: LockNames;
}

/** Finds everything the user named and builds the program. */
export async function makeScenario(choice: ScenarioChoice): Promise<Scenario> {
  const { systemId, raceId } = splitTarget(choice.target);
  const { system, url } = await findSystem(systemId);
  const race = find('race', raceId, system.races, system.id);
  const [first] = system.designs;
  const designId = choice.design ?? first?.id ?? '';
  const design = find('design', designId, system.designs, system.id);
  const zoo = await loadZoo();
  const locks = knownLocks(choice.locks ?? {}, zoo);
  return buildScenario(system, url, race, design, choice.topology, choice.quarantine, {
    locks,
    zoo,
  });
}

/** @throws UserError for a name that is no algorithm of that kind. */
function knownLocks(
  { spinlock, mutex, rwsem }: LockNames,
  zoo: readonly LockAlgorithm[],
): LockNames {
  const name = (option: string, id: string, kind: LockAlgorithm['kind']): string => {
    const known = zoo.filter((lock) => lock.kind === kind).map((lock) => lock.id);
    if (!known.includes(id)) throw unknown(`lock for --${option}`, id, known);
    return id;
  };
  return {
    ...(spinlock === undefined ? {} : { spinlock: name('spinlock', spinlock, 'exclusive') }),
    ...(mutex === undefined ? {} : { mutex: name('mutex', mutex, 'exclusive') }),
    ...(rwsem === undefined ? {} : { rwsem: name('rwsem', rwsem, 'readers-writer') }),
  };
}

export function buildScenario(
  system: System,
  systemUrl: string,
  race: Race,
  design: Design,
  named: NamedTopology,
  quarantine: number,
  { locks, zoo }: { locks: LockNames; zoo: readonly LockAlgorithm[] } = { locks: {}, zoo: [] },
): Scenario {
  const expectation = race.expected[design.id];
  if (expectation === undefined) {
    throw new Error(`[hotrace bug] ${system.id}/${race.id} has no expectation for ${design.id}`);
  }
  const request: BuildRequest = {
    race: race.id,
    design: design.id,
    machine: buildMachine(named.topology, system.platformDefault(race.id)),
    machineName: named.name,
    quarantine,
    ...(Object.keys(locks).length === 0 ? {} : { locks }),
  };
  const program = buildProgram(system, request, zoo);
  return { system, systemUrl, race, design, expectation, request, program };
}

function find<T extends { readonly id: string }>(
  what: string,
  id: string,
  all: readonly T[],
  system: string,
): T {
  const found = all.find((x) => x.id === id) ?? all.find((x) => sameText(x.id, id));
  if (found !== undefined) return found;
  throw unknown(
    `${what} of ${system}`,
    id,
    all.map((x) => x.id),
  );
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** An error that lists what there is, and the nearest spelling. */
export function unknown(what: string, id: string, known: readonly string[]): UserError {
  const near = id === '' || known.length === 0 ? undefined : closest(id, [...known]);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const shown = JSON.stringify(printable(id));
  return new UserError(`unknown ${what} ${shown}${hint}; there are: ${known.join(', ')}`);
}

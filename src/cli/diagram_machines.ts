/** Which machines a user means: one by its id, all, or those of a system, a race or a file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { closest } from 'fastest-levenshtein';
import type { AnyStateMachine } from 'xstate';
import type { Program } from '../actor/program.ts';
import { TOP } from '../ops/lower/tree.ts';
import { SYSTEMS } from '../scenarios/registry.ts';
import type { Race, System } from '../scenarios/system.ts';
import { printable } from '../topology/printable.ts';
import { UserError } from './errors.ts';
import {
  buildScenario,
  findSystem,
  type NamedTopology,
  QUARANTINE_DEFAULT,
  readTopologyFile,
} from './scenario.ts';

/** Every machine that comes with hotrace, by id. */
export async function knownMachines(): Promise<ReadonlyMap<string, AnyStateMachine>> {
  const folder = join(TOP, 'machines');
  const files = readdirSync(folder).filter((name) => /\.(ts|js)$/.test(name));
  const found = new Map<string, AnyStateMachine>();
  for (const file of files.sort()) {
    const module: unknown = await import(pathToFileURL(join(folder, file)).href);
    if (typeof module !== 'object' || module === null) continue;
    for (const value of Object.values(module)) {
      if (isMachine(value)) found.set(value.id, value);
    }
  }
  return found;
}

/** Told by its shape: a system of one's own may bring an XState of its own. */
function isMachine(value: unknown): value is AnyStateMachine {
  if (typeof value !== 'object' || value === null) return false;
  return 'root' in value && 'config' in value && 'id' in value && typeof value.id === 'string';
}

export interface MachineChoice {
  readonly names: readonly string[];
  /** Machines of this design only; undefined: of every design. */
  readonly design: string | undefined;
  readonly topology: string | undefined;
}

/**
 * The machines of each name, each machine once.
 * @throws UserError for a name that stands for nothing.
 */
export async function machinesOf(choice: MachineChoice): Promise<AnyStateMachine[]> {
  const known = await knownMachines();
  const found = new Set<AnyStateMachine>();
  for (const name of choice.names) {
    const machine = known.get(name);
    if (machine !== undefined) found.add(machine);
    else if (name === 'all') for (const one of known.values()) found.add(one);
    else if (isOfSystem(name)) for (const one of await systemMachines(name, choice)) found.add(one);
    else throw unknownName(name, [...known.keys()]);
  }
  return [...found];
}

const MODULE = /\.(ts|mts|js|mjs)(\/|$)/;

function isOfSystem(name: string): boolean {
  return name.includes('/') || MODULE.test(name) || SYSTEMS.some(({ id }) => id === name);
}

function unknownName(name: string, machines: readonly string[]): UserError {
  const known = [...machines, ...SYSTEMS.map(({ id }) => id), 'all'];
  const near = name === '' ? undefined : closest(name, known);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const shown = JSON.stringify(printable(name));
  return new UserError(`unknown machine ${shown}${hint}; \`hotrace diagram\` lists them`);
}

/** Machines of the actors and of the watched words: of a race, or of all races of a system. */
async function systemMachines(name: string, choice: MachineChoice): Promise<AnyStateMachine[]> {
  const { systemId, raceId } = parts(name);
  const { system, url } = await findSystem(systemId);
  const races = raceId === undefined ? system.races : [raceOf(system, raceId)];
  const topology = readTopologyFile(choice.topology);
  const programs = races.flatMap((race) => programsOf(system, url, race, choice, topology));
  return programs.flatMap(({ actors, watched }) => [
    ...actors.map(({ binding }) => binding.machine),
    ...watched.map(({ machine }) => machine),
  ]);
}

/** `eeh-pe/T3`, `eeh-pe`, `./own.ts/race`, `./own.ts`. */
function parts(name: string): { readonly systemId: string; readonly raceId: string | undefined } {
  const isWhole = SYSTEMS.some(({ id }) => id === name) || /\.(ts|mts|js|mjs)$/.test(name);
  if (isWhole) return { systemId: name, raceId: undefined };
  const slash = name.lastIndexOf('/');
  return { systemId: name.slice(0, slash), raceId: name.slice(slash + 1) };
}

function raceOf(system: System, id: string): Race {
  const ids = system.races.map((race) => race.id);
  const found = system.races.find((race) => race.id.toLowerCase() === id.toLowerCase());
  if (found !== undefined) return found;
  throw unknownPart(`race of ${system.id}`, id, ids);
}

function programsOf(
  system: System,
  url: string,
  race: Race,
  choice: MachineChoice,
  topology: NamedTopology,
): Program[] {
  const { design: wanted } = choice;
  const designs = system.designs.filter(({ id }) => wanted === undefined || id === wanted);
  const ids = system.designs.map(({ id }) => id);
  if (designs.length === 0) throw unknownPart(`design of ${system.id}`, wanted ?? '', ids);
  return designs.map((design) => {
    return buildScenario(system, url, race, design, topology, QUARANTINE_DEFAULT).program;
  });
}

function unknownPart(what: string, id: string, known: readonly string[]): UserError {
  const near = id === '' || known.length === 0 ? undefined : closest(id, [...known]);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  const shown = JSON.stringify(printable(id));
  return new UserError(`unknown ${what} ${shown}${hint}; there are: ${known.join(', ')}`);
}

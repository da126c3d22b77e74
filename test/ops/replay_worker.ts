/**
 * Entry of a worker thread: plays recorded actors again in another form. Every operation is
 * compared with the recorded one and answered as it was.
 */
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { ActorSpec } from '../../src/actor/program.ts';
import { tableOf } from '../../src/actor/table.ts';
import { drive } from '../../src/ops/drive.ts';
import { installLowering } from '../../src/ops/lower/hooks.ts';
import { compileToWasm } from '../../src/ops/lower/wasm.ts';
import { WasmSources } from '../../src/ops/lower/wasm_modules.ts';
import type { Op } from '../../src/ops/reference.ts';
import { siteOf, textId } from '../../src/ops/sites.ts';
import { OPS } from '../../src/ops/vocabulary.ts';
import { instantiate } from '../../src/ops/wasm/instantiate.ts';
import { sharedMemory } from '../../src/ops/wasm/webassembly.ts';
import type { BuildRequest } from '../../src/scenarios/system.ts';

export type ReplayForm = 'reference' | 'native' | 'sanitized' | 'wasm';

export interface RecordedRun {
  readonly system: string;
  readonly request: BuildRequest;
  readonly records: readonly (readonly number[])[];
}

export interface ReplaySetup {
  readonly form: ReplayForm;
  readonly runs: readonly RecordedRun[];
}

export interface ReplayAnswer {
  readonly operations: number;
  /** The first differences, in words. */
  readonly differences: readonly string[];
  /** Procedures by what they are in this form. */
  readonly generators: number;
  readonly plain: number;
}

// The test starts this worker with exactly this.
const { form, runs } = workerData as ReplaySetup;

class EndOfRecord extends Error {}

const state = { record: [] as readonly number[], at: 0, operations: 0, registers: [0] };
const names = new Map(Object.entries(OPS).map(([name, { kind }]) => [kind, name]));

/** One operation of the form: must be the recorded one. */
function perform(kind: number, operands: readonly (number | string)[]): number {
  const words = operands.map((o) => (typeof o === 'string' ? textId(o) : Number(o) | 0));
  const [index = 0, value = 0] = words;
  if (kind === OPS.ctx_get.kind) return state.registers[index & 15] ?? 0;
  if (kind === OPS.ctx_set.kind) {
    state.registers[index & 15] = value;
    return 0;
  }
  const { record, at } = state;
  if (at >= record.length) throw new EndOfRecord();
  const count = record[at + 1] ?? 0;
  const expected = record.slice(at + 2, at + 2 + count);
  const same =
    record[at] === kind && expected.every((word, i) => i >= words.length || word === words[i]);
  if (!same) {
    const wanted = `${names.get(record[at] ?? 0)}(${expected.join(', ')})`;
    throw new Error(`expected ${wanted}, found ${names.get(kind)}(${words.join(', ')})`);
  }
  state.at = at + 3 + count;
  state.operations++;
  return record[at + 2 + count] ?? 0;
}

/** The operation of the sanitized form: a site that is known comes first. */
function performSited(kind: number, [site, ...operands]: readonly (number | string)[]): number {
  if (siteOf(Number(site)) === undefined) throw new Error(`site ${site} is not registered`);
  return perform(kind, operands);
}

/** What `#ops` stands for here: each operation is handed to perform(). */
function opsSource(): string {
  const lines = Object.entries(OPS).map(
    ([name, { kind }]) => `export const ${name} = (...o) => globalThis.hotracePerform(${kind}, o);`,
  );
  return `${lines.join('\n')}\nexport const GFP_KERNEL = 0, GFP_ATOMIC = 1;\n`;
}

if (form !== 'reference') {
  installLowering(form === 'wasm' ? 'native' : form);
  Reflect.set(globalThis, 'hotracePerform', form === 'sanitized' ? performSited : perform);
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === '#ops' ? { url: 'replay:ops', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === 'replay:ops'
        ? { format: 'module', source: opsSource(), shortCircuit: true }
        : next(url, context),
  });
}

const { loadSystem, SYSTEMS } = await import('../../src/scenarios/registry.ts');
type Call = () => number;
const counts = { generators: 0, plain: 0 };

function call(procedure: unknown, args: readonly unknown[]): number {
  if (typeof procedure !== 'function') throw new Error('not a procedure');
  if (/^function\s*\*/.test(String(procedure))) counts.generators++;
  else counts.plain++;
  if (form !== 'reference') return Number(procedure(...args)) | 0;
  // Un-lowered, a procedure is the generator function that its source says.
  return drive(procedure(...args) as Generator<Op, number, number>, perform) | 0;
}

function urlOf(system: string): string {
  return SYSTEMS.find(({ id }) => id === system)?.url ?? '';
}

/** Every operation is a function of this thread, and each procedure is compiled for its record. */
const OPERATIONS = Object.fromEntries(
  Object.entries(OPS).map(([name, { kind }]) => [
    name,
    (...operands: readonly (number | string)[]) => perform(kind, operands),
  ]),
);

const sources = new WasmSources();

/** The procedures of an actor by state: in WebAssembly, or as this thread has them. */
async function callsOf({ system }: RecordedRun, specs: readonly ActorSpec[]): Promise<Call[][]> {
  const tables = specs.map(({ binding }) => tableOf(binding).states);
  if (form !== 'wasm') {
    return tables.map((states, a) =>
      states.map((s) => () => call(s.procedure, specs[a]?.args ?? [])),
    );
  }
  const entries = tables.flatMap((states, a) =>
    states.flatMap(({ procedure }, s) => {
      const args = specs[a]?.args.map((v) => (typeof v === 'number' ? undefined : v)) ?? [];
      const module = urlOf(system);
      return procedure === undefined ? [] : [{ module, procedure, args, name: `${a} ${s}` }];
    }),
  );
  const bytes = await compileToWasm(entries, { accesses: 'import', optimize: false, sources });
  const { functions } = instantiate(bytes, sharedMemory(1), OPERATIONS);
  return tables.map((states, a) => {
    const words = specs[a]?.args.filter((v) => typeof v === 'number') ?? [];
    return states.map((_, s) => () => {
      counts.plain++;
      return functions[`${a} ${s}`]?.(...words) ?? 0;
    });
  });
}

async function replayRun(run: RecordedRun): Promise<string[]> {
  const { system, request, records } = run;
  const { actors } = (await loadSystem(urlOf(system))).build(request);
  const calls = await callsOf(run, actors);
  return actors.flatMap((spec, actor) => {
    state.record = records[actor] ?? [];
    state.at = 0;
    state.registers = Array.from({ length: 16 }, () => 0);
    const table = tableOf(spec.binding);
    let at = table.initial;
    try {
      for (;;) {
        const { procedure } = table.states[at] ?? {};
        if (procedure === undefined) break;
        at = table.next(at, calls[actor]?.[at]?.() ?? 0);
      }
    } catch (error) {
      if (!(error instanceof EndOfRecord)) {
        const where = `${system}/${request.race} ${request.design} ${spec.name}`;
        const words = error instanceof Error ? error.message : String(error);
        return [`${where}: word ${state.at} of ${state.record.length}: ${words}`];
      }
    }
    if (state.at === state.record.length) return [];
    return [`${spec.name}: ended after word ${state.at} of ${state.record.length}`];
  });
}

const differences: string[] = [];
for (const run of runs) differences.push(...(await replayRun(run)));
const answer: ReplayAnswer = {
  operations: state.operations,
  differences: differences.slice(0, 5),
  ...counts,
};
parentPort?.postMessage(answer);

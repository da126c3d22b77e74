/**
 * The loops of one lock, in a thread of the benchmark: modules loaded once more for each lock, so
 * that V8 sees one lock in each copy and compiles its procedures in.
 */

import type { WasmFunctions } from '../../../ops/wasm/instantiate.ts';
import type { WasmModule } from '../../../ops/wasm/webassembly.ts';
import type { LockAlgorithm } from '../../../sync/algorithm.ts';
import type { LockRef, Places, TraceTurn } from './protocol.ts';
import type { PlainProcedures, PlainReadersWriter, Tracer } from './trace_rounds.ts';

export interface Loops {
  /** Sections as fast as they go; answers how many were this thread's. */
  readonly round: (places: Places, thread: number) => number;
  /** Sections with a clock around each. */
  readonly trace: (tracer: Tracer, turn: TraceTurn) => number;
}

/** What the loops of rounds.ts are once they are lowered. */
type PlainRounds = (
  section: number,
  plan: number,
  thread: number,
  lock: number,
  self: number,
  procedures: unknown,
) => number;

type RoundsModule = Readonly<Record<'exclusive_rounds' | 'readers_writer_rounds', PlainRounds>>;
type TraceModule = typeof import('./trace_rounds.ts');

/** `instanceOf`: a module made ready over the words of this thread. */
export async function loadLoops(
  ref: LockRef,
  instanceOf: (module: WasmModule) => WasmFunctions,
): Promise<Loops> {
  const copy = `?lock=${encodeURIComponent(ref.key)}`;
  // Lowered, a procedure is a plain function of words.
  const roundsUrl = new URL('../../../sync/bench/rounds.ts', import.meta.url).href;
  const rounds = (await import(`${roundsUrl}${copy}`)) as RoundsModule;
  const traceUrl = new URL('./trace_rounds.ts', import.meta.url).href;
  // The module of that very name.
  const traced = (await import(`${traceUrl}${copy}`)) as TraceModule;
  const { wasm } = ref;
  if (wasm !== undefined) return wasmLoops(ref, instanceOf(wasm), traced);
  const byHand = await roundsByHand(ref);
  if (byHand !== undefined) return bound(byHand, undefined, () => 0);
  const procedures = await proceduresOf(ref);
  const exclusive = ref.kind === 'exclusive';
  const run = exclusive ? rounds.exclusive_rounds : rounds.readers_writer_rounds;
  return bound(run, procedures, (tracer, turn) =>
    exclusive
      ? // The kind says which procedures they are; lowered, they are plain functions.
        traced.traceExclusive(tracer, turn, procedures as PlainProcedures)
      : // As above.
        traced.traceReadersWriter(tracer, turn, procedures as PlainReadersWriter),
  );
}

/** The same loops, whole ones compiled and those with clocks around compiled procedures. */
function wasmLoops(ref: LockRef, functions: WasmFunctions, traced: TraceModule): Loops {
  const { rounds } = functions;
  if (rounds === undefined) throw new Error(`[hotrace bug] ${ref.key} is compiled without rounds`);
  // wasm.ts exports the procedures of the lock by their names.
  const plain = functions as unknown as PlainProcedures & PlainReadersWriter;
  const run: PlainRounds = (section, plan, thread, lock, self) =>
    rounds(section, plan, thread, lock, self);
  return bound(run, undefined, (tracer, turn) =>
    ref.kind === 'exclusive'
      ? traced.traceExclusive(tracer, turn, plain)
      : traced.traceReadersWriter(tracer, turn, plain),
  );
}

function bound(run: PlainRounds, procedures: unknown, trace: Loops['trace']): Loops {
  const round: Loops['round'] = (places, thread) => {
    const { section, plan, lock } = places;
    const own = places.threads[thread] ?? 0;
    return run(section, plan, own, lock, places.selves[thread] ?? 0, procedures);
  };
  return { round, trace };
}

/** A module of comparators holds whole loops, by id: `export const ROUNDS`. */
async function roundsByHand({ id, from }: LockRef): Promise<PlainRounds | undefined> {
  if (from === 'zoo' || from === 'none') return undefined;
  const module: unknown = await import(from);
  if (typeof module !== 'object' || module === null || !('ROUNDS' in module)) return undefined;
  // Comparators are ours: loops of the same form as lowered ones.
  return (module.ROUNDS as Readonly<Record<string, PlainRounds>>)[id];
}

/** @throws Error `[hotrace bug]` for a lock that the coordinator has found and this thread not. */
async function proceduresOf({ id, from }: LockRef): Promise<unknown> {
  if (from === 'none') return (await import('../../../sync/bench/no_lock.ts')).NO_LOCK;
  if (from === 'zoo') return (await import('../../../sync/zoo.ts')).algorithmOf(id).procedures;
  const module: unknown = await import(from);
  const found = locksOf(module).find((algorithm) => algorithm.id === id);
  if (found === undefined) throw new Error(`[hotrace bug] no lock ${id} in ${from}`);
  return found.procedures;
}

function locksOf(module: unknown): readonly LockAlgorithm[] {
  if (typeof module !== 'object' || module === null || !('system' in module)) return [];
  const { system } = module;
  if (typeof system !== 'object' || system === null || !('locks' in system)) return [];
  // The command has checked that it is a lock system.
  return system.locks as readonly LockAlgorithm[];
}

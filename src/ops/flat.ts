/**
 * The explored form at run time: a procedure compiled to a flat resumable state machine whose whole
 * state is a run of words. `step(words, acb, frame)` runs from the frame's label to its next
 * operation, call or return. Snapshot, restore and hash an execution by copying words.
 *
 * Frame:  [label, procedure id, caller's frame (0 = none), parameters, locals, temporaries]
 * ACB (actor control block): see ACB below; the engine adds its own words after ACB.size.
 */
import type { Site } from './sites.ts';
import { CTX_REGISTERS, OPERANDS_MAX } from './vocabulary.ts';

/** Word offsets in an actor control block. */
export const ACB = {
  /** Kind of the pending operation. */
  kind: 0,
  /** Its operands, OPERANDS_MAX words. */
  operands: 1,
  /** Result of the last operation or call. */
  result: 1 + OPERANDS_MAX,
  /** The running frame. */
  frame: 2 + OPERANDS_MAX,
  /** First word after this actor's stack. */
  stackEnd: 3 + OPERANDS_MAX,
  ctx: 4 + OPERANDS_MAX,
  size: 4 + OPERANDS_MAX + CTX_REGISTERS,
} as const;

/** What a step answers. */
export const STEP = { OPERATION: 0, CALL: 1, DONE: 2 } as const;

export type StepFunction = (words: Int32Array, acb: number, frame: number) => number;

/** A procedure in explored form. */
export interface FlatProcedure extends StepFunction {
  /** Index into `steps`. */
  id: number;
}

export interface FlatMeta {
  readonly name: string;
  readonly file: string;
  readonly params: number;
  /** Words of its frame. */
  readonly frame: number;
  /** Source line of the operation or call that a label resumes after; 0 where there is none. */
  readonly lines: readonly number[];
}

/** All compiled procedures of this thread, by id. Id 0 is nobody. */
export const steps: StepFunction[] = [() => STEP.DONE];
export const metas: FlatMeta[] = [{ name: '', file: '', params: 0, frame: 3, lines: [] }];

/**
 * Called by compiled modules, once per procedure.
 * @public Imported by the code that lower/flat.ts writes.
 */
export function registerFlat(step: StepFunction, meta: FlatMeta): void {
  const id = steps.length;
  steps.push(step);
  metas.push(meta);
  Object.defineProperty(step, 'id', { value: id });
}

/**
 * Procedures and frozen records that travel through parameters, by handle. Handle 0 is nothing.
 * @public Imported by the code that lower/flat.ts writes.
 */
export const handles: unknown[] = [undefined];
const handleOf = new Map<unknown, number>();

/**
 * A value as a frame word: numbers and booleans as they are, anything else by handle.
 * @throws Error `[hotrace bug]` for a record that is not frozen: designs are constants.
 */
export function toWord(value: unknown): number {
  if (typeof value === 'number') return value | 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const known = handleOf.get(value);
  if (known !== undefined) return known;
  if (typeof value !== 'function' && !(typeof value === 'object' && Object.isFrozen(value))) {
    throw new Error(`[hotrace bug] not a number, procedure or frozen record: ${String(value)}`);
  }
  handles.push(value);
  handleOf.set(value, handles.length - 1);
  return handles.length - 1;
}

/**
 * Called on entry of a procedure that would run over its actor's stack.
 * @public Imported by the code that lower/flat.ts writes.
 */
export function stackOverflow(name: string): never {
  throw new Error(`[hotrace bug] ${name}: the actor's stack is too small (unbounded recursion?)`);
}

/** @throws Error `[hotrace bug]` when the module was not loaded in explored form. */
export function flatProcedure(procedure: unknown): FlatProcedure {
  if (typeof procedure === 'function' && 'id' in procedure && typeof procedure.id === 'number') {
    return procedure as FlatProcedure;
  }
  throw new Error('[hotrace bug] a procedure was not loaded in explored form');
}

/** Pushes a frame for a call from outside: the actor's next step starts the procedure. */
export function pushRootFrame(
  words: Int32Array,
  acb: number,
  stack: number,
  procedure: FlatProcedure,
  args: readonly number[],
): void {
  words[stack] = 0;
  words[stack + 1] = procedure.id;
  words[stack + 2] = 0;
  for (let i = 0; i < args.length; i++) words[stack + 3 + i] = args[i] ?? 0;
  words[acb + ACB.frame] = stack;
}

/** First word after an actor's running frame; `stack` while it runs nothing. */
export function stackTop(words: Int32Array, acb: number, stack: number): number {
  const frame = words[acb + ACB.frame] ?? 0;
  return frame === 0 ? stack : frame + (metas[words[frame + 1] ?? 0]?.frame ?? 0);
}

/** Where an actor stands: the operation's own place first, then its callers. */
export function stackSites(words: Int32Array, acb: number): Site[] {
  const sites: Site[] = [];
  let frame = words[acb + ACB.frame] ?? 0;
  while (frame !== 0 && sites.length < 64) {
    const meta = metas[words[frame + 1] ?? 0];
    if (meta === undefined) break;
    const line = meta.lines[words[frame] ?? 0] ?? 0;
    sites.push({ procedure: meta.name, file: meta.file, line });
    frame = words[frame + 2] ?? 0;
  }
  return sites;
}

/** One source in all forms, each run to its end over the same words. */
import { drive, type Perform } from '../../../src/ops/drive.ts';
import { ACB, flatProcedure, pushRootFrame, STEP, steps, toWord } from '../../../src/ops/flat.ts';
import { lower } from '../../../src/ops/lower/hooks.ts';
import { type Lowering, moduleUrl } from '../../../src/ops/lower/tree.ts';
import { OPS } from '../../../src/ops/vocabulary.ts';
import { memory, registers } from './shim_words.ts';

/** A module's exports; what they are is the test's business. */
export type Exports = Readonly<Record<string, unknown>>;
export type Form = 'reference' | Lowering;

const OPS_URL: Record<Form, string> = {
  reference: moduleUrl('src/ops/reference.ts'),
  explored: moduleUrl('src/ops/reference.ts'),
  native: new URL('./shim_native.ts', import.meta.url).href,
  sanitized: new URL('./shim_sanitized.ts', import.meta.url).href,
};

let unique = 0;

/** Loads a JavaScript procedure module in one form. */
export async function load(source: string, form: Form): Promise<Exports> {
  const path = `/procedures/p${unique++}.js`;
  const code = form === 'reference' ? source : lower(source, path, form).code;
  const text = code.replaceAll("'#ops'", `'${OPS_URL[form]}'`);
  const url = `data:text/javascript,${encodeURIComponent(`${text}\n// ${path}`)}`;
  // What import() answers is a namespace object.
  return (await import(url)) as Exports;
}

/** Operations on `memory` and on the registers of one actor. */
const perform: Perform = (kind, operands) => {
  const [addr = 0, a = 0, b = 0] = operands.map(Number);
  const old = memory[addr] ?? 0;
  switch (kind) {
    case OPS.read.kind:
      return old;
    case OPS.write.kind:
      memory[addr] = a;
      return 0;
    case OPS.xchg.kind:
      memory[addr] = a;
      return old;
    case OPS.cmpxchg.kind:
      if (old === (a | 0)) memory[addr] = b;
      return old;
    case OPS.atomic_fetch_add.kind:
      memory[addr] = old + a;
      return old;
    case OPS.ctx_get.kind:
      return registers[addr & 15] ?? 0;
    case OPS.ctx_set.kind:
      registers[addr & 15] = a;
      return 0;
    default:
      throw new Error(`operation ${kind} is not in this test`);
  }
};

const STACK = 4096;

/** Runs a compiled procedure; answers its result. */
function runFlat(procedure: unknown, args: readonly unknown[]): number {
  const words = new Int32Array(ACB.size + STACK);
  words[ACB.stackEnd] = words.length;
  pushRootFrame(words, 0, ACB.size, flatProcedure(procedure), args.map(toWord));
  for (;;) {
    const frame = words[ACB.frame] ?? 0;
    const answer = steps[words[frame + 1] ?? 0]?.(words, 0, frame);
    if (answer === STEP.DONE) return words[ACB.result] ?? 0;
    if (answer !== STEP.OPERATION) continue;
    const operands = words.subarray(ACB.operands, ACB.operands + 4);
    words[ACB.result] = perform(words[ACB.kind] ?? 0, [...operands]);
  }
}

/** Runs `name` of a loaded module over a fresh memory; answers result, memory and registers. */
export function run(form: Form, exports: Exports, name: string, args: readonly unknown[]): string {
  registers.fill(0);
  memory.forEach((_, i) => {
    memory[i] = (i * 7919) ^ (i << 9);
  });
  const procedure = exports[name];
  if (typeof procedure !== 'function') throw new Error(`no procedure ${name}`);
  let result: unknown;
  if (form === 'explored') result = runFlat(procedure, args);
  else if (form === 'reference') result = drive(procedure(...args), perform);
  else result = procedure(...args);
  return `${Number(result) | 0} | ${memory.join(' ')}`;
}

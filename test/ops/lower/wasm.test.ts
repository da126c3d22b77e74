/** The WebAssembly form computes the same bits as the other forms, or is refused. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { describeError } from '../../../src/cli/errors.ts';
import { type WasmEntry, wasmRefusals } from '../../../src/ops/lower/wasm.ts';
import { loadBinaryen } from '../../../src/ops/wasm/binaryen.ts';
import { EFFECTS, HEAD, VALUES } from './constructs.ts';
import { type Form, load, run } from './forms.ts';
import { randomProcedure } from './random_procedure.ts';
import { compiled, folder, moduleOf, nativeExports, runWasm } from './wasm_form.ts';

afterAll(() => rmSync(folder, { recursive: true }));

/** Outcomes of many random procedures: in WebAssembly, and in another form. */
async function compare(seed: number, count: number, safe: boolean, form: Form): Promise<void> {
  const expected: string[] = [];
  const entries: WasmEntry[] = [];
  for (let i = 0; i < count; i++) {
    const { source } = randomProcedure(seed, i, safe);
    const other = await load(source, form);
    const record = (from: Readonly<Record<string, unknown>>): object =>
      Object.freeze({ twice: from['twice'], fetch: from['fetch'], number: 11 });
    expected.push(run(form, other, 'root', [0, record(other), other['twice']]));
    const module = moduleOf(source);
    const own = await nativeExports(module);
    const args = [undefined, record(own), own['twice']];
    entries.push({ module, procedure: 'root', name: `root${i}`, args });
  }
  const functions = await compiled(entries);
  for (let i = 0; i < count; i++) {
    const source = `seed ${seed}, ${i}\n${randomProcedure(seed, i, safe).source}`;
    expect(runWasm(functions, `root${i}`, [0]), source).toBe(expected[i]);
  }
}

describe('random procedures', () => {
  test('within int32 as written: as un-lowered', async () => {
    await compare(11, 80, true, 'reference');
  });

  test('beyond int32, with fractions and booleans: as the native form', async () => {
    await compare(12, 100, false, 'native');
  });
});

describe('one construct at a time', () => {
  const bodies = [...VALUES, ...EFFECTS].map(([what, body]) => ({ what, body }));

  test('all of them answer and leave what they must', async () => {
    const entries = bodies.map(({ body }): WasmEntry => {
      const module = moduleOf(`${HEAD}export function* root(at) { ${body} }`);
      return { module, procedure: 'root', name: body };
    });
    const functions = await compiled(entries);
    for (const [what, body, value, words] of [
      ...VALUES.map((v) => [...v, []] as const),
      ...EFFECTS,
    ]) {
      const [result, memory] = runWasm(functions, body, [0]).split(' | ');
      const left = memory?.split(' ').map(Number).slice(0, words.length);
      expect([what, Number(result), left]).toEqual([what, value, [...words]]);
    }
  });
});

const REFUSING = `import { read, write } from '#ops';
function* add(a, b) { return a + b; }
function* pass(p, x) { return yield* p(x, 1); }
function* size(d) { return d.size; }
function again(n) { return n > 0 ? again(n - 1) : 0; }
function text(n) { return 'ab'.length + n; }
function modulo(a, b) { return (a * 0.5) % b; }
function list(n) { return [n, 2][0]; }
function* recursive(n) { return again(n) < 1 ? 1 : 0; }
function* textual(n) { return text(n); }
function* fraction(n) { return modulo(n, 3); }
function* listed(n) { return list(n); }
export function* fine(n) { return yield* pass(add, n); }
`;

describe('what has no WebAssembly form', () => {
  test('is named with place and reason; what only needs an argument is told apart', async () => {
    const refusals = await wasmRefusals(moduleOf(REFUSING, 'refusing.js'));
    const lines = refusals.map(({ procedure, line, open, message }) => {
      const why = message.replace(/^.*?:\d+: /, '');
      return `${procedure} ${line} ${open ? 'open' : 'never'}: ${why}`;
    });
    expect(lines).toEqual([
      'pass 3 open: p is known only at run time: give the record or procedure in args',
      'size 4 open: d.size is known only at run time: give the record or procedure in args',
      'recursive 5 never: again: a plain function that calls itself',
      "textual 6 never: 'ab'.length has no form in WebAssembly",
      'fraction 7 never: % of doubles has no instruction in WebAssembly',
      'listed 8 never: [n, 2][0] has no form in WebAssembly',
    ]);
  });

  test('a compilation stops there', async () => {
    const module = moduleOf(REFUSING, 'refusing_too.js');
    const made = compiled([{ module, procedure: 'recursive' }]);
    await expect(made).rejects.toThrow(/refusing_too\.js:5:.*calls itself/);
    await expect(compiled([{ module, procedure: 'nobody' }])).rejects.toThrow(
      /no procedure nobody/,
    );
  });

  test('a known record makes a procedure whole', async () => {
    const module = moduleOf(REFUSING, 'whole.js');
    const args = [Object.freeze({ size: 12 })];
    const functions = await compiled([{ module, procedure: 'size', args }]);
    expect(functions['size']?.()).toBe(12);
  });

  test('without binaryen the user is told what to install', async () => {
    const missing = Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
    const loading = loadBinaryen(() => Promise.reject(missing));
    await expect(loading).rejects.toThrow(/npm install binaryen/);
    const told = describeError(await loading.catch((error: unknown) => error));
    expect(told.exit).toBe(2);
  });
});

/** The WebAssembly form computes the same bits as the other forms, or is refused. */
import { globSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { describeError } from '../../../src/cli/errors.ts';
import { isProcedureModule } from '../../../src/ops/lower/source.ts';
import { type WasmEntry, wasmRefusals } from '../../../src/ops/lower/wasm.ts';
import { WasmSources } from '../../../src/ops/lower/wasm_modules.ts';
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
function lowest(a) { return Math.min(a * 0.5, 3); }
function list(n) { return [n, 2][0]; }
function* recursive(n) { return again(n) < 1 ? 1 : 0; }
function* textual(n) { return text(n); }
function* fraction(n) { return lowest(n); }
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
      'fraction 7 never: Math.min of these has no form in WebAssembly',
      'listed 8 never: [n, 2][0] has no form in WebAssembly',
    ]);
  });

  test('every procedure of the locks and the actors has one, given its records', async () => {
    const top = new URL('../../../', import.meta.url);
    const sources = new WasmSources();
    const never: string[] = [];
    let open = 0;
    for (const path of globSync('{actors,src/sync}/**/*.ts', { cwd: fileURLToPath(top) })) {
      const { href } = new URL(path, top);
      if (!isProcedureModule(readFileSync(new URL(href), 'utf8'))) continue;
      const refusals = await wasmRefusals(href, { sources });
      never.push(...refusals.filter((r) => !r.open).map((r) => r.message));
      open += refusals.length;
    }
    expect(never).toEqual([]);
    expect(open).toBeGreaterThan(300);
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

  test('constants of its own, a struct among them, are what the running module has', async () => {
    const layout = new URL('../../../src/memory/layout.ts', import.meta.url).href;
    const module = moduleOf(`import { read } from '#ops';
      import { struct, word } from '${layout}';
      const inner = struct('wasm_test_inner', { a: word('one'), b: word('two') });
      export function* offset() { return inner.b * 100 + inner.sizeof; }
    `);
    const functions = await compiled([{ module, procedure: 'offset' }]);
    expect(functions['offset']?.()).toBe(102);
  });

  test('without binaryen the user is told what to install', async () => {
    const missing = Object.assign(new Error('gone'), { code: 'ERR_MODULE_NOT_FOUND' });
    const loading = loadBinaryen(() => Promise.reject(missing));
    await expect(loading).rejects.toThrow(/npm install binaryen/);
    const told = describeError(await loading.catch((error: unknown) => error));
    expect(told.exit).toBe(2);
  });
});

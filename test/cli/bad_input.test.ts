import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hotrace } from './run.ts';

/** Bad usage or input: exit 2, one clear text on stderr, no stack trace, nothing on stdout. */
function expectRefusal(args: readonly string[], ...texts: readonly string[]): void {
  const { status, stdout, stderr } = hotrace(...args);
  expect(stderr).not.toMatch(/\n\s+at /);
  for (const text of texts) expect(stderr).toContain(text);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
}

function file(name: string, content: string): string {
  const path = join(tmpdir(), `hotrace-test-${process.pid}-${name}`);
  writeFileSync(path, content);
  return path;
}

test('an unknown system is refused with the nearest spelling and the list', () => {
  expectRefusal(
    ['explore', 'pciehp-comand/probe'],
    'unknown system "pciehp-comand"',
    'did you mean pciehp-command?',
    'eeh-pe',
  );
});

test('an unknown race is refused with the nearest spelling and the list', () => {
  expectRefusal(['explore', 'pciehp-command/prob'], 'did you mean probe?', 'hot-add', 'hot-remove');
});

test('an unknown design is refused with the list', () => {
  expectRefusal(['explore', 'eeh-pe/T1', '--design', 'refcont'], 'did you mean refcount?', 'none');
});

test('a target without a race is refused with an example', () => {
  expectRefusal(['explore', 'eeh-pe'], 'expected SYSTEM/RACE', 'eeh-pe/T3');
});

test('an unknown option is refused with the nearest one', () => {
  expectRefusal(['explore', 'eeh-pe/T1', '--bond', '2'], "unknown option '--bond'", '--bound');
});

test('a bound that is no number is refused with what came', () => {
  expectRefusal(['explore', 'eeh-pe/T1', '--bound', 'two'], 'expected a whole number', 'two');
});

test('a topology file that is not there is refused by its name', () => {
  expectRefusal(['topology', '/no/such/file'], '/no/such/file', 'no such file');
});

test('a topology of nonsense says what was expected', () => {
  expectRefusal(['topology', file('nonsense', 'hello\nworld\n')], 'expected');
});

test('terminal escapes in a topology never reach the terminal', () => {
  const hostile = file('hostile', '00:00.0 Host bridge: Evil \u001b[31mCorp\u001b]0;x\u0007\n');
  const { stdout, stderr } = hotrace('topology', hostile);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
  expect(stdout + stderr).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
});

test('a race that a topology cannot host says what it needs and what there is', () => {
  const small = file('small', '00:00.0 Host bridge: Small Corp Nothing\n');
  expectRefusal(['explore', 'eeh-pe/T2', '--topology', small], 'needs', 'has');
});

test('a replay of neither file nor token says what was expected', () => {
  expectRefusal(['replay', 'nonsense'], 'expected a schedule file or a token');
});

test('a mistyped token is told by its checksum', () => {
  expectRefusal(['replay', 'ht1.pciehp-command.probe.A1.KAQ7qmdKJAQdtZa'], 'token');
});

test('a schedule file with a broken line says which', () => {
  expectRefusal(
    ['replay', file('schedule', 'hotrace-schedule 1 scenario=x\n')],
    'line 1',
    'expected',
  );
});

test('a module that exports no system is refused by its name', () => {
  const path = file('module.ts', 'export const nothing = 1;\n');
  expectRefusal(['explore', `${path}/R1`], 'expected `export const system`');
});

test('a procedure outside the language is refused with file and line', () => {
  const text = [
    "import { read } from 'hotrace/ops';",
    'export function* walk(at) {',
    '  read(at);',
    '}',
    'export const system = {};',
  ].join('\n');
  expectRefusal(['explore', `${file('bad.ts', text)}/R1`], 'bad.ts:3:', 'without yield');
});

/** All forms of a procedure compute the same bits: random procedures, every construct. */
import { describe, expect, test } from 'vitest';
import { EFFECTS, HEAD, VALUES } from './constructs.ts';
import { type Exports, type Form, load, run } from './forms.ts';
import { randomProcedure } from './random_procedure.ts';

const LOWERED: readonly Form[] = ['explored', 'native', 'sanitized'];

async function outcome(source: string, form: Form): Promise<string> {
  const exports: Exports = await load(source, form);
  const { twice, fetch, fetch_one } = exports;
  const d = Object.freeze({ twice, fetch, number: 11 });
  return run(form, exports, 'root', [0, d, twice ?? fetch_one]);
}

async function compare(seed: number, from: number, to: number, safe: boolean): Promise<void> {
  const forms: readonly Form[] = safe ? ['reference', ...LOWERED] : LOWERED;
  for (let i = from; i < to; i++) {
    const { source } = randomProcedure(seed, i, safe);
    const outcomes = await Promise.all(forms.map((form) => outcome(source, form)));
    for (const [k, form] of forms.entries()) {
      expect(outcomes[k], `seed ${seed}, ${i}: ${form} against ${forms[0]}\n${source}`).toBe(
        outcomes[0],
      );
    }
  }
}

describe('random procedures', () => {
  test('within int32 as written: un-lowered, flat, native and sanitized agree', async () => {
    await compare(1, 0, 150, true);
  });

  test('beyond int32, with fractions and booleans: flat, native and sanitized agree', async () => {
    await compare(2, 0, 150, false);
  });
});

describe('one construct at a time: the value that every lowered form answers', () => {
  test.each(VALUES)('%s', async (_what, body, value) => {
    const source = `${HEAD}export function* root(at) { ${body} }`;
    for (const form of LOWERED) {
      expect(`${form} ${await outcomeOf(source, form)}`).toBe(`${form} ${value}`);
    }
  });

  test.each(EFFECTS)('%s', async (_what, body, value, words) => {
    const source = `${HEAD}export function* root(at) { ${body} }`;
    for (const form of ['reference', ...LOWERED] as const) {
      const answer = run(form, await load(source, form), 'root', [0]);
      const [result, memory] = answer.split(' | ');
      expect([form, Number(result), memory?.split(' ').map(Number).slice(0, words.length)]).toEqual(
        [form, value, [...words]],
      );
    }
  });
});

async function outcomeOf(source: string, form: Form): Promise<string> {
  return run(form, await load(source, form), 'root', [0]).split(' | ')[0] ?? '';
}

import { describe, expect, test } from 'vitest';
import { DeviationPicker, type Deviations, deviationsOf } from '../../src/explore/deviations.ts';
import { Prng } from '../../src/explore/prng.ts';
import { ScheduleError } from '../../src/explore/schedule.ts';
import { decodeToken, encodeToken, isToken, type TokenSource } from '../../src/explore/token.ts';
import { VERDICTS } from '../../src/oracles/verdict.ts';

const SOURCE: TokenSource = {
  target: 'eeh-pe/T3',
  design: 'rescan-lock-nolock',
  opsHash: '9f3c1a',
  mark: '',
  verdict: 'use-after-free',
};
const DEVIATIONS: Deviations = {
  picks: [
    { step: 12, actor: 2 },
    { step: 214, actor: 0 },
    { step: 1830, actor: 5 },
  ],
  choices: [{ index: 1, answer: 3 }],
};
const TOKEN = encodeToken(SOURCE, DEVIATIONS);

/** Ascending deviations of an execution of `steps` steps. */
function randomDeviations(prng: Prng, steps: number, picks: number, actors: number): Deviations {
  const at = new Set(Array.from({ length: picks }, () => prng.below(steps)));
  const answered = new Set(Array.from({ length: prng.below(3) }, () => prng.below(6)));
  return {
    picks: ascending(at).map((step) => ({ step, actor: prng.below(actors) })),
    choices: ascending(answered).map((index) => ({ index, answer: 1 + prng.below(4) })),
  };
}

function ascending(numbers: ReadonlySet<number>): number[] {
  return [...numbers].toSorted((a, b) => a - b);
}

function randomSource(prng: Prng): TokenSource {
  const hex = (): string => (prng.next() >>> 8).toString(16).padStart(6, '0');
  const target = ['eeh-pe/T3', 'eeh-pe/T11a', 'pciehp-command/probe'][prng.below(3)] ?? '';
  const design = ['none', 'keep-flag', 'rescan-lock-nolock', 'A7'][prng.below(4)] ?? '';
  const mark = prng.below(4) === 0 ? hex() : '';
  const verdict = VERDICTS[prng.below(VERDICTS.length)] ?? 'pass';
  return { target, design, opsHash: hex(), mark, verdict };
}

describe('a token', () => {
  test('names version, target and design in the clear', () => {
    expect(TOKEN).toMatch(/^ht1\.eeh-pe\.T3\.rescan-lock-nolock\.[\w-]+$/);
    expect(isToken(TOKEN)).toBe(true);
    expect(isToken('schedules/ht1.txt')).toBe(false);
  });

  test('is read back as it was made, thousands of times', () => {
    const prng = new Prng(2);
    for (let i = 0; i < 4000; i++) {
      const source = randomSource(prng);
      const deviations = randomDeviations(prng, 1 + prng.below(100_000), prng.below(40), 16);
      expect(decodeToken(encodeToken(source, deviations))).toEqual({ ...source, deviations });
    }
  });

  test('of a minimised counterexample has at most 80 characters', () => {
    const prng = new Prng(3);
    for (let i = 0; i < 4000; i++) {
      const steps = 300 + prng.below(2201);
      const { picks } = randomDeviations(prng, steps, 3 + prng.below(8), 8);
      const token = encodeToken(SOURCE, { picks, choices: [] });
      expect(token.length).toBeLessThanOrEqual(80);
    }
  });

  test('without any deviation is short', () => {
    const token = encodeToken(SOURCE, { picks: [], choices: [] });
    expect(token.length).toBeLessThanOrEqual(50);
    expect(decodeToken(token).deviations).toEqual({ picks: [], choices: [] });
  });

  test('may be wrapped by mail and end a sentence', () => {
    const mailed = ` ${TOKEN.slice(0, 40)}\r\n  ${TOKEN.slice(40)}.\n`;
    expect(decodeToken(mailed).deviations).toEqual(DEVIATIONS);
  });

  test('holds steps and answers far beyond what is typical', () => {
    const picks = [{ step: 2 ** 33, actor: 31 }];
    const choices = [{ index: 70_000, answer: 2_000_000 }];
    expect(decodeToken(encodeToken(SOURCE, { picks, choices })).deviations).toEqual({
      picks,
      choices,
    });
  });

  test('of names it cannot hold is our own fault', () => {
    const bug = '[hotrace bug]';
    expect(() => encodeToken({ ...SOURCE, design: 'a.b' }, DEVIATIONS)).toThrow(bug);
    expect(() => encodeToken({ ...SOURCE, opsHash: '9F' }, DEVIATIONS)).toThrow(bug);
    const backwards = DEVIATIONS.picks.toReversed();
    expect(() => encodeToken(SOURCE, { picks: backwards, choices: [] })).toThrow(bug);
  });
});

describe('a corrupted token is refused', () => {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.é +=%'];

  test('after every change of a single character', () => {
    for (let at = 0; at < TOKEN.length; at++) {
      for (const character of alphabet) {
        if (character === TOKEN[at]) continue;
        const changed = TOKEN.slice(0, at) + character + TOKEN.slice(at + 1);
        expect(() => decodeToken(changed), changed).toThrow(ScheduleError);
      }
    }
  });

  test('after every change of a single character, in random tokens too', () => {
    const prng = new Prng(4);
    for (let i = 0; i < 60; i++) {
      const deviations = randomDeviations(prng, 2000, prng.below(60), 16);
      const token = encodeToken(randomSource(prng), deviations);
      for (let at = 0; at < token.length; at++) {
        const character = alphabet[prng.below(64)] ?? '';
        if (character === token[at]) continue;
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        expect(() => decodeToken(changed), changed).toThrow(ScheduleError);
      }
    }
  });

  test('after two neighbours changed places', () => {
    for (let at = 0; at + 1 < TOKEN.length; at++) {
      const [a = '', b = ''] = TOKEN.slice(at, at + 2);
      if (a === b) continue;
      const changed = TOKEN.slice(0, at) + b + a + TOKEN.slice(at + 2);
      expect(() => decodeToken(changed), changed).toThrow(ScheduleError);
    }
  });

  test('after a character was lost or doubled', () => {
    for (let at = 0; at < TOKEN.length; at++) {
      const lost = TOKEN.slice(0, at) + TOKEN.slice(at + 1);
      if (lost !== TOKEN) expect(() => decodeToken(lost), lost).toThrow(ScheduleError);
      const doubled = TOKEN.slice(0, at) + TOKEN[at] + TOKEN.slice(at);
      expect(() => decodeToken(doubled), doubled).toThrow(ScheduleError);
    }
  });

  test('when it is cut anywhere', () => {
    for (let length = 0; length < TOKEN.length; length++) {
      expect(() => decodeToken(TOKEN.slice(0, length))).toThrow(ScheduleError);
    }
  });

  test.each([
    ['', 'token: expected a word that begins with ht1., got ""'],
    ['eehd*1', 'token: expected a word that begins with ht1., got "eehd*1"'],
    [TOKEN.replace('ht1', 'ht2'), 'token: unknown version ht2: this hotrace reads ht1'],
    [TOKEN.slice(0, -7), 'token: truncated or mistyped: 7 characters are missing'],
    [`${TOKEN}abc`, 'token: 3 characters too many, or mistyped'],
    [TOKEN.replace('T3', 'T2'), 'token: bad checksum: a character is mistyped'],
    [TOKEN.replace('.T3', '/T3'), 'token: character 11 is "/", which no token has'],
    ['ht1.x', 'token: truncated: target and design are missing'],
    ['ht1.a.b.c.', 'token: truncated'],
  ])('with a reason (%#)', (token, reason) => {
    expect(() => decodeToken(token)).toThrow(reason);
  });
});

describe('deviations', () => {
  /** A world of random enabled masks that depends on nothing but the step. */
  function masks(prng: Prng, steps: number): number[] {
    return Array.from({ length: steps }, () => 1 + prng.below(255));
  }

  function lowest(mask: number): number {
    return 31 - Math.clz32(mask & -mask);
  }

  /** As execute() drives a picker: it is not asked where only one actor can move. */
  function follow(picker: DeviationPicker, enabled: readonly number[]): number[] {
    const actors: number[] = [];
    enabled.forEach((mask, step) => {
      const single = (mask & (mask - 1)) === 0;
      actors.push(single ? lowest(mask) : picker.pick(mask, actors.at(-1) ?? -1, step));
    });
    return actors;
  }

  test('the default rule has none', () => {
    const enabled = [3, 3, 2, 3, 1];
    const decisions = { actors: [0, 0, 1, 1, 0], choices: [0, 0] };
    expect(deviationsOf(decisions, enabled)).toEqual({ picks: [], choices: [] });
  });

  test('are where another actor than the default was picked', () => {
    const decisions = { actors: [1, 1, 0, 0], choices: [0, 2] };
    expect(deviationsOf(decisions, [3, 3, 3, 1])).toEqual({
      picks: [
        { step: 0, actor: 1 },
        { step: 2, actor: 0 },
      ],
      choices: [{ index: 1, answer: 2 }],
    });
  });

  test('of random executions lead to the same executions again, through a token', () => {
    const prng = new Prng(5);
    for (let i = 0; i < 2000; i++) {
      const enabled = masks(prng, 1 + prng.below(200));
      const picker = new DeviationPicker({ picks: [], choices: [] });
      const actors = follow(picker, enabled).map((actor, step) => {
        const mask = enabled[step] ?? 0;
        const other = prng.below(8);
        return prng.below(20) === 0 && (mask & (1 << other)) !== 0 ? other : actor;
      });
      const choices = Array.from({ length: prng.below(5) }, () => prng.below(3));
      const deviations = deviationsOf({ actors, choices }, enabled);
      const again = new DeviationPicker(decodeToken(encodeToken(SOURCE, deviations)).deviations);
      again.start();
      expect(follow(again, enabled)).toEqual(actors);
      expect(choices.map(() => again.choose(3))).toEqual(choices);
      expect(again.divergence()).toBe(undefined);
    }
  });

  test('that cannot be followed are told', () => {
    const wanted = { step: 1, actor: 2 };
    const picker = new DeviationPicker({ picks: [wanted], choices: [] });
    picker.start();
    expect(follow(picker, [3, 3, 3])).toEqual([0, 0, 0]);
    expect(picker.divergence()).toEqual(wanted);
    picker.start();
    follow(picker, [7]);
    expect(picker.divergence()).toEqual(wanted);
    picker.start();
    // Only actor 0 could move at step 1, so nobody was asked.
    follow(picker, [7, 1, 7]);
    expect(picker.divergence()).toEqual(wanted);
    picker.start();
    expect(follow(picker, [7, 7, 3])).toEqual([0, 2, 0]);
    expect(picker.divergence()).toBe(undefined);
  });

  test('of an actor that could not move are our own fault', () => {
    expect(() => deviationsOf({ actors: [1], choices: [] }, [1])).toThrow('[hotrace bug]');
  });
});

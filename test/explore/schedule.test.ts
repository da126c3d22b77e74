import { expect, test } from 'vitest';
import { Prng } from '../../src/explore/prng.ts';
import {
  decisionsOf,
  hash6,
  readSchedule,
  runsOf,
  type Schedule,
  ScheduleError,
  writeSchedule,
} from '../../src/explore/schedule.ts';
import { VERDICTS } from '../../src/oracles/verdict.ts';

const EXAMPLE: Schedule = {
  target: 'eeh-pe/T3',
  design: 'refcount',
  strategy: 'dfs',
  bound: 2,
  seed: 0,
  opsHash: '9f3c1a',
  engine: '0.1.0',
  topology: 'default',
  mark: '',
  runs: [
    { actor: 'eehd', steps: 1, choice: undefined },
    { actor: 'ist', steps: 2, choice: undefined },
    { actor: 'user', steps: 1, choice: 2 },
    { actor: 'eehd', steps: 1, choice: undefined },
  ],
  verdict: 'use-after-free',
  step: 3,
  addr: 'eeh_pe#2.state',
};

const TEXT = `hotrace-schedule 1  scenario=eeh-pe/T3 variant=refcount strategy=dfs bound=2 seed=0 \
ops=9f3c1a engine=0.1.0
eehd*1 ist*2 user=2 eehd*1
verdict use-after-free step=3 addr=eeh_pe#2.state
`;

test('a schedule is written as the documents show it', () => {
  expect(writeSchedule(EXAMPLE)).toBe(TEXT);
});

test('what was written is read back', () => {
  expect(readSchedule(TEXT)).toEqual(EXAMPLE);
});

test('a machine that is not the default one is named, with the mark of what it was', () => {
  const schedule = { ...EXAMPLE, topology: 'my box 100%.lspci', mark: 'a1b2c3' };
  const text = writeSchedule(schedule);
  expect(text.split('\n')[0]).toMatch(/ topology=my%20box%20100%25\.lspci mark=a1b2c3$/);
  expect(readSchedule(text)).toEqual(schedule);
});

test('an unbounded search has no bound', () => {
  const text = writeSchedule({ ...EXAMPLE, bound: Number.POSITIVE_INFINITY });
  expect(text).toContain(' bound=none ');
  expect(readSchedule(text).bound).toBe(Number.POSITIVE_INFINITY);
});

test('it survives being quoted, wrapped, commented and sent with carriage returns', () => {
  const mail = [
    '> > hotrace-schedule 1  scenario=eeh-pe/T3 variant=refcount',
    '> > strategy=dfs bound=2 seed=0 ops=9f3c1a',
    '> > engine=0.1.0   # found on a POWER9',
    '> >',
    '> > # the callback blocks here',
    '> > eehd*1 ist*2',
    '> > user=2 eehd*1                       # actor*steps',
    '> > verdict use-after-free',
    '> > step=3 addr=eeh_pe#2.state',
    '',
  ].join('\r\n');
  expect(readSchedule(mail)).toEqual(EXAMPLE);
});

test('body lines are short enough for mail', () => {
  const runs = Array.from({ length: 200 }, (_, i) => ({
    actor: i % 2 === 0 ? 'sysfs-remove' : 'eehd',
    steps: i + 1,
    choice: undefined,
  }));
  const [, ...lines] = writeSchedule({ ...EXAMPLE, runs }).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(72);
});

test('thousands of random schedules are read back as they were written', () => {
  const prng = new Prng(1);
  for (let i = 0; i < 3000; i++) {
    const schedule = randomSchedule(prng);
    expect(readSchedule(writeSchedule(schedule))).toEqual(schedule);
  }
});

function randomSchedule(prng: Prng): Schedule {
  const names = ['eehd', 'irq/24-pciehp', 'mmio', 'sysfs-remove', 'verdict', 'seed', '7'];
  const runs = Array.from({ length: prng.below(30) }, () => {
    const actor = names[prng.below(names.length)] ?? '';
    const isChoice = prng.below(4) === 0;
    const choice = isChoice ? prng.below(9) : undefined;
    return { actor, steps: isChoice ? 1 : 1 + prng.below(900), choice };
  });
  return {
    target: ['eeh-pe/T3', 'pciehp-command/hot-add'][prng.below(2)] ?? '',
    design: ['none', 'A1', 'rescan-lock-nolock'][prng.below(3)] ?? '',
    strategy: ['dfs', 'pct', 'random'][prng.below(3)] ?? '',
    bound: prng.below(5) === 0 ? Number.POSITIVE_INFINITY : prng.below(9),
    seed: prng.next(),
    opsHash: hash6(String(prng.next())),
    engine: '0.1.0',
    topology: prng.below(2) === 0 ? 'default' : `box ${prng.below(9)}.txt`,
    mark: prng.below(2) === 0 ? '' : hash6(String(prng.next())),
    runs,
    verdict: VERDICTS[prng.below(VERDICTS.length)] ?? 'pass',
    step: prng.below(3000),
    addr: prng.below(2) === 0 ? '' : 'eeh_pe#2.child_list.next',
  };
}

test.each([
  ['', 'schedule line 1: expected hotrace-schedule 1, got the end'],
  ['hello', 'schedule line 1: expected hotrace-schedule 1, got "hello"'],
  ['\n\nhotrace-schedule 2', 'schedule line 3: expected version 1, got "2"'],
  [TEXT.replace('ops=9f3c1a', 'ops=9f3c1'), 'line 1: expected ops=6 hex digits, got "ops=9f3c1"'],
  [TEXT.replace('bound=2', 'bound=-2'), 'line 1: expected bound=a number or none, got "bound=-2"'],
  [TEXT.replace(' engine=0.1.0', ''), 'line 2: expected engine=a version, got "eehd*1"'],
  [TEXT.replace('ist*2', 'ist*'), 'line 2: expected actor*steps, actor=answer or the verdict, got'],
  [TEXT.replace('ist*2', 'ist*0'), 'got "ist*0"'],
  [TEXT.replace('ist*2', 'ist*99999999'), 'line 2: expected 10000000 steps at most'],
  [
    TEXT.replace('verdict use', 'verdict no-use'),
    'line 3: expected a verdict (pass, use-after-free',
  ],
  [TEXT.replace('step=3', 'step=x'), 'line 3: expected step=number, got "step=x"'],
  [TEXT.split('\n').slice(0, 2).join('\n'), 'line 2: expected actor*steps or the verdict, got the'],
  [`${TEXT}eehd*3`, 'line 4: expected the end after the verdict, got "eehd*3"'],
  [TEXT.replace('engine=0.1.0', 'engine=0.1.0 topology=%FF'), 'expected a topology, got %FF'],
])('schedule %# is refused with a reason', (text, reason) => {
  expect(() => readSchedule(text)).toThrow(ScheduleError);
  expect(() => readSchedule(text)).toThrow(reason);
});

test('cutting a schedule anywhere never goes unnoticed', () => {
  const withoutEnd = TEXT.trimEnd();
  // Cut inside the last word it is a shorter name; everything before must be refused.
  for (let i = 0; i < withoutEnd.indexOf('step=') + 5; i++) {
    expect(() => readSchedule(withoutEnd.slice(0, i))).toThrow(ScheduleError);
  }
});

test('names that would break the format are our own fault', () => {
  const runs = [{ actor: 'two words', steps: 1, choice: undefined }];
  expect(() => writeSchedule({ ...EXAMPLE, runs })).toThrow('[hotrace bug]');
});

test('recorded decisions become runs, a choose() a run of its own', () => {
  const decisions = { actors: [0, 0, 1, 1, 1, 0], choices: [2, 0] };
  const runs = runsOf(decisions, new Set([3, 5]), ['eehd', 'user']);
  expect(runs).toEqual([
    { actor: 'eehd', steps: 2, choice: undefined },
    { actor: 'user', steps: 1, choice: undefined },
    { actor: 'user', steps: 1, choice: 2 },
    { actor: 'user', steps: 1, choice: undefined },
    { actor: 'eehd', steps: 1, choice: 0 },
  ]);
  expect(decisionsOf(runs, ['eehd', 'user'])).toEqual(decisions);
});

test('runs for other actors are refused with the names there are', () => {
  expect(() => decisionsOf(EXAMPLE.runs, ['eehd', 'mmio'])).toThrow(
    'schedule: expected an actor of eehd, mmio, got ist',
  );
});

test('a hash has six hex digits', () => {
  for (let i = 0; i < 500; i++) expect(hash6(String(i))).toMatch(/^[0-9a-f]{6}$/);
});

/**
 * A schedule as a text that can be mailed: who moved, run-length coded, and what choose() answered.
 *
 *   hotrace-schedule 1  scenario=eeh-pe/T3 variant=refcount strategy=dfs bound=2 seed=0 ops=… …
 *   eehd*120 sysfs-remove*31 user=2 eehd*4       # user=2: one step of user, a choose() answered 2
 *   verdict use-after-free step=156 addr=eeh_pe#2.state
 *
 * Mail may quote it with `>`, wrap its lines at blanks and add comments after `#`.
 */
import { stableId } from '../memory/layout.ts';
import { VERDICTS, type Verdict } from '../oracles/verdict.ts';
import type { Decisions } from './replay.ts';

/** Consecutive steps of one actor; with `choice`, one step: a choose() and its answer. */
export interface ScheduleRun {
  readonly actor: string;
  readonly steps: number;
  readonly choice: number | undefined;
}

export interface Schedule {
  /** `eeh-pe/T3` */
  readonly target: string;
  readonly design: string;
  readonly strategy: string;
  /** Preemption bound it was searched with; Infinity: none. */
  readonly bound: number;
  readonly seed: number;
  /** Hash of the operations performed, 6 hex digits: tells a changed model from a wrong replay. */
  readonly opsHash: string;
  readonly engine: string;
  /** Where the machine came from, in the user's words; `default` is the built-in one. */
  readonly topology: string;
  /** hash6() of machine and quarantine where they are not the default ones, else ''. */
  readonly mark: string;
  readonly runs: readonly ScheduleRun[];
  readonly verdict: Verdict;
  /** Step that broke the rule, or the number of steps. */
  readonly step: number;
  /** Name of the word or object concerned, or ''. */
  readonly addr: string;
}

/** A schedule or token that cannot be read: where, what was expected, what came. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}

const MAGIC = 'hotrace-schedule';
const VERSION = '1';
const DEFAULT_TOPOLOGY = 'default';
/** Characters of a body line: mail wraps longer ones. */
const LINE_MAX = 72;
/** Steps a schedule may have: more cannot be meant. */
const SCHEDULE_STEPS_MAX = 10_000_000;
const ACTOR_NAME = /^[^\s*=#>][^\s*=]*$/;

/** @throws Error `[hotrace bug]` for names that the format cannot hold. */
export function writeSchedule(schedule: Schedule): string {
  const { target, design, strategy, seed, opsHash, engine, topology, mark } = schedule;
  const bound = Number.isFinite(schedule.bound) ? String(schedule.bound) : 'none';
  const head = [
    ['scenario', target],
    ['variant', design],
    ['strategy', strategy],
    ['bound', bound],
    ['seed', String(seed)],
    ['ops', opsHash],
    ['engine', engine],
    ...(topology === DEFAULT_TOPOLOGY ? [] : [['topology', encodeURI(topology)]]),
    ...(mark === '' ? [] : [['mark', mark]]),
  ].map((pair) => pair.join('='));
  const addr = schedule.addr === '' ? '' : ` addr=${schedule.addr.replaceAll(/\s/g, '_')}`;
  return [
    `${MAGIC} ${VERSION}  ${head.join(' ')}`,
    ...bodyLines(schedule.runs),
    `verdict ${schedule.verdict} step=${schedule.step}${addr}`,
    '',
  ].join('\n');
}

/**
 * Reads what writeSchedule() wrote, as it comes back from a mail or an editor.
 * @throws ScheduleError
 */
export function readSchedule(text: string): Schedule {
  const words = new Words(text);
  readMagic(words);
  const head = readHead(words);
  const runs = readRuns(words);
  const end = readVerdict(words);
  return {
    target: head.get('scenario') ?? '',
    design: head.get('variant') ?? '',
    strategy: head.get('strategy') ?? '',
    bound: head.get('bound') === 'none' ? Number.POSITIVE_INFINITY : Number(head.get('bound')),
    seed: Number(head.get('seed')),
    opsHash: head.get('ops') ?? '',
    engine: head.get('engine') ?? '',
    topology: topologyName(head.get('topology') ?? DEFAULT_TOPOLOGY),
    mark: head.get('mark') ?? '',
    runs,
    ...end,
  };
}

/** The runs of recorded decisions. `chooses`: the steps that were a choose(). */
export function runsOf(
  decisions: Decisions,
  chooses: ReadonlySet<number>,
  names: readonly string[],
): readonly ScheduleRun[] {
  const runs: { actor: string; steps: number; choice: number | undefined }[] = [];
  let answered = 0;
  decisions.actors.forEach((index, step) => {
    const actor = names[index];
    if (actor === undefined) throw new Error(`[hotrace bug] schedule: no actor ${index}`);
    const last = runs.at(-1);
    if (chooses.has(step)) {
      runs.push({ actor, steps: 1, choice: decisions.choices[answered++] ?? 0 });
    } else if (last?.actor === actor && last.choice === undefined) {
      last.steps++;
    } else {
      runs.push({ actor, steps: 1, choice: undefined });
    }
  });
  return runs;
}

/**
 * The decisions of runs, for a program with these actors.
 * @throws ScheduleError for an actor that the program does not have.
 */
export function decisionsOf(runs: readonly ScheduleRun[], names: readonly string[]): Decisions {
  const actors: number[] = [];
  const choices: number[] = [];
  for (const { actor, steps, choice } of runs) {
    const index = names.indexOf(actor);
    if (index < 0) {
      throw new ScheduleError(`schedule: expected an actor of ${names.join(', ')}, got ${actor}`);
    }
    for (let i = 0; i < steps; i++) actors.push(index);
    if (choice !== undefined) choices.push(choice);
  }
  return { actors, choices };
}

/** Six hex digits that tell one text from another: operations, topologies. */
export function hash6(text: string): string {
  return (stableId(text) & 0xffffff).toString(16).padStart(6, '0');
}

function bodyLines(runs: readonly ScheduleRun[]): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const { actor, steps, choice } of runs) {
    if (!ACTOR_NAME.test(actor)) throw new Error(`[hotrace bug] schedule: actor name ${actor}`);
    const word = choice === undefined ? `${actor}*${steps}` : `${actor}=${choice}`;
    if (line !== '' && line.length + 1 + word.length > LINE_MAX) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** Blanks in a file's name are written as %20. */
function topologyName(coded: string): string {
  try {
    return decodeURI(coded);
  } catch (cause) {
    throw new ScheduleError(`schedule: expected a topology, got ${coded}`, { cause });
  }
}

interface Word {
  readonly text: string;
  readonly line: number;
}

/** The words of a schedule one after another, without quote marks and comments. */
class Words {
  readonly #words: Word[] = [];
  #next = 0;

  constructor(text: string) {
    text.split(/\r?\n/).forEach((raw, i) => {
      const bare = raw.replace(/^[>|\s]+/, '').replace(/(^|\s)#.*$/, '');
      for (const word of bare.split(/\s+/)) {
        if (word !== '') this.#words.push({ text: word, line: i + 1 });
      }
    });
  }

  peek(): string {
    return this.#words[this.#next]?.text ?? '';
  }

  take(): string {
    return this.#words[this.#next++]?.text ?? '';
  }

  /** About the word that comes next; names from a mail are cut and spelled out. */
  unexpected(expected: string): ScheduleError {
    const word = this.#words[this.#next];
    const line = word?.line ?? this.#words.at(-1)?.line ?? 1;
    const got = word === undefined ? 'the end' : JSON.stringify(word.text.slice(0, 60));
    return new ScheduleError(`schedule line ${line}: expected ${expected}, got ${got}`);
  }
}

function readMagic(words: Words): void {
  if (words.peek() !== MAGIC) throw words.unexpected(`${MAGIC} ${VERSION}`);
  words.take();
  if (words.peek() !== VERSION) throw words.unexpected(`version ${VERSION}`);
  words.take();
}

const HEX6 = /^[0-9a-f]{6}$/;
/** What each word of the head must look like, in the order in which they are written. */
const HEAD: readonly (readonly [key: string, form: RegExp, expected: string])[] = [
  ['scenario', /^[\w-]+(\/[\w-]+)*$/, 'system/race'],
  ['variant', /^[\w-]+$/, 'a design'],
  ['strategy', /^[\w-]+$/, 'a strategy'],
  ['bound', /^(\d{1,6}|none)$/, 'a number or none'],
  ['seed', /^\d{1,15}$/, 'a number'],
  ['ops', HEX6, '6 hex digits'],
  ['engine', /^[\w.+-]+$/, 'a version'],
  ['topology', /^(?:[^\s%]|%[0-9A-Fa-f]{2})+$/, 'a topology'],
  ['mark', HEX6, '6 hex digits'],
];
const OPTIONAL = new Set(['topology', 'mark']);

function readHead(words: Words): ReadonlyMap<string, string> {
  const head = new Map<string, string>();
  for (;;) {
    const [key = '', ...rest] = words.peek().split('=');
    const rule = HEAD.find(([name]) => name === key && rest.length > 0);
    // A word that is no key of the head, or comes again, belongs to the body.
    if (rule === undefined || head.has(key)) break;
    const value = rest.join('=');
    if (!rule[1].test(value)) throw words.unexpected(`${key}=${rule[2]}`);
    head.set(key, value);
    words.take();
  }
  const missing = HEAD.find(([key]) => !head.has(key) && !OPTIONAL.has(key));
  if (missing !== undefined) throw words.unexpected(`${missing[0]}=${missing[2]}`);
  return head;
}

function readRuns(words: Words): readonly ScheduleRun[] {
  const runs: ScheduleRun[] = [];
  let total = 0;
  while (words.peek() !== 'verdict' && words.peek() !== '') {
    const [, actor = '', sign, digits] = /^(.+)([*=])(\d{1,9})$/.exec(words.peek()) ?? [];
    const count = Number(digits);
    const isRun = sign === '*';
    if (!ACTOR_NAME.test(actor) || (isRun && count < 1)) {
      throw words.unexpected('actor*steps, actor=answer or the verdict');
    }
    total += isRun ? count : 1;
    if (total > SCHEDULE_STEPS_MAX) throw words.unexpected(`${SCHEDULE_STEPS_MAX} steps at most`);
    runs.push({ actor, steps: isRun ? count : 1, choice: isRun ? undefined : count });
    words.take();
  }
  return runs;
}

function readVerdict(words: Words): Pick<Schedule, 'verdict' | 'step' | 'addr'> {
  if (words.peek() !== 'verdict') throw words.unexpected('actor*steps or the verdict');
  words.take();
  const verdict = VERDICTS.find((known) => known === words.peek());
  if (verdict === undefined) throw words.unexpected(`a verdict (${VERDICTS.join(', ')})`);
  words.take();
  const step = /^step=(\d{1,9})$/.exec(words.peek())?.[1];
  if (step === undefined) throw words.unexpected('step=number');
  words.take();
  const addr = /^addr=(.+)$/.exec(words.peek())?.[1];
  if (addr !== undefined) words.take();
  if (words.peek() !== '') throw words.unexpected('the end after the verdict');
  return { verdict, step: Number(step), addr: addr ?? '' };
}

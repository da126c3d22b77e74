/** The options of `hotrace bench`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { VIEWS } from '../bench/locks/metrics.ts';
import type { BenchCommandOptions } from './bench_command.ts';
import { UserError } from './errors.ts';
import { integerOption, percentOption } from './options.ts';
import type { Output } from './output.ts';

/** Threads that a lock is timed with at most. */
const THREADS_MAX = 32;
const ROUNDS_DEFAULT = 5;
/** ms of a round. */
const LOCK_MS = 80;
const SYSTEM_MS = 500;
/** A recovery against a removal, and hotplug that waits for the recovery of another PHB. */
const RACES = ['T3', 'T11c'];

const COLUMNS = `
Columns: M/s, million acquisitions a second by all threads; net cost, of one thread's lock and
unlock without the loop around them; p50 to max, time to acquire, a reading of the clock (some
40 ns) included; hand-over, from a release to who waited for it; Jain, 1 is fair, 1/threads one
thread alone (short: in windows of 64 for each thread); idle wanted, share of the time in which the
lock was free and somebody waited; sleeps and wake-ups for 1000 acquisitions; CPU, seconds for a
million; recovery, from the release of a holder that slept 2 ms inside to the usual pace.`;

export function addBench(program: Command, output: Output, done: (exit: number) => void): void {
  program
    .command('bench [locks...]')
    .description('time locks (of the zoo, or in FILE.ts) on real threads, side by side')
    .option('--threads <n,...>', 'threads that contend', listOption(1, THREADS_MAX), [1, 2, 4, 8])
    .option('--inside <n,...>', 'writes in a section', listOption(1, 100_000), [1])
    .option('--outside <n,...>', 'steps between two sections', listOption(0, 1_000_000), [0])
    .option('--writes <percent>', 'sections that write, for locks with readers', percentOption, 10)
    .addOption(
      new Option('--metric <name>', 'what is printed; --json and --report have all')
        .choices([...Object.keys(VIEWS), 'lock_stat'])
        .default('summary'),
    )
    .option('--rounds <n>', 'rounds of each cell', integerOption(1, 1000), ROUNDS_DEFAULT)
    .option(
      '--acquisitions <n>',
      'sections of a round (default: as many as take --round-ms)',
      integerOption(1, 1e9),
    )
    .option(
      '--round-ms <ms>',
      `length of a round (default: ${LOCK_MS}, of a system ${SYSTEM_MS})`,
      integerOption(1, 60_000),
    )
    .addOption(
      new Option('--native <form>', 'what locks are lowered to (wasm needs the package binaryen)')
        .choices(['js', 'wasm'])
        .default('js'),
    )
    .option('--json', 'print one JSON object')
    .option('--report <file>', 'write a page of charts (HTML)')
    .option('--baseline <file>', 'compare with a result that --save wrote')
    .option('--save <file>', 'write the result as JSON')
    .addHelpText('after', COLUMNS)
    .option('--systems', 'time designs of eeh-pe, whole (names: designs)')
    .option('--races <id,...>', 'with --systems: their races', namesOption, RACES)
    .action(async (names: string[], options: BenchOptions) => {
      if (options.systems === true) {
        refuseForSystems(options);
        const { benchSystems } = await import('./bench_systems.ts');
        const roundMs = options.roundMs ?? SYSTEM_MS;
        done(await benchSystems(names, { ...options, roundMs }, output));
        return;
      }
      const { benchCommand } = await import('./bench_command.ts');
      const roundMs = options.roundMs ?? LOCK_MS;
      done(await benchCommand(names, { ...options, roundMs }, output));
    });
}

interface BenchOptions extends Omit<BenchCommandOptions, 'roundMs'> {
  readonly roundMs?: number;
  readonly systems?: boolean;
  readonly races: readonly string[];
}

/** @throws UserError for what only locks have. */
function refuseForSystems({ baseline, report }: BenchOptions): void {
  for (const [name, value] of Object.entries({ baseline, report })) {
    if (value === undefined) continue;
    throw new UserError(`--${name} is for locks: expected --save or --json with --systems`);
  }
}

/** @throws InvalidArgumentError for an empty name. */
function namesOption(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (!names.includes('')) return names;
  throw new InvalidArgumentError(`expected names such as ${RACES.join(',')}, found ${text}.`);
}

/** `1,2,4`: whole numbers, each once. */
function listOption(min: number, max: number): (text: string) => readonly number[] {
  const one = integerOption(min, max);
  return (text) => {
    const values = text.split(',').map((part) => {
      if (part.trim() === '') {
        throw new InvalidArgumentError(`expected numbers such as 1,2,4, found ${text}.`);
      }
      return one(part);
    });
    return [...new Set(values)].sort((a, b) => a - b);
  };
}

/** Options that several commands share, and how their values are read. */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';

export function integerOption(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}, found ${text}.`);
  };
}

/** @throws InvalidArgumentError for text that is no number of seconds. */
export function secondsOption(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 86_400) return value;
  throw new InvalidArgumentError(`expected seconds (up to 86400), found ${text}.`);
}

/** Seconds, 0 for not at all. */
export function secondsOrNoneOption(text: string): number {
  return text === '0' ? 0 : secondsOption(text);
}

/** A preemption bound, or `none`. */
export function boundOption(text: string): number {
  if (text === 'none') return Number.POSITIVE_INFINITY;
  return integerOption(0, 64)(text);
}

/** @throws InvalidArgumentError for text that is no percentage. */
export function percentOption(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError(`expected a percentage from 0 to 100, found ${text}.`);
}

/** @throws InvalidArgumentError for text that is no rate. */
export function rateOption(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`expected a rate from 0 to 1, found ${text}.`);
}

/** --topology, --quarantine, --json: what every run takes. */
export function withScenarioOptions(command: Command): Command {
  return command
    .option('-d, --design <id>', 'the way of locking (default: the first listed)')
    .option('-t, --topology <file>', 'a real machine: lspci text, -vvv, -xxx(x), or hotrace JSON')
    .option(
      '--quarantine <frees>',
      'frees before freed memory is used again (0: at once)',
      integerOption(0, 1_000_000),
    )
    .option('--spinlock <lock>', 'algorithm behind spin_lock (see `hotrace verify`)')
    .option('--mutex <lock>', 'algorithm behind mutex_lock')
    .option('--rwsem <lock>', 'algorithm behind down_read and down_write')
    .option('--json', 'print one JSON object');
}

/** --spinlock, --mutex, --rwsem as they were given. */
export interface LockOptions {
  readonly spinlock?: string;
  readonly mutex?: string;
  readonly rwsem?: string;
}

export function defaultJobs(): number {
  return Math.max(1, availableParallelism());
}

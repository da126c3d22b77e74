import { expect, test } from 'vitest';
import { environment } from '../../../src/bench/locks/environment.ts';
import { NoiseMeter, ticksOf } from '../../../src/bench/locks/noise.ts';
import { allowedCpus, cpuList, pin } from '../../../src/bench/locks/pinning.ts';

test.each([
  ['0', [0]],
  ['0-3', [0, 1, 2, 3]],
  ['1,4-5,9\n', [1, 4, 5, 9]],
])('the CPU list %j is %j', (text, cpus) => {
  expect(cpuList(text)).toEqual(cpus);
});

test('there is a CPU to run on, and no thread undefined to put on it', async () => {
  expect(allowedCpus().length).toBeGreaterThan(0);
  await expect(pin(undefined, 0)).resolves.toBe(false);
  await expect(pin('no-thread', 0)).resolves.toBe(false);
});

test('of /proc/stat, what is stolen is not busy, and what waits is idle', () => {
  const stat = 'cpu  10 20 30 400 50 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n';
  expect(ticksOf(stat)).toEqual({ busy: 73, steal: 8, all: 531 });
  expect(ticksOf('')).toEqual({ busy: 0, steal: 0, all: 0 });
});

test('a loaded machine is noisy', () => {
  const env = { ...environment(), cores: 2, load1: 7 };
  expect(new NoiseMeter().notes(env, 2)[0]).toBe('the load was 7 on 2 CPUs at the start');
});

/** Threads on CPUs: each on one of its own, as far as there are so many. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `0-2,5` as 0, 1, 2, 5. */
export function cpuList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

function allowedOf(status: string): string | undefined {
  return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
}

/** CPUs that this process may run on. */
export function allowedCpus(): readonly number[] {
  try {
    const list = allowedOf(readFileSync('/proc/self/status', 'utf8'));
    if (list !== undefined) return cpuList(list);
  } catch {
    // Not Linux: numbers that stand for nothing, as no thread can be pinned there.
  }
  return Array.from({ length: availableParallelism() }, (_, i) => i);
}

/** Puts a thread on one CPU; whether it is there now. */
export async function pin(tid: string | undefined, cpu: number): Promise<boolean> {
  if (tid === undefined) return false;
  try {
    await run('taskset', ['-cp', String(cpu), tid]);
    return allowedOf(readFileSync(`/proc/self/task/${tid}/status`, 'utf8')) === String(cpu);
  } catch {
    return false;
  }
}

/** Entry of a worker thread: installs its lowering, then takes parts as the coordinator says. */
import { workerData } from 'node:worker_threads';
import { type Endpoint, expose } from 'comlink';
import { installLowering } from '../ops/lower/hooks.ts';
import { inLowering } from '../ops/lower/tree.ts';
import type { NativeLocks } from '../ops/native/locks.ts';
import { siteOf, textOf } from '../ops/sites.ts';
import { buildProgram } from './build.ts';
import type { Part } from './part.ts';
import type { Job, LockChoice, Lookup, RunEnd, WorkerApi, WorkerSetup } from './protocol.ts';

// The coordinator starts workers with exactly this.
const { lowering, port } = workerData as WorkerSetup;
installLowering(lowering);

let part: Part | undefined;

const api: WorkerApi = {
  async configure(job: Job): Promise<void> {
    const systemModule = inLowering(job.program.systemModule, lowering);
    const program = await buildProgram({ ...job.program, systemModule });
    const locks = await chooseLocks(job.locks);
    const { Part } = await import('./part.ts');
    part = new Part(job, program, locks, lowering === 'sanitized');
  },

  run(): RunEnd {
    if (part === undefined) throw new Error('[hotrace bug] run() before configure()');
    return part.play();
  },

  lookUp(sites: readonly number[], texts: readonly number[]): Lookup {
    return { sites: sites.map(siteOf), texts: texts.map(textOf) };
  },

  inspections() {
    return part?.inspections ?? [];
  },
};

/** Loaded here, after the hooks: in this thread the zoo's procedures are plain functions. */
async function chooseLocks(choice: LockChoice): Promise<NativeLocks> {
  const { mutexes, rwsems, spinlocks } = await import('../sync/zoo.ts');
  const spinlock = member(spinlocks, choice.spinlock, 'spinlock');
  const mutex = member(mutexes, choice.mutex, 'mutex');
  const rwsem = member(rwsems, choice.rwsem, 'rwsem');
  const locks = {
    spin_lock: spinlock.lock,
    spin_unlock: spinlock.unlock,
    spin_trylock: spinlock.trylock,
    mutex_lock: mutex.lock,
    mutex_unlock: mutex.unlock,
    mutex_trylock: mutex.trylock,
    ...rwsem,
  };
  // Lowered, a procedure is a function of its arguments; its static type is still the generator's.
  return locks as unknown as NativeLocks;
}

function member<T>(all: Readonly<Record<string, T>>, name: string, what: string): T {
  const found = all[name];
  if (found !== undefined) return found;
  const known = Object.keys(all).join(', ');
  throw new Error(`[hotrace bug] no ${what} ${name}; there are: ${known}`);
}

// Node's MessagePort has what an Endpoint needs; its types say it in other words.
expose(api, port as unknown as Endpoint);

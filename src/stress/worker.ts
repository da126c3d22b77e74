/** Entry of a worker thread: installs its lowering, then takes parts as the coordinator says. */
import { workerData } from 'node:worker_threads';
import { type Endpoint, expose } from 'comlink';
import { installLowering } from '../ops/lower/hooks.ts';
import { inLowering } from '../ops/lower/tree.ts';
import { siteOf, textOf } from '../ops/sites.ts';
import { buildProgram } from './build.ts';
import type { Part } from './part.ts';
import type { Job, Lookup, RunEnd, WorkerApi, WorkerSetup } from './protocol.ts';

// The coordinator starts workers with exactly this.
const { lowering, port } = workerData as WorkerSetup;
installLowering(lowering);

let part: Part | undefined;

const api: WorkerApi = {
  async configure(job: Job): Promise<void> {
    const systemModule = inLowering(job.program.systemModule, lowering);
    const program = await buildProgram({ ...job.program, systemModule });
    // Loaded here, after the hooks: in this thread the zoo's procedures are plain functions.
    const { nativeLocks } = await import('./native_locks.ts');
    const backed = nativeLocks(program, job.locks, job.actor);
    const { Part } = await import('./part.ts');
    part = new Part(job, backed.program, backed.locks, lowering === 'sanitized');
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

// Node's MessagePort has what an Endpoint needs; its types say it in other words.
expose(api, port as unknown as Endpoint);

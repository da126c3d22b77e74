/** The same locks in C++, where their source lies beside this checkout and there is a compiler. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const SOURCE = fileURLToPath(new URL('../../../shared/peers/locks/lockbench.cpp', import.meta.url));

/** By id in the zoo: the lock with JavaScript's memory order. */
const SEQUENTIAL: Readonly<Record<string, string>> = {
  ttas: 'ttas_sc',
  ticket: 'ticket_sc_nopause',
  mcs: 'mcs_sc_nopause',
  futex: 'futex3',
};

export class CppLocks {
  readonly #folder: string;
  /** Million acquisitions a second, one value a round, by lock and threads. */
  readonly rates = new Map<string, number[]>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined where there is no source or no compiler. */
  static compile(): CppLocks | undefined {
    if (!existsSync(SOURCE)) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'hotrace-locks-'));
    const args = ['-O2', '-std=c++17', '-pthread', SOURCE, '-o', join(folder, 'lockbench')];
    if (spawnSync('g++', args, { stdio: 'ignore' }).status === 0) return new CppLocks(folder);
    rmSync(folder, { recursive: true });
    return undefined;
  }

  async round(ids: readonly string[], threads: readonly number[], ms: number): Promise<void> {
    for (const count of threads) {
      for (const id of ids) {
        const args = [SEQUENTIAL[id] ?? id, String(count), String(ms), '1', '0'];
        const env = { ...process.env, PIN: '1' };
        const { stdout } = await run(join(this.#folder, 'lockbench'), args, { env });
        const rate = /"ops_s":(\d+).*"ok":true/.exec(stdout)?.[1];
        const key = `${id} ${count}`;
        const known = this.rates.get(key) ?? [];
        if (rate !== undefined) this.rates.set(key, [...known, Number(rate) / 1e6]);
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

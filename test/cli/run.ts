/** Runs the command line as a user does. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../../', import.meta.url));
const bin = `${root}bin/hotrace.js`;

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function hotrace(...args: readonly string[]): Ran {
  return hotraceIn(root, ...args);
}

export function hotraceIn(cwd: string, ...args: readonly string[]): Ran {
  const env = { ...process.env, NO_COLOR: '1' };
  const options = { encoding: 'utf8', cwd, env, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], options);
  return { status, stdout, stderr };
}

/** Runs with --json and parses what came. */
export function hotraceJson(...args: readonly string[]): Readonly<Record<string, unknown>> {
  const { stdout, stderr } = hotrace(...args, '--json');
  if (stderr !== '') throw new Error(stderr);
  const parsed: unknown = JSON.parse(stdout);
  if (typeof parsed !== 'object' || parsed === null) throw new Error('no JSON object');
  return { ...parsed };
}

/** Starts it, sends SIGINT once `when` has come on stderr or after its workers run; its end. */
export async function interrupted(afterMs: number, ...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: root });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => child.kill('SIGINT'), afterMs);
  const status = await new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code));
  });
  clearTimeout(timer);
  return { status, stdout, stderr };
}

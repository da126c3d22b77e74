/** Three kinds of trouble, never mixed: findings are values; these are the other two. */
import { LoweringError } from '../ops/lower/source.ts';
import { TopologyError } from '../topology/error.ts';

export const EXIT = { OK: 0, VIOLATION: 1, USAGE: 2, INTERNAL: 70, INTERRUPTED: 130 } as const;

/** The user's input is at fault: what was expected, what came, and where. Exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** What to print and the exit code for anything thrown. */
export function describeError(error: unknown): { readonly text: string; readonly exit: number } {
  if (!(error instanceof Error)) {
    return { text: `[hotrace bug] thrown: ${String(error)}`, exit: EXIT.INTERNAL };
  }
  const atFault =
    error instanceof UserError ||
    error instanceof TopologyError ||
    error instanceof LoweringError ||
    error.name === 'ScheduleError' ||
    error.name === 'CommanderError' ||
    error.name === 'MissingPackageError';
  if (atFault) return { text: `hotrace: ${error.message}`, exit: EXIT.USAGE };
  const marked = error.message.startsWith('[hotrace bug]');
  const head = marked ? error.message : `[hotrace bug] ${error.message}`;
  const stack = (error.stack ?? '').split('\n').slice(1, 8).join('\n');
  return { text: `${head}\n${stack}\nThis is a fault of hotrace itself.`, exit: EXIT.INTERNAL };
}

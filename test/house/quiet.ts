/**
 * Set up before every test file: a passing test prints nothing. Console output and warnings of the
 * process become failures.
 */
import { stripTypeScriptTypes } from 'node:module';

for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    throw new Error(`console.${method} in a test: ${values.map(String).join(' ')}`);
  };
}

// Node says once in a process that this function is experimental: let it be said to nobody.
const { emitWarning } = process;
process.emitWarning = () => undefined;
stripTypeScriptTypes('');
process.emitWarning = emitWarning;

process.on('warning', (warning) => {
  throw new Error(`a warning in a test: ${warning.stack ?? warning.message}`);
});

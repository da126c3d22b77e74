/** Builds a program from its spec, its procedures in the form of this thread's lowering. */
import type { Program } from '../actor/program.ts';
import type { ProgramSpec } from './protocol.ts';

interface Builder {
  readonly build: (request: unknown) => Program;
}

/** @throws Error when the module exports no system. */
export async function buildProgram(spec: ProgramSpec): Promise<Program> {
  const module: unknown = await import(spec.systemModule);
  const system =
    typeof module === 'object' && module !== null && 'system' in module ? module.system : undefined;
  if (!isBuilder(system)) {
    throw new Error(`${spec.systemModule} does not export a \`system\` with a build()`);
  }
  return system.build(spec.request);
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === 'object' && value !== null && 'build' in value;
}

/** A machine's configuration as JSON: createMachine() of it makes the same chart. */
import type { AnyStateMachine } from 'xstate';
import type { Written } from './written.ts';

/** Functions have no JSON; each one lost is told by its place. */
export function xstateJsonOf(machine: AnyStateMachine): Written {
  const lost: string[] = [];
  const config = plain({ id: machine.id, ...machine.config }, '', lost);
  const notes = lost.map((place) => `${place} is a function, which JSON cannot carry: name it`);
  return { text: `${JSON.stringify(config, undefined, 2)}\n`, notes };
}

function plain(value: unknown, place: string, lost: string[]): unknown {
  if (typeof value === 'function') {
    lost.push(place);
    return undefined;
  }
  if (Array.isArray(value)) return value.map((one, n) => plain(one, `${place}[${n}]`, lost));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]) => {
    return [key, plain(one, place === '' ? key : `${place}.${key}`, lost)] as const;
  });
  return Object.fromEntries(entries);
}

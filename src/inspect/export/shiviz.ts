/**
 * A trace as a log for ShiViz: two lines an event, host and vector clock, then what happened, which
 * its default pattern `(?<host>\S*) (?<clock>{.*})\n(?<event>.*)` reads.
 */
import { printable } from '../../topology/printable.ts';
import { isHidden } from '../../trace/operations.ts';
import type { Trace } from '../../trace/record.ts';
import { Symbols } from '../../trace/symbols.ts';
import { causality } from './causality.ts';

export function shivizLog(trace: Trace): string {
  const symbols = new Symbols(trace);
  const hosts = hostNames(trace);
  const clocks: Uint32Array[] = [];
  const lines: string[] = [];
  for (const { step, after } of causality(trace)) {
    const clock = new Uint32Array(hosts.length);
    for (const before of after) join(clock, clocks[before]);
    clocks[step.step] = clock;
    // Bookkeeping is no event of its own, but what follows from it does.
    if (isHidden(step)) continue;
    clock[step.actor] = (clock[step.actor] ?? 0) + 1;
    const known = hosts.flatMap((host, i) => {
      return (clock[i] ?? 0) === 0 ? [] : [`${JSON.stringify(host)}:${clock[i]}`];
    });
    lines.push(`${hosts[step.actor] ?? '?'} {${known.join(',')}}`, symbols.operation(step));
  }
  return `${lines.join('\n')}\n`;
}

function join(clock: Uint32Array, other: Uint32Array | undefined): void {
  other?.forEach((value, i) => {
    clock[i] = Math.max(clock[i] ?? 0, value);
  });
}

/** No spaces in them, and no two alike. */
function hostNames({ actors }: Trace): string[] {
  const plain = actors.map(({ name }) => printable(name).replace(/[\s"\\{}]/g, '_') || '_');
  return plain.map((name, i) => (plain.indexOf(name) === i ? name : `${name}#${i}`));
}

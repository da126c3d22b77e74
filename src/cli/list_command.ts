/** `hotrace list`: systems, races, designs, and what each cell is expected to be. */
import { SYSTEMS } from '../scenarios/registry.ts';
import type { Expectation, System } from '../scenarios/system.ts';
import { json, type Output, paint, table } from './output.ts';
import { findSystem } from './scenario.ts';

export interface ListOptions {
  readonly json?: boolean;
}

export async function listCommand(
  id: string | undefined,
  options: ListOptions,
  output: Output,
): Promise<void> {
  const ids = id === undefined ? SYSTEMS.map((s) => s.id) : [id];
  const systems: System[] = [];
  for (const one of ids) systems.push((await findSystem(one)).system);
  if (options.json === true) {
    output.print(json({ systems: systems.map(plain) }));
    return;
  }
  for (const system of systems) output.print(`${describe(system, output)}\n`);
  output.print('Run one:  npx hotrace explore SYSTEM/RACE --design DESIGN');
}

function plain(system: System): unknown {
  const { id, title, races, designs } = system;
  return { id, title, races, designs };
}

function describe(system: System, output: Output): string {
  const head = `${paint(output, 'bold', system.id)}  ${system.title}`;
  const races = system.races.map((r) => [`  ${r.id}`, r.title, `needs ${r.needs}`]);
  const designs = system.designs.map((d) => [`  ${d.id}`, d.title, d.source]);
  const header = ['', ...system.designs.map((d) => d.id)];
  const cells = system.races.map((r) => [
    r.id,
    ...system.designs.map((d) => expectationText(r.expected[d.id])),
  ]);
  return [
    head,
    'races',
    table(races),
    'designs',
    table(designs),
    'expected (source mark: V, S verified; D derived; open = the laboratory answers)',
    table([header, ...cells], '  '),
  ].join('\n');
}

function expectationText(expectation: Expectation | undefined): string {
  if (expectation === undefined) return '-';
  const verdict = expectation.verdict === 'open' ? 'open' : (expectation.verdict[0] ?? 'open');
  return `${verdict} [${expectation.mark}]`;
}

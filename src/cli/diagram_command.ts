/** `hotrace diagram [machine...]`: statecharts as pictures and in the formats of other tools. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyStateMachine } from 'xstate';
import type { Chart } from '../inspect/chart/chart.ts';
import { chartOf } from '../inspect/chart/chart_of.ts';
import type { Coverage } from '../inspect/coverage/coverage.ts';
import { FORMATS, type Format, writerOf } from '../inspect/diagram/formats.ts';
import type { Written } from '../inspect/diagram/written.ts';
import { printable } from '../topology/printable.ts';
import { readCoverageFile } from './coverage_file.ts';
import { knownMachines, machinesOf } from './diagram_machines.ts';
import { machinesPage } from './diagram_page.ts';
import { UserError } from './errors.ts';
import { json, type Output, paint, table } from './output.ts';

export interface DiagramOptions {
  readonly format?: Format;
  readonly output?: string;
  readonly page?: string;
  readonly design?: string;
  readonly coverage?: string;
  readonly topology?: string;
  readonly json?: boolean;
}

/** Formats of which several machines can follow one another on standard output. */
const STREAMS: readonly Format[] = ['mermaid', 'dot'];

/** @throws UserError for names that stand for nothing, and for output that cannot be written. */
export async function diagramCommand(
  names: readonly string[],
  options: DiagramOptions,
  output: Output,
): Promise<void> {
  if (names.length === 0) {
    if (options.output !== undefined || options.page !== undefined) {
      throw new UserError('expected machines to draw (`all` for every one), found none');
    }
    listMachines([...(await knownMachines()).values()], options, output);
    return;
  }
  const { design, topology } = options;
  const machines = await machinesOf({ names, design, topology });
  if (options.page !== undefined) {
    const { text, notes } = machinesPage(machines.map(chartOf));
    write(options.page, text);
    for (const note of notes) output.note(note);
    if (options.output === undefined) return;
  }
  const isPrinted = options.json === true && options.output === undefined;
  if (isPrinted) output.print(json({ machines: machines.map(chartOf) }));
  else await draw(machines, options, output);
}

function listMachines(
  machines: readonly AnyStateMachine[],
  options: DiagramOptions,
  output: Output,
): void {
  const charts = machines.map(chartOf).sort((a, b) => (a.machine < b.machine ? -1 : 1));
  if (options.json === true) {
    output.print(json({ machines: charts.map(figures) }));
    return;
  }
  const rows = charts.map((chart) => {
    const { machine, states, transitions, events } = figures(chart);
    return [machine, String(states), String(transitions), String(events)];
  });
  const header = ['machine', 'states', 'transitions', 'events'];
  output.print(table([header.map((text) => paint(output, 'bold', text)), ...rows]));
  output.print('\nDraw one:  npx hotrace diagram MACHINE --format svg -o FILE');
}

function figures(chart: Chart): {
  readonly machine: string;
  readonly states: number;
  readonly transitions: number;
  readonly events: number;
} {
  const { machine, states, edges, events } = chart;
  // The root is a state to XState, and the machine itself to whoever reads the list.
  return {
    machine,
    states: states.length - 1,
    transitions: edges.length,
    events: events.length,
  };
}

async function draw(
  machines: readonly AnyStateMachine[],
  options: DiagramOptions,
  output: Output,
): Promise<void> {
  const format = options.json === true ? 'json' : (options.format ?? 'svg');
  const target = options.output;
  const isFolder = target !== undefined && (target.endsWith('/') || isDirectory(target));
  const many = machines.length > 1;
  if (many && target === undefined && !STREAMS.includes(format)) {
    const text = `${machines.length} machines in ${format} are as many files`;
    throw new UserError(`${text}: expected -o DIRECTORY, found none`);
  }
  if (target !== undefined && (many || isFolder)) makeFolder(target);
  const writer = await writerOf(format, coverageFor(format, options));
  const taken = new Set<string>();
  for (const machine of machines) {
    const written = await writer(machine);
    tell(machine, written, output);
    if (target === undefined) output.print(written.text.replace(/\n$/, ''));
    else if (!many && !isFolder) write(target, written.text);
    else write(join(target, fileName(machine.id, FORMATS[format], taken)), written.text);
  }
}

function coverageFor(format: Format, { coverage }: DiagramOptions): Coverage | undefined {
  if (coverage === undefined) return undefined;
  if (format !== 'svg')
    throw new UserError(`expected --format svg with --coverage, found ${format}`);
  return readCoverageFile(coverage, 'existing');
}

function tell(machine: AnyStateMachine, { notes }: Written, output: Output): void {
  for (const note of notes) output.note(printable(`${machine.id}: ${note}`));
}

/** A machine's id as the name of a file, a different one for each machine. */
function fileName(id: string, extension: string, taken: Set<string>): string {
  const plain = id.replace(/[^\w-]/gu, '_').slice(0, 100);
  let name = plain;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${plain}-${n}`;
  taken.add(name.toLowerCase());
  return `${name}${extension}`;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function makeFolder(path: string): void {
  guarded(path, 'a directory to write to', () => mkdirSync(path, { recursive: true }));
}

function write(path: string, text: string): void {
  guarded(path, 'a file to write', () => writeFileSync(path, text));
}

function guarded(path: string, what: string, action: () => unknown): void {
  try {
    action();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError(`${printable(path)}: expected ${what}, found ${code}`, { cause: error });
  }
}

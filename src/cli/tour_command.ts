/** `npm start`: what hotrace is, on one screen after the other, in under two minutes. */
import { formatListing } from '../topology/listing.ts';
import { EXIT } from './errors.ts';
import { runMatrix } from './matrix_command.ts';
import { printMatrix } from './matrix_print.ts';
import { type Output, paint } from './output.ts';
import { StressRunner } from './run_stress.ts';
import { readTopologyFile, type Scenario } from './scenario.ts';

/** The two systems with the longest story, and their first races; `hotrace matrix` runs all. */
const TOUR_SYSTEMS = ['eeh-pe', 'pciehp-command'];
const TOUR_RACES = new Set([
  ...['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T8', 'T9', 'T10', 'T11a', 'T11e'],
  ...['probe', 'hot-add', 'hot-remove'],
]);
const MATRIX_SECONDS = 85;
const INSPECTED_MS = 1000;

const NEXT = [
  ['npx hotrace list', 'all systems, races and designs'],
  ['npx hotrace explore pciehp-command/probe --design A1 --dmesg', 'the log of 13 Nov 2018, again'],
  ['npx hotrace explore eeh-pe/T2 --design rescan-lock-nolock', 'the fix, exhausted at bound 2'],
  ['npx hotrace stress eeh-pe/T1 --time 10', 'really in parallel'],
  ['npx hotrace inspect eeh-pe/T3', 'step through it in the browser'],
  ['npx hotrace record', 'the history of the field, before and after each fix'],
  ['npx hotrace verify', 'the lock algorithms, and their broken twins'],
  ['docs/writing-a-system.md', 'a system of your own'],
] as const;

export async function tourCommand(output: Output): Promise<number> {
  const title = (text: string): void => output.print(`\n${paint(output, 'bold', `== ${text}`)}\n`);
  title('1. The machine (hotrace topology; your own: --topology FILE with lspci output)');
  const { topology } = readTopologyFile(undefined);
  output.print(formatListing(topology).trimEnd());
  title('2. Two of the systems: every race against every design, explored and on real threads');
  const { cells, ...rest } = await runMatrix(
    TOUR_SYSTEMS,
    {
      time: MATRIX_SECONDS,
      mode: 'both',
      bound: 2,
      jobs: 2,
      only: (_system, race) => TOUR_RACES.has(race),
    },
    output,
  );
  printMatrix({ cells, ...rest }, output);
  if (rest.interrupted) return EXIT.INTERRUPTED;
  const shown =
    cells.find((c) => c.scenario.race.id === 'T3' && c.explore?.explanation !== undefined) ??
    cells.find((c) => c.explore?.explanation !== undefined);
  const explanation = shown?.explore?.explanation;
  if (shown !== undefined && explanation !== undefined) {
    const { system, race, design } = shown.scenario;
    title(`3. One counterexample in full: ${system.id}/${race.id} --design ${design.id}`);
    output.print(`${explanation.report}\n\n${explanation.shortSchedule}\n\n${explanation.columns}`);
    output.print(`\nreplay: npx hotrace replay ${explanation.token}`);
    await showInspected(shown.scenario, output);
  }
  title('4. Where to go next');
  output.print(NEXT.map(([what, why]) => `${what.padEnd(62)} ${why}`).join('\n'));
  return EXIT.OK;
}

/** The same cell on worker threads, each running and recording an actor of XState's own. */
async function showInspected(scenario: Scenario, output: Output): Promise<void> {
  const runner = new StressRunner();
  try {
    const result = await runner.run(scenario, {
      rounds: 1e6,
      millis: INSPECTED_MS,
      failures: 0,
      perturb: 0.02,
      seed: 1,
      inspect: true,
    });
    const events = result.inspections.reduce((sum, list) => sum + list.length, 0);
    const outcomes = result.outcomes.map((o) => `${o.outcome.slice(0, 100)}: ${o.count}`);
    output.print(
      `\nand on ${result.inspections.length} worker threads, each running its statechart as an ` +
        `XState actor:\n${result.rounds} rounds, ${events} inspection events in the last\n  ` +
        outcomes.join('\n  '),
    );
  } finally {
    await runner.close();
  }
}

/** The command line: reads arguments, runs a command, turns what happened into an exit code. */
import { Command, CommanderError, Option } from 'commander';
import { addBench } from './bench_options.ts';
import type { DiagramOptions } from './diagram_command.ts';
import { describeError, EXIT } from './errors.ts';
import type { ExploreCommandOptions } from './explore_command.ts';
import type { InspectCommandOptions, ReportCommandOptions } from './inspect_command.ts';
import type { ListOptions } from './list_command.ts';
import type { MatrixCommandOptions } from './matrix_command.ts';
import {
  boundOption,
  defaultJobs,
  integerOption,
  percentOption,
  rateOption,
  secondsOption,
  secondsOrNoneOption,
  withScenarioOptions,
} from './options.ts';
import { makeOutput, type Output } from './output.ts';
import type { RecordCommandOptions } from './record_command.ts';
import { addReplay } from './replay_arguments.ts';
import type { StressCommandOptions } from './stress_command.ts';
import type { TopologyOptions } from './topology_command.ts';
import type { VerifyCommandOptions } from './verify_command.ts';
import { packageVersion } from './version.ts';

const EXIT_CODES = `
Exit codes: 0 no violation (matrix: all cells as expected), 1 violation found (matrix: a cell
differs), 2 bad usage or input, 70 a fault of hotrace itself, 130 interrupted.`;

function makeProgram(output: Output, done: (exit: number) => void): Command {
  const program = new Command('hotrace')
    .description('A laboratory for races between PCI hotplug and PCI error recovery in Linux.')
    .version(packageVersion())
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(hotrace --help lists commands and options)')
    .exitOverride();
  addInputCommands(program, output);
  addExplore(program, output, done);
  addStress(program, output, done);
  addReplay(program, output, done);
  addMatrix(program, output, done);
  addRecord(program, output, done);
  addVerify(program, output, done);
  addBench(program, output, done);
  addInspect(program, output, done);
  addReport(program, output, done);
  program
    .command('tour')
    .description('the topology, the matrix, one counterexample in full, where to go next')
    .action(async () => {
      const { tourCommand } = await import('./tour_command.ts');
      done(await tourCommand(output));
    });
  for (const command of program.commands) command.exitOverride();
  return program;
}

function addInputCommands(program: Command, output: Output): void {
  program
    .command('list [system]')
    .description('systems, races, designs, and the verdict each cell is expected to have')
    .option('--json', 'print one JSON object')
    .action(async (id: string | undefined, options: ListOptions) => {
      const { listCommand } = await import('./list_command.ts');
      await listCommand(id, options, output);
    });
  program
    .command('topology [file]')
    .description('read a machine (lspci, lspci -vvv, -xxx, -xxxx) and print it')
    .option('--tree', 'as `lspci -t` draws it')
    .option('--json', 'PHBs, buses, devices, bridges, slots as JSON')
    .action(async (file: string | undefined, options: TopologyOptions) => {
      const { topologyCommand } = await import('./topology_command.ts');
      topologyCommand(file, options, output);
    });
  addDiagram(program, output);
}

function addDiagram(program: Command, output: Output): void {
  program
    .command('diagram [machine...]')
    .description('draw statecharts: of machines, of SYSTEM/RACE, or of all; without: list them')
    .addOption(
      new Option('-f, --format <name>', 'of the drawing (default: svg)').choices([
        'svg',
        'mermaid',
        'dot',
        'scxml',
        'xstate-json',
        'json',
      ]),
    )
    .option('-o, --output <path>', 'a file; for several machines a directory')
    .option('--page <file>', 'write them all as one Markdown page')
    .option('--coverage <file>', 'mark in SVG what was never taken (written by explore)')
    .option('-d, --design <id>', 'machines of this design only (default: of every design)')
    .option('-t, --topology <file>', 'a real machine, as for explore')
    .option('--json', 'print one JSON object')
    .action(async (machines: string[], options: DiagramOptions) => {
      const { diagramCommand } = await import('./diagram_command.ts');
      await diagramCommand(machines, options, output);
    });
}

function addRecord(program: Command, output: Output, done: (exit: number) => void): void {
  program
    .command('record [row]')
    .description('the history of the field: each bug replayed before and after its fix')
    .option('--time <s>', 'seconds for all of it', secondsOption, 300)
    .option('-b, --bound <n>', 'preemptions at most, or none', boundOption, 2)
    .option('-j, --jobs <n>', 'workers', integerOption(1, 256), defaultJobs())
    .option('--page <file>', 'write the record with its replays as Markdown')
    .option('--json', 'print one JSON object')
    .action(async (row: string | undefined, options: RecordCommandOptions) => {
      const { recordCommand } = await import('./record_command.ts');
      done(await recordCommand(row, options, output));
    });
}

function addVerify(program: Command, output: Output, done: (exit: number) => void): void {
  program
    .command('verify [locks...]')
    .description('hold lock algorithms (of the zoo, or in FILE.ts) against every interleaving')
    .option(
      '--actors <n>',
      'one contest of so many threads (default: 2 and 3)',
      integerOption(2, 4),
    )
    .option('--rounds <n>', 'turns of each thread in it (default: 2)', integerOption(1, 4))
    .option(
      '-b, --bound <n>',
      'preemptions at most, or none (default: none for 2, else 2)',
      boundOption,
    )
    .option('--time <s>', 'seconds for each contest at most', secondsOption, 60)
    .option('--stress <s>', 'seconds of real threads for each lock', secondsOrNoneOption, 1)
    .option('-j, --jobs <n>', 'workers', integerOption(1, 256), defaultJobs())
    .option('--width <n>', 'columns: characters of a line', integerOption(40, 1000))
    .option('--json', 'print one JSON object')
    .action(async (locks: string[], options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('./verify_command.ts');
      done(await verifyCommand(locks, options, output));
    });
}

function addExplore(program: Command, output: Output, done: (exit: number) => void): void {
  withScenarioOptions(
    program
      .command('explore <target>')
      .description('search the interleavings of SYSTEM/RACE under the controlled scheduler'),
  )
    .addOption(
      new Option('-s, --strategy <name>', 'how schedules are chosen')
        .choices(['dfs', 'pct', 'random'])
        .default('dfs'),
    )
    .option(
      '-b, --bound <n>',
      'dfs: preemptions at most, or none (default: 2, then none as far as 5 s go)',
      boundOption,
    )
    .option('--depth <d>', 'pct: depth of the bugs looked for', integerOption(1, 16), 3)
    .option('--seed <n>', 'pct, random: seed', integerOption(0, 2 ** 31 - 1), 1)
    .option('--executions <n>', 'executions at most', integerOption(1, 1e12), 1e9)
    .option('--steps <n>', 'steps of one execution at most', integerOption(1, 1e7), 50_000)
    .option('--time <s>', 'seconds at most', secondsOption, 60)
    .option('-j, --jobs <n>', 'workers (pct, random)', integerOption(1, 256), defaultJobs())
    .option('--no-reduce', 'dfs: every interleaving, none skipped or merged')
    .option('--dmesg', "print the emulated kernel's log")
    .option('--full', 'columns: every step')
    .option('--width <n>', 'columns: characters of a line', integerOption(40, 1000))
    .option('--perfetto <file>', 'write the trace for ui.perfetto.dev')
    .option('--save <file>', 'write the schedule')
    .option('--coverage <file>', 'add the moves of all machines to a file: taken, refused, never')
    .option('--coverage-min <percent>', 'exit 1 where fewer are taken (in the file)', percentOption)
    .action(async (target: string, options: ExploreCommandOptions) => {
      const { exploreCommand } = await import('./explore_command.ts');
      done(await exploreCommand(target, options, output));
    });
}

function addStress(program: Command, output: Output, done: (exit: number) => void): void {
  withScenarioOptions(
    program
      .command('stress <target>')
      .description('run SYSTEM/RACE really in parallel, one worker thread an actor'),
  )
    .option('--rounds <n>', 'rounds at most', integerOption(1, 1e9))
    .option('--time <s>', 'seconds at most', secondsOption, 10)
    .option('--perturb <rate>', 'share of operations that are delayed', rateOption, 0.02)
    .option('--seed <n>', 'seed of the delays', integerOption(0, 2 ** 31 - 1), 1)
    .option('--keep-going', 'do not stop at the first violation')
    .option('--dmesg', "print the emulated kernel's log of the failing round")
    .option('--full', 'columns: every step')
    .option('--width <n>', 'columns: characters of a line', integerOption(40, 1000))
    .option('--perfetto <file>', 'write the failing round for ui.perfetto.dev')
    .option(
      '--inspect',
      "run XState's own actors in the workers and record their inspection events",
    )
    .action(async (target: string, options: StressCommandOptions) => {
      const { stressCommand } = await import('./stress_command.ts');
      done(await stressCommand(target, options, output));
    });
}

function withInspectOptions(command: Command): Command {
  return withScenarioOptions(command)
    .option('--system <file>', 'the module of a system of your own, for its schedules')
    .option('--stress', 'run SYSTEM/RACE on real threads instead of exploring it')
    .addOption(
      new Option('-s, --strategy <name>', 'how schedules are chosen')
        .choices(['dfs', 'pct', 'random'])
        .default('dfs'),
    )
    .option('-b, --bound <n>', 'dfs: preemptions at most, or none (default: 2)', boundOption)
    .option('--seed <n>', 'pct, random, stress: seed', integerOption(0, 2 ** 31 - 1), 1)
    .option('--time <s>', 'seconds at most', secondsOption, 60);
}

function addInspect(program: Command, output: Output, done: (exit: number) => void): void {
  withInspectOptions(
    program
      .command('inspect [what]')
      .description('look at SYSTEM/RACE as it runs, a trace, a schedule or a token, in a browser'),
  )
    .option('--no-open', 'print the address, open no browser')
    .option('--port <n>', 'on 127.0.0.1 (default: any that is free)', integerOption(0, 65_535), 0)
    .action(async (what: string | undefined, options: InspectCommandOptions) => {
      const { inspectCommand } = await import('./inspect_command.ts');
      done(await inspectCommand(what, options, output));
    });
}

function addReport(program: Command, output: Output, done: (exit: number) => void): void {
  withInspectOptions(
    program
      .command('report [what]')
      .description('the same page as one HTML file, to be mailed and opened from disk'),
  )
    .requiredOption('-o, --output <file>', 'the HTML file')
    .action(async (what: string | undefined, options: ReportCommandOptions) => {
      const { reportCommand } = await import('./inspect_command.ts');
      done(await reportCommand(what, options, output));
    });
}

function addMatrix(program: Command, output: Output, done: (exit: number) => void): void {
  program
    .command('matrix [system]')
    .description('every race against every design, explored and stressed: expected and found')
    .option('-t, --topology <file>', 'a real machine')
    .option('--time <s>', 'seconds for the whole matrix', secondsOption, 900)
    .option('--quick', 'a short look: under a second a cell')
    .option('--measures', 'print what the cells measured, too')
    .option('--page <file>', 'write the matrix with its replays as Markdown')
    .option('--findings <file>', 'write the open cells that fail, with their interleavings')
    .addOption(
      new Option('--mode <mode>', 'which runs')
        .choices(['both', 'explore', 'stress'])
        .default('both'),
    )
    .option('-b, --bound <n>', 'preemption bound of the exploration', boundOption, 2)
    .option('-j, --jobs <n>', 'workers that explore', integerOption(1, 256), defaultJobs())
    .option('--json', 'print one JSON object')
    .action(async (system: string | undefined, options: MatrixCommandOptions) => {
      const { matrixCommand } = await import('./matrix_command.ts');
      done(await matrixCommand(system, options, output));
    });
}

async function main(): Promise<void> {
  const output = makeOutput();
  // A reader that closes early (head, less) ends the output, not the program with a trace.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.OK);
    throw error;
  });
  try {
    const program = makeProgram(output, (exit) => {
      process.exitCode = exit;
    });
    await program.parseAsync(process.argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed its message already; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? EXIT.OK : EXIT.USAGE;
      return;
    }
    const { text, exit } = describeError(error);
    output.note(text);
    process.exitCode = exit;
  }
}

await main();

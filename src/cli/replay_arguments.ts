/** What `hotrace replay` takes. */
import { type Command, Option } from 'commander';
import { integerOption } from './options.ts';
import type { Output } from './output.ts';
import type { ReplayCommandOptions } from './replay_command.ts';

export function addReplay(program: Command, output: Output, done: (exit: number) => void): void {
  program
    .command('replay <schedule>')
    .description('run a recorded schedule again: a file, or the token a report printed')
    .option('-t, --topology <file>', 'the machine it was found on, when not the default')
    .option('--quarantine <frees>', 'as it was found with', integerOption(0, 1_000_000))
    .option('--system <file>', 'the module of a system of your own')
    .option('--dmesg', "print the emulated kernel's log")
    .option('--full', 'columns: every step')
    .option('--width <n>', 'columns: characters of a line', integerOption(40, 1000))
    .option('--perfetto <file>', 'write the trace for ui.perfetto.dev')
    .addOption(
      new Option(
        '--export <format>',
        'the trace for other tools; alone, nothing else is printed',
      ).choices(['perfetto', 'ftrace', 'csv', 'shiviz']),
    )
    .option('-o, --output <file>', 'where --export writes')
    .option('--save <file>', 'write the schedule as text')
    .option('--json', 'print one JSON object')
    .action(async (schedule: string, options: ReplayCommandOptions) => {
      const { replayCommand } = await import('./replay_command.ts');
      done(await replayCommand(schedule, options, output));
    });
}

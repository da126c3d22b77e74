/** The record of pciehp-history: its races, its two designs, and what is known of each cell. */
import type { Verdict } from '../oracles/verdict.ts';
import type { Design, Expectation, Race } from './system.ts';

export const recordDesigns: readonly Design[] = [
  { id: 'before', title: "the driver before its row's fix", source: 'pciehp.md 4' },
  { id: 'after', title: "the driver with its row's fix or proposal", source: 'pciehp.md 4' },
];

function known(verdict: Verdict, source: string): Expectation {
  return { verdict: [verdict], mark: 'S', source: `pciehp.md 4 ${source}` };
}

function unknown(source: string): Expectation {
  return { verdict: 'open', mark: 'D', source: `pciehp.md 4 ${source}` };
}

function race(id: string, title: string, before: Expectation, after: Expectation): Race {
  const section = `pciehp.md 4, ${id.replace('-', ' ')}`;
  return { id, title, section, expected: { before, after }, needs: 'a hot-plug slot' };
}

export const recordRaces: readonly Race[] = [
  race(
    'row-30',
    'a card is plugged in polling mode: each command is polled for',
    known('hung-task', 'row 30: 2.5 s a command, spurious timeouts'),
    known('pass', 'row 30: Linux 92912b175178'),
  ),
  race(
    'row-34',
    'a program writes to the power file as soon as it is there',
    unknown('row 34: sysfs published before the interrupt; its symptom is another one'),
    known('pass', 'row 34: Linux 51bbf9bee34f, publish last'),
  ),
  race(
    'row-35',
    'a card behind a port whose presence is wired to zero',
    known('lost-wakeup', 'row 35: card on such port never enabled'),
    known('pass', 'row 35: Linux 80696f991424'),
  ),
  race(
    'row-37',
    'kexec a minute after boot, on a port with erratum CF118',
    known('hung-task', 'row 37: "Timeout on hotplug command 0x1038 (issued 65284 msec ago)"'),
    known('pass', 'row 37: the erratum list'),
  ),
  race(
    'D3',
    "the core restores Slot Control while the slot's power is turned off",
    unknown('D3'),
    unknown('D3: through pcie_do_write_cmd'),
  ),
];

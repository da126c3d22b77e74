/** What else the machine did meanwhile. */
import { readFileSync } from 'node:fs';
import { type Environment, isNoisy } from './environment.ts';

/** CPU time of all CPUs so far, in the kernel's ticks. */
interface Ticks {
  readonly busy: number;
  readonly steal: number;
  readonly all: number;
}

const NO_TICKS: Ticks = { busy: 0, steal: 0, all: 0 };

/** From /proc/stat: user nice system idle iowait irq softirq steal. */
export function ticksOf(stat: string): Ticks {
  const [first = ''] = stat.split('\n');
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    first.split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + softirq;
  return { busy, steal, all: busy + idle + iowait + steal };
}

function readTicks(): Ticks {
  try {
    return ticksOf(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return NO_TICKS;
  }
}

/** Shares of all CPU time that make a run noisy. */
const OTHERS_MAX = 0.05;
const STEAL_MAX = 0.01;

export class NoiseMeter {
  readonly #ticks = readTicks();
  readonly #cpu = process.cpuUsage();
  readonly #start = performance.now();

  /** Sentences; none where the machine was quiet. */
  notes(env: Environment, cpus: number): string[] {
    const now = readTicks();
    const all = Math.max(1, now.all - this.#ticks.all);
    const { user, system } = process.cpuUsage(this.#cpu);
    const wallMs = Math.max(1, performance.now() - this.#start);
    const own = (user + system) / 1000 / (wallMs * cpus);
    const notes: string[] = [];
    if (isNoisy(env)) notes.push(`the load was ${env.load1} on ${env.cores} CPUs at the start`);
    const others = (now.busy - this.#ticks.busy) / all - own;
    if (now.all > 0 && others > OTHERS_MAX) {
      notes.push(`other processes used ${Math.round(100 * others)} % of the CPU time`);
    }
    const stolen = (now.steal - this.#ticks.steal) / all;
    if (stolen > STEAL_MAX) {
      notes.push(`the hypervisor took ${Math.round(100 * stolen)} % of the CPU time`);
    }
    return notes;
  }
}

/**
 * How a race of pci-history is put together: the kernel before a fix and after it are two frozen
 * records of procedures, handed to the same actors over the same memory.
 */
import type { AnyStateMachine } from 'xstate';
import { pci_caller } from '../../machines/pci_caller.ts';
import type { ActorSpec, Binding, Invariant, Program } from '../actor/program.ts';
import { type ImageBuilder, nameOfAddress } from '../memory/image.ts';
import type { Procedure } from '../ops/reference.ts';
import type { Verdict } from '../oracles/verdict.ts';
import type { BuildRequest, Mark, Race } from './system.ts';

/** What a race has besides its memory. */
export interface Stage {
  readonly actors: readonly ActorSpec[];
  readonly invariants: readonly Invariant[];
}

export interface HistoryRace {
  readonly race: Race;
  readonly stage: (memory: ImageBuilder, request: BuildRequest) => Stage;
}

/** The head of a row: what the record says of the race. */
export interface Row {
  readonly id: string;
  /** Of the table in pciehp.md 4. */
  readonly row: string;
  readonly title: string;
  /** The fix, or who reported what is open. */
  readonly commit: string;
  /** What is open has no fix: the design `after` is this. */
  readonly proposal?: string;
  readonly mark: Mark;
  /** What the row's symptom is as a verdict; `open` where nobody but the record derived it. */
  readonly before: readonly Verdict[] | 'open';
  readonly after: readonly Verdict[] | 'open';
}

/** A hang, whichever of its waits closes the circle: one on a lock, or one on a wait queue. */
export const HANG: readonly Verdict[] = ['deadlock', 'lost-wakeup'];

export function historyRace<D extends object>(
  row: Row,
  designs: Readonly<Record<'before' | 'after', D>>,
  stage: (memory: ImageBuilder, design: D, request: BuildRequest) => Stage,
): HistoryRace {
  const byName = new Map(Object.entries(designs));
  const source = `pciehp.md 4 row ${row.row}: ${row.commit}`;
  const proposal = row.proposal === undefined ? '' : `; proposed: ${row.proposal}`;
  const { mark } = row;
  return {
    race: {
      id: row.id,
      title: `${row.title} (${row.commit})`,
      section: `pciehp.md 4 row ${row.row}`,
      expected: {
        before: { verdict: row.before, mark, source },
        after: { verdict: row.after, mark, source: `${source}${proposal}` },
      },
      needs: 'nothing of the topology: it lays out its own devices',
    },
    stage: (memory, request) => {
      const design = byName.get(request.design);
      if (design === undefined) throw new Error(`[hotrace bug] no design ${request.design}`);
      return stage(memory, Object.freeze(design), request);
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: parameters differ; the machine decides (Binding).
type Callee = Procedure<any, number>;

/** A thread of its own CPU that makes one call. */
export function caller(
  name: string,
  cpu: number,
  call: Callee,
  args: ActorSpec['args'],
): ActorSpec {
  return thread(name, cpu, { machine: pci_caller, procedures: { call } }, args);
}

export function thread(
  name: string,
  cpu: number,
  binding: Binding,
  args: ActorSpec['args'],
): ActorSpec {
  return { name, context: 'process', cpu, binding, args, daemon: false };
}

/** A hard IRQ handler. */
export function vector(
  name: string,
  cpu: number,
  machine: AnyStateMachine,
  procedures: Binding['procedures'],
  args: ActorSpec['args'],
): ActorSpec {
  return { name, context: 'hardirq', cpu, binding: { machine, procedures }, args, daemon: true };
}

/** At the end a word holds what it must; `message` says what it means that it does not. */
export function endsWith(
  name: string,
  cite: string,
  addr: number,
  value: number,
  verdict: Verdict,
  message: string,
): Invariant {
  return {
    name,
    cite,
    when: 'end',
    check: (view) => {
      const found = view.read(addr);
      if (found === value) return;
      const text = `${nameOfAddress(view.layout, addr)} is 0x${found.toString(16)}: ${message}`;
      return { verdict, oracle: name, message: text, addr };
    },
  };
}

/** Everything of a program that is the same in all races. */
export const RULES: Pick<
  Program,
  | 'measures'
  | 'watched'
  | 'timers'
  | 'clockStartMs'
  | 'clockOffsetUs'
  | 'panicOnWarn'
  | 'checkLeaks'
> = {
  measures: [],
  watched: [],
  timers: { kind: 'exact' },
  clockStartMs: 0,
  clockOffsetUs: 0,
  panicOnWarn: true,
  checkLeaks: true,
};

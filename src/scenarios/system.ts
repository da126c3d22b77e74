/** A system: one subsystem with its history, its races and the designs that were proposed. */
import type { Program } from '../actor/program.ts';
import type { Verdict } from '../oracles/verdict.ts';
import type { Machine } from '../topology/machine.ts';

/** [V]/[S] verified in a primary source; [D] derived; [M] from memory; `lab`: found here. */
export type Mark = 'V' | 'S' | 'D' | 'M' | 'lab';

export interface Expectation {
  /** The verdicts that count as "as expected"; `open` where the source only derived it. */
  readonly verdict: readonly Verdict[] | 'open';
  readonly mark: Mark;
  /** `Linux 799abe283e51`, `eeh.md 2.3 T2`, a mail by author, date and subject. */
  readonly source: string;
}

export interface Race {
  /** `T3`, `hot-add` */
  readonly id: string;
  readonly title: string;
  /** Section of the domain record. */
  readonly section: string;
  /** By design id; every design of the system has one. */
  readonly expected: Readonly<Record<string, Expectation>>;
  /** The topology part it needs, in words, for `list` and for the error when it is missing. */
  readonly needs: string;
}

export interface Design {
  /** `keep-flag` */
  readonly id: string;
  readonly title: string;
  /** Kernel versions or mails it stands for. */
  readonly source: string;
}

export interface BuildRequest {
  readonly race: string;
  readonly design: string;
  /** PHBs, buses, devices, PEs and slots of a real machine. */
  readonly machine: Machine;
  readonly machineName: string;
  /** Frees before a slab slot is reused. */
  readonly quarantine: number;
  /** Algorithms of the zoo behind the locks, in exploration; absent: abstract locks. */
  readonly locks?: LockNames;
}

/** Lock algorithms by id, one a kind; a kind without one stays as it is. */
export interface LockNames {
  readonly spinlock?: string;
  readonly mutex?: string;
  readonly rwsem?: string;
}

export interface System {
  readonly id: string;
  readonly title: string;
  readonly platformDefault: (race: string) => 'powernv' | 'pseries';
  readonly races: readonly Race[];
  readonly designs: readonly Design[];
  /** @throws TopologyError when the machine cannot host the race (says what it needs). */
  readonly build: (request: BuildRequest) => Program;
}

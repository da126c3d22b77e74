/** What each actor of one explored execution did: its operations with their results, as words. */
import type { Engine, Recorder } from '../../src/explore/engine.ts';
import { DecisionLog, execute, type Picker } from '../../src/explore/execute.ts';
import { PENDING } from '../../src/explore/world.ts';
import { ACB, stackSites } from '../../src/ops/flat.ts';
import { OPS } from '../../src/ops/vocabulary.ts';

/** Per actor: kind, number of operands, operands, result; and so on. */
export type Operations = readonly number[];

const COUNT = new Map<number, number>();
for (const { kind, operands } of Object.values(OPS)) COUNT.set(kind, operands.length);

/** The operation that a second half belongs to. */
const WHOLE: Readonly<Record<number, number>> = {
  [PENDING.SLEEPING]: OPS.msleep.kind,
  [PENDING.TIMED]: OPS.schedule_timeout.kind,
  [PENDING.PARKED]: OPS.futex_wait.kind,
};

class RunRecorder implements Recorder {
  readonly records: number[][];
  /** Procedures that stood on a stack, `file procedure`. */
  readonly procedures: Set<string>;
  readonly #engine: Engine;
  #pending: number[] = [];

  constructor(engine: Engine, procedures: Set<string>) {
    this.#engine = engine;
    this.procedures = procedures;
    this.records = engine.program.actors.map(() => []);
  }

  before(actor: number): void {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    const now = W[acb] ?? 0;
    const kind = WHOLE[now] ?? now;
    const count = COUNT.get(kind) ?? 0;
    this.#pending = [kind, count, ...W.subarray(acb + ACB.operands, acb + ACB.operands + count)];
    for (const { file, procedure } of stackSites(W, acb)) {
      this.procedures.add(`${file} ${procedure}`);
    }
  }

  after(actor: number): void {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    // Parked: the operation answers when it is woken.
    if (W[acb] === PENDING.PARKED) return;
    this.records[actor]?.push(...this.#pending, W[acb + ACB.result] ?? 0);
  }

  transition(): void {
    // Machines move by what the procedures return: the replay moves them itself.
  }

  log(): void {
    // A line of the log is an operation like others.
  }
}

/** Runs one execution and answers what each actor did. */
export function recordRun(
  engine: Engine,
  picker: Picker,
  run: number,
  procedures: Set<string>,
): readonly Operations[] {
  const recorder = new RunRecorder(engine, procedures);
  engine.recorder = recorder;
  picker.start(run);
  execute(engine, picker, new DecisionLog(20_000));
  engine.recorder = undefined;
  return recorder.records;
}

/** Makes a trace of one execution: what each step did, where, and what the log said. */
import { ACB, stackSites } from '../ops/flat.ts';
import { textOf } from '../ops/sites.ts';
import { OPS } from '../ops/vocabulary.ts';
import { formatPrintk } from '../trace/dmesg.ts';
import type {
  LogLine,
  Site,
  Trace,
  TraceActor,
  TraceStep,
  TraceTransition,
} from '../trace/record.ts';
import { isEnabled } from './enabled.ts';
import type { Engine, Recorder } from './engine.ts';
import { waitsOf } from './quiescence.ts';
import { ACTOR, PENDING } from './world.ts';

const OPERAND_COUNT = new Uint8Array(256);
const GHOST = new Uint8Array(256);
for (const spec of Object.values(OPS)) {
  OPERAND_COUNT[spec.kind] = spec.operands.length;
  GHOST[spec.kind] = spec.visibility === 'ghost' ? 1 : 0;
}

/** The operation that a pending second half belongs to. */
function wholeKind(kind: number): number {
  if (kind === PENDING.SLEEPING) return OPS.msleep.kind;
  if (kind === PENDING.TIMED) return OPS.schedule_timeout.kind;
  return kind === PENDING.PARKED ? OPS.futex_wait.kind : kind;
}

export class TraceRecorder implements Recorder {
  readonly #engine: Engine;
  readonly #steps: TraceStep[] = [];
  readonly #transitions: TraceTransition[] = [];
  readonly #log: LogLine[] = [];
  readonly #waited: boolean[] = [];
  #stack: readonly Site[] = [];
  #kind = 0;
  #operands: number[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Notes who cannot go on: their next step was blocked. Call before each decision. */
  noteWaiting(): void {
    for (let i = 0; i < this.#engine.actorCount; i++) {
      if (!isEnabled(this.#engine, i)) this.#waited[i] = true;
    }
  }

  before(actor: number): void {
    const { W, world } = this.#engine;
    const acb = world.acbs[actor] ?? 0;
    this.#kind = wholeKind(W[acb] ?? 0);
    const from = acb + ACB.operands;
    this.#operands = [...W.subarray(from, from + (OPERAND_COUNT[this.#kind] ?? 0))];
    this.#stack = stackSites(W, acb);
  }

  after(actor: number): void {
    const { W, world, finding } = this.#engine;
    if (GHOST[this.#kind] === 1 && finding === undefined) return;
    const acb = world.acbs[actor] ?? 0;
    this.#steps.push({
      step: this.#steps.length,
      actor,
      kind: this.#kind,
      operands: this.#operands,
      result: W[acb + ACB.result] ?? 0,
      stack: this.#stack,
      timeMs: W[world.clock] ?? 0,
      blocked: this.#waited[actor] ?? false,
    });
    this.#waited[actor] = false;
  }

  transition(actor: number, from: number, event: number, to: number): void {
    const table = this.#engine.world.tables[actor];
    if (table === undefined) return;
    this.#transitions.push({
      step: this.#steps.length,
      actor,
      from: table.states[from]?.name ?? '',
      event: table.eventName(event),
      to: table.states[to]?.name ?? '',
    });
  }

  log(actor: number, operands: Int32Array): void {
    const { W, world } = this.#engine;
    const [format, ...args] = operands;
    // A text operand is its id; formatPrintk wants the text itself.
    const values = args.map((arg) => textOf(arg) ?? arg);
    const text = formatPrintk(textOf(format ?? 0) ?? '?', values, []);
    this.#log.push({ step: this.#steps.length, actor, timeMs: W[world.clock] ?? 0, text });
  }

  /** The trace of the execution that just ended. */
  trace(): Trace {
    const { program, finding } = this.#engine;
    return {
      target: program.target,
      design: program.design,
      layout: program.layout,
      actors: program.actors.map((a, i) => actorOf(a, i)),
      steps: this.#steps,
      transitions: this.#transitions,
      log: this.#log,
      clockOffsetUs: program.clockOffsetUs,
      finding,
      waits: waitsOf(this.#engine).filter((w) => this.#isStuck(w.actor)),
    };
  }

  #isStuck(actor: number): boolean {
    const acb = this.#engine.world.acbs[actor] ?? 0;
    return this.#engine.W[acb + ACTOR.done] === 0 && !isEnabled(this.#engine, actor);
  }
}

/** Pids are made up, but the same in every run. */
function actorOf(spec: Engine['program']['actors'][number], index: number): TraceActor {
  const { name, cpu, context } = spec;
  return { name, comm: spec.comm ?? name, pid: 900 + index, cpu, context };
}

/**
 * One execution: performs operations on the words, resumes procedures, moves machines, tells who
 * can go on. It decides nothing: which actor moves next is the caller's choice.
 */
import type { Program } from '../actor/program.ts';
import { rw_semaphore } from '../memory/kernel_structs.ts';
import { ACB, pushRootFrame, STEP, steps } from '../ops/flat.ts';
import { GFP_KERNEL } from '../ops/reference.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Finding } from '../oracles/verdict.ts';
import { timeoutExpiry } from './clock.ts';
import { isEnabled } from './enabled.ts';
import { LockCalls } from './lock_calls.ts';
import { checkMaySleep } from './lock_rules.ts';
import type { MoveCounter } from './moves.ts';
import { perform } from './perform.ts';
import { Watch } from './watch.ts';
import { ACTOR, makeWorld, PENDING, type World } from './world.ts';

/** What a step did, for whoever records it. Overwritten by each step. */
export interface Recorder {
  /** Before the operation happens: its words are still in the control block. */
  before(actor: number): void;
  after(actor: number): void;
  transition(actor: number, from: number, event: number, to: number): void;
  log(actor: number, operands: Int32Array): void;
}

/**
 * Told what a step touches beside its operation: bookkeeping, what invariants look at. `addr` is a
 * word, or past the memory what stands for a slab cache (in order), then for an actor's state.
 */
export interface SideTouches {
  touch(actor: number, addr: number, write: boolean): void;
}

/** Steps of one actor without any change, after which it counts as spinning. */
const IDLE_STEPS_MAX = 4096;

export class Engine {
  readonly world: World;
  readonly program: Program;
  /** All state. Replaced contents, never another array. */
  readonly W: Int32Array;
  readonly actorCount: number;
  /** The first violation; nothing moves any more once it is set. */
  finding: Finding | undefined;
  /** Set by an operation that changed something another actor may spin on. */
  changed = false;
  /** Oracles on (false only for raw speed measurements). */
  oracles = true;
  recorder: Recorder | undefined;
  sideTouches: SideTouches | undefined;
  /** Counts what events met which states, refused ones too. */
  moves: MoveCounter | undefined;
  /** The answer of choose(): set by the caller before the step. */
  choice = 0;
  readonly #watch: Watch | undefined;
  readonly #lockCalls: LockCalls | undefined;
  readonly #acbs: Int32Array;
  readonly #ghost: Uint8Array;
  readonly #sleeps: Uint8Array;

  constructor(program: Program) {
    this.world = makeWorld(program);
    this.program = program;
    this.W = new Int32Array(this.world.words);
    this.actorCount = program.actors.length;
    this.#acbs = this.world.acbs;
    this.#watch = Watch.of(this);
    this.#lockCalls = LockCalls.of(program);
    this.#ghost = new Uint8Array(256);
    this.#sleeps = new Uint8Array(256);
    for (const spec of Object.values(OPS)) {
      this.#ghost[spec.kind] = spec.visibility === 'ghost' ? 1 : 0;
      this.#sleeps[spec.kind] = 'sleeps' in spec ? 1 : 0;
    }
  }

  /** Back to the start: every actor runs up to its first visible operation. */
  reset(): void {
    this.finding = undefined;
    this.changed = false;
    this.W.set(this.world.initial);
    for (let i = 0; i < this.actorCount; i++) {
      this.#enterState(i);
      this.#settle(i);
    }
  }

  /** Bit mask of the actors that can take a step now. */
  enabledMask(): number {
    let eager = 0;
    let relaxed = 0;
    let idle = 0;
    for (let i = 0; i < this.actorCount; i++) {
      if (!isEnabled(this, i)) continue;
      const spins = this.W[(this.#acbs[i] ?? 0) + ACTOR.relaxed] ?? 0;
      if (spins === 0) eager |= 1 << i;
      else if (spins === 1) relaxed |= 1 << i;
      else idle |= 1 << i;
    }
    // A spinning actor gives way while anybody else can move (fairness). With nobody else it looks
    // once more: what it waits for may have come between its look and its cpu_relax.
    if (eager !== 0) return eager;
    return relaxed !== 0 ? relaxed : idle;
  }

  /** True where every actor that can move has looked again in vain: it spins for a change. */
  allIdle(mask: number): boolean {
    for (let i = 0; i < this.actorCount; i++) {
      if ((mask & (1 << i)) === 0) continue;
      if (this.W[(this.#acbs[i] ?? 0) + ACTOR.relaxed] !== 2) return false;
    }
    return true;
  }

  kindOf(actor: number): number {
    return this.W[this.#acbs[actor] ?? 0] ?? 0;
  }

  operandOf(actor: number, index: number): number {
    return this.W[(this.#acbs[actor] ?? 0) + ACB.operands + index] ?? 0;
  }

  /** Performs the actor's pending operation and runs it up to its next visible one. */
  step(actor: number): void {
    const acb = this.#acbs[actor] ?? 0;
    this.changed = false;
    const kind = this.W[acb] ?? 0;
    const operand = this.W[acb + ACB.operands] ?? 0;
    this.#perform(actor, acb);
    this.W[acb + ACTOR.blockedSince] = -1;
    if (this.changed) this.wakeSpinners();
    else this.#noteIdle(actor, acb);
    if (this.finding !== undefined) return;
    if ((this.W[acb] ?? 0) >= PENDING.SLEEPING) return;
    this.#lockCalls?.finish(this, actor, acb, kind, operand);
    this.#resume(actor, acb);
    this.#settle(actor);
  }

  #perform(actor: number, acb: number): void {
    this.recorder?.before(actor);
    const watch = this.oracles ? this.#watch : undefined;
    watch?.before(acb);
    perform(this, actor, acb);
    if (this.finding === undefined) watch?.after(actor);
    this.recorder?.after(actor);
  }

  /** Something changed, or the clock moved: spinning actors look again. */
  wakeSpinners(): void {
    const { idle } = this.world;
    for (let i = 0; i < this.actorCount; i++) {
      this.W[(this.#acbs[i] ?? 0) + ACTOR.relaxed] = 0;
      this.W[idle + i] = 0;
    }
  }

  /** A loop that only reads for so long spins, cpu_relax() or not: a soft lockup if alone. */
  #noteIdle(actor: number, acb: number): void {
    const at = this.world.idle + actor;
    const steps = (this.W[at] ?? 0) + 1;
    this.W[at] = steps < IDLE_STEPS_MAX ? steps : 0;
    if (steps < IDLE_STEPS_MAX) return;
    this.W[acb + ACTOR.relaxed] = Math.min(2, (this.W[acb + ACTOR.relaxed] ?? 0) + 1);
  }

  /** Runs the actor's procedures up to its next operation; moves its machine where one returns. */
  #resume(actor: number, acb: number): void {
    const W = this.W;
    for (;;) {
      const frame = W[acb + ACB.frame] ?? 0;
      if (frame !== 0 && frame === W[acb + ACTOR.callFrame]) {
        if (this.#lockCalls?.returned(this, acb) === true) return;
      }
      const step = steps[W[frame + 1] ?? 0];
      if (step === undefined) throw new Error('[hotrace bug] no procedure behind a frame');
      const answer = step(W, acb, frame);
      if (answer === STEP.OPERATION) {
        if (this.#lockCalls?.begin(this, actor, acb) !== true) return;
        continue;
      }
      if (answer === STEP.DONE && !this.#move(actor, acb, W[acb + ACB.result] ?? 0)) return;
    }
  }

  /** The machine takes an event; false when the actor has nothing more to run. */
  #move(actor: number, acb: number, event: number): boolean {
    const table = this.world.tables[actor];
    if (table === undefined) return false;
    const from = this.W[acb + ACTOR.state] ?? 0;
    const to = table.next(from, event);
    this.moves?.count(actor, from, event);
    if (to < 0) {
      const state = table.states[from]?.name ?? '';
      this.finding = {
        verdict: 'illegal-transition',
        oracle: 'machine',
        message: `${table.machine}: ${table.eventName(event)} is not accepted in state ${state}`,
        addr: 0,
      };
      this.W[acb] = PENDING.NONE;
      return false;
    }
    this.W[acb + ACTOR.state] = to;
    if (this.#watch !== undefined) this.sideTouches?.touch(actor, this.#stateWord(actor), true);
    this.recorder?.transition(actor, from, event, to);
    return this.#enterState(actor);
  }

  /** What stands for an actor's state among touched words. */
  #stateWord(actor: number): number {
    return this.world.layout.words + this.world.layout.caches.length + actor;
  }

  #enterState(actor: number): boolean {
    const acb = this.#acbs[actor] ?? 0;
    const state = this.W[acb + ACTOR.state] ?? 0;
    const procedure = this.world.procedures[actor]?.[state];
    if (procedure === undefined) {
      this.W[acb] = PENDING.NONE;
      this.W[acb + ACTOR.done] = this.world.tables[actor]?.states[state]?.final === true ? 1 : 0;
      this.W[acb + ACB.frame] = 0;
      return false;
    }
    const stack = this.world.stacks[actor] ?? 0;
    pushRootFrame(this.W, acb, stack, procedure, this.world.args[actor] ?? []);
    if (this.W[acb] === PENDING.NONE) this.#resumeFresh(actor, acb);
    return true;
  }

  /** At reset there is no caller that would run the first procedure. */
  #resumeFresh(actor: number, acb: number): void {
    this.W[acb] = 1;
    this.#resume(actor, acb);
  }

  /** A writer that must wait holds back readers that come later (fair to writers). */
  #queueWriter(actor: number, acb: number): void {
    const lock = this.W[acb + ACB.operands] ?? 0;
    if ((this.world.layout.objectOf[lock] ?? 0) === 0) return;
    this.sideTouches?.touch(actor, lock, true);
    if (this.W[lock] === 0) return;
    const at = lock + rw_semaphore.waiting;
    this.W[at] = (this.W[at] ?? 0) | (1 << actor);
  }

  #maySleep(acb: number, kind: number): boolean {
    if (kind !== OPS.kzalloc.kind) return this.#sleeps[kind] === 1;
    return this.W[acb + ACB.operands + 1] === GFP_KERNEL;
  }

  /** Performs ghost operations at once and turns sleeps into waits for the clock. */
  #settle(actor: number): void {
    const acb = this.#acbs[actor] ?? 0;
    const W = this.W;
    for (let i = 0; this.finding === undefined; i++) {
      const kind = W[acb] ?? 0;
      if (this.#maySleep(acb, kind) && this.oracles) checkMaySleep(this, actor, acb);
      if (kind === OPS.msleep.kind) {
        W[acb + ACTOR.wakeAt] = timeoutExpiry(this, W[acb + ACB.operands] ?? 0, 'msleep');
        W[acb] = PENDING.SLEEPING;
      } else if (kind === OPS.schedule_timeout.kind) {
        W[acb + ACTOR.wakeAt] = timeoutExpiry(this, W[acb + ACB.operands] ?? 0, 'timeout');
        W[acb] = PENDING.TIMED;
      }
      if (kind === OPS.down_write.kind) this.#queueWriter(actor, acb);
      if (this.#ghost[kind] !== 1) return;
      if (i > 1_000_000) throw new Error('[hotrace bug] a procedure loops without a visible step');
      if (
        kind === OPS.ghost_read.kind ||
        kind === OPS.ghost_write.kind ||
        kind === OPS.ghost_add.kind
      ) {
        this.sideTouches?.touch(actor, W[acb + ACB.operands] ?? 0, kind !== OPS.ghost_read.kind);
      }
      this.#perform(actor, acb);
      if (this.finding !== undefined) return;
      this.#resume(actor, acb);
    }
  }
}

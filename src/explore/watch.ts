/**
 * What must hold after each write to some words: watched statecharts and the invariants that name
 * their words. Most programs have none; then the engine has no Watch and pays nothing.
 */
import type { Invariant, MemoryView } from '../actor/program.ts';
import { type MoveCheck, moveCheck } from '../actor/watched.ts';
import { ACB } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Engine } from './engine.ts';
import { viewOf } from './quiescence.ts';

export class Watch {
  readonly #engine: Engine;
  readonly #moves = new Map<number, MoveCheck>();
  readonly #invariants = new Map<number, Invariant[]>();
  /** 1 for words that something is said about. */
  readonly #flags: Uint8Array;
  readonly #view: MemoryView;
  /** The watched word that the operation names, -1 if none, and what it held. */
  #addr = -1;
  #old = 0;
  #actor = 0;

  /** A Watch where the program needs one. */
  static of(engine: Engine): Watch | undefined {
    const { watched, invariants } = engine.program;
    const needed = watched.length > 0 || invariants.some((i) => i.when !== 'end');
    return needed ? new Watch(engine) : undefined;
  }

  private constructor(engine: Engine) {
    this.#engine = engine;
    this.#flags = new Uint8Array(engine.world.layout.words);
    for (const word of engine.program.watched) {
      this.#moves.set(word.addr, moveCheck(word));
      this.#flags[word.addr] = 1;
    }
    for (const invariant of engine.program.invariants) {
      if (invariant.when === 'end') continue;
      for (const addr of invariant.when) {
        this.#invariants.set(addr, [...(this.#invariants.get(addr) ?? []), invariant]);
        this.#flags[addr] = 1;
      }
    }
    // What an invariant looks at belongs to the step that made it look.
    const noted = (addr: number): void => engine.sideTouches?.touch(this.#actor, addr, false);
    this.#view = viewOf(engine, noted);
  }

  /** Call before an operation is performed: its operands are in the control block. */
  before(acb: number): void {
    const { W } = this.#engine;
    const addr = W[acb + ACB.operands] ?? 0;
    // kfree() poisons the object; its words are no state any more.
    const watched = this.#flags[addr] === 1 && W[acb] !== OPS.kfree.kind;
    this.#addr = watched ? addr : -1;
    this.#old = W[addr] ?? 0;
  }

  /** Call after it: sets the engine's finding when the write broke something. */
  after(actor: number): void {
    const addr = this.#addr;
    if (addr < 0) return;
    const engine = this.#engine;
    const value = engine.W[addr] ?? 0;
    if (value === this.#old) return;
    engine.finding = this.#moves.get(addr)?.(this.#old, value);
    if (engine.finding !== undefined) return;
    this.#actor = actor;
    for (const invariant of this.#invariants.get(addr) ?? []) {
      const finding = invariant.check(this.#view);
      if (finding === undefined) continue;
      engine.finding = { ...finding, oracle: invariant.name };
      return;
    }
  }
}

/**
 * Exhaustive search, depth first, with snapshots instead of re-execution. A switch away from an
 * actor that could go on is a preemption and costs one of the bound; switches at blocking points
 * are free. Reductions, each exact within the bound: no switch is tried before a step that nobody
 * else can tell (footprint.ts); a state met again with no more preemptions left is not searched
 * again (visited.ts).
 */
import { OPS } from '../ops/vocabulary.ts';
import type { Budget } from './budget.ts';
import type { Engine } from './engine.ts';
import { type DecisionLog, movable } from './execute.ts';
import type { Footprint } from './footprint.ts';
import type { MeasureRanges } from './measures.ts';
import type { Decisions } from './replay.ts';
import { StateHash, type VisitedSet, VisitedStates } from './visited.ts';

export interface DepthFirstOptions {
  /** Preemptions allowed; Infinity: none counted. */
  readonly bound: number;
  /** Skip switches before steps that nobody else can tell. */
  readonly skipLocal: boolean;
  /** Do not search a state twice. */
  readonly mergeStates: boolean;
  /** Decisions that every execution starts with: the root of a subtree. */
  readonly prefix: Decisions;
  /** Nodes deep at which the search stops and notes a subtree instead; Infinity: it goes on. */
  readonly splitDepth: number;
  /** States that other searches of the same space share; undefined: this one's own. */
  readonly shared: VisitedSet | undefined;
}

export type SearchEnd = 'exhausted' | 'finding' | 'limit';

interface Node {
  snapshot: Int32Array;
  length: number;
  choices: number;
  /** Actors still to be tried, or -1 where this is a choose() node. */
  rest: number;
  current: number;
  preemptions: number;
  /** choose(): the actor, the next answer and their number. */
  chooser: number;
  answer: number;
  answers: number;
}

export class DepthFirst {
  readonly #engine: Engine;
  readonly #options: DepthFirstOptions;
  readonly #budget: Budget;
  readonly #log: DecisionLog;
  readonly #ranges: MeasureRanges;
  readonly #footprint: Footprint;
  readonly #hash = new StateHash();
  readonly #nodes: Node[] = [];
  #depth = 0;
  #visited: VisitedSet;
  /** Executions that hit the limit of steps: the search is then not exhaustive. */
  truncated = 0;
  /** Roots of the subtrees that were not entered (splitDepth). */
  readonly subtrees: Decisions[] = [];

  constructor(
    engine: Engine,
    options: DepthFirstOptions,
    budget: Budget,
    log: DecisionLog,
    ranges: MeasureRanges,
    footprint: Footprint,
  ) {
    this.#ranges = ranges;
    this.#engine = engine;
    this.#options = options;
    this.#budget = budget;
    this.#log = log;
    this.#footprint = footprint;
    this.#visited = options.shared ?? new VisitedStates();
  }

  get states(): number {
    return this.#visited.count;
  }

  /** Searches until a finding, the end of the space, or the budget's. */
  run(): SearchEnd {
    this.#engine.sideTouches = this.#options.skipLocal ? this.#footprint : undefined;
    const end = this.#runToFixpoint();
    this.#engine.sideTouches = undefined;
    return end;
  }

  #runToFixpoint(): SearchEnd {
    for (;;) {
      this.#footprint.changed = false;
      const end = this.#searchOnce();
      const { shared, skipLocal } = this.#options;
      // A word turned out to be shared: what was skipped before its steps must be searched. Who
      // shares states with others leaves that to whoever hands them out.
      const complete = !this.#footprint.changed || !skipLocal || shared !== undefined;
      if (end !== 'exhausted' || complete) return end;
      this.#visited = new VisitedStates();
      this.truncated = 0;
      this.subtrees.length = 0;
    }
  }

  #searchOnce(): SearchEnd {
    this.#depth = 0;
    this.#footprint.begin();
    this.#engine.reset();
    this.#log.clear();
    let end = this.#enterPrefix();
    for (;;) {
      if (end !== undefined) return end;
      if (this.#budget.spent()) return 'limit';
      const node = this.#backtrack();
      if (node === undefined) return this.truncated > 0 ? 'limit' : 'exhausted';
      end = this.#alternative(node);
    }
  }

  /** Plays the prefix, counting its preemptions, and searches on from there. */
  #enterPrefix(): SearchEnd | undefined {
    const engine = this.#engine;
    const { actors, choices } = this.#options.prefix;
    let current = -1;
    let preemptions = 0;
    for (const actor of actors) {
      const mask = movable(engine);
      if ((mask & (1 << actor)) === 0) {
        throw new Error('[hotrace bug] dfs: the root of a subtree cannot be reached again');
      }
      if (current >= 0 && actor !== current && (mask & (1 << current)) !== 0) preemptions++;
      if (engine.kindOf(actor) === OPS.choose.kind) {
        engine.choice = choices[this.#log.choices.length] ?? 0;
        this.#log.choices.push(engine.choice);
      }
      current = actor;
      this.#take(actor);
    }
    return this.#forward(current, preemptions);
  }

  /** The deepest node with something left to try, restored. */
  #backtrack(): Node | undefined {
    while (this.#depth > 0) {
      const node = this.#nodes[this.#depth - 1];
      if (node === undefined) return undefined;
      if (node.rest !== 0 || node.answer < node.answers) {
        this.#engine.W.set(node.snapshot);
        this.#engine.finding = undefined;
        this.#log.length = node.length;
        this.#log.choices.length = node.choices;
        return node;
      }
      this.#depth--;
    }
    return undefined;
  }

  #alternative(node: Node): SearchEnd | undefined {
    if (node.answer < node.answers) {
      this.#engine.choice = node.answer++;
      this.#log.choices.push(this.#engine.choice);
      this.#take(node.chooser);
      return this.#forward(node.chooser, node.preemptions);
    }
    const actor = 31 - Math.clz32(node.rest & -node.rest);
    node.rest &= node.rest - 1;
    const preempts = node.current >= 0 ? 1 : 0;
    return this.#go(actor, node.preemptions + preempts);
  }

  #take(actor: number): void {
    this.#footprint.note(actor);
    this.#log.actors[this.#log.length++] = actor;
    this.#engine.step(actor);
    this.#budget.steps++;
  }

  /** Moves `actor`, through a node of answers if it stands at a choose(). */
  #go(actor: number, preemptions: number): SearchEnd | undefined {
    if (this.#engine.kindOf(actor) === OPS.choose.kind) {
      const answers = Math.max(1, this.#engine.operandOf(actor, 0));
      const node = this.#push(0, -1, preemptions);
      node.chooser = actor;
      node.answers = answers;
      return this.#alternative(node);
    }
    this.#take(actor);
    return this.#forward(actor, preemptions);
  }

  /** Runs on until the end of this execution; undefined: nothing found, try the rest. */
  #forward(from: number, preemptions: number): SearchEnd | undefined {
    const engine = this.#engine;
    let current = from;
    for (;;) {
      if (engine.finding !== undefined) return this.#ended('finding');
      const mask = movable(engine);
      if (mask === 0) {
        this.#ranges.note(engine);
        return this.#ended(engine.finding === undefined ? undefined : 'finding');
      }
      if (this.#log.length >= this.#log.actors.length) {
        this.truncated++;
        return this.#ended(undefined);
      }
      if ((this.#budget.steps & 0xfff) === 0 && this.#budget.spent()) return 'limit';
      const next = this.#decide(mask, current, preemptions);
      if (next < 0) return this.#ended(undefined);
      current = next;
      if (engine.kindOf(current) === OPS.choose.kind) return this.#go(current, preemptions);
      this.#take(current);
    }
  }

  /** Who moves now; a node is kept where others could. -1: this state was searched before. */
  #decide(mask: number, current: number, preemptions: number): number {
    const { bound, skipLocal, mergeStates } = this.#options;
    const goesOn = current >= 0 && (mask & (1 << current)) !== 0;
    const lowest = 31 - Math.clz32(mask & -mask);
    if ((mask & (mask - 1)) === 0) return lowest;
    if (goesOn && preemptions >= bound) return current;
    if (goesOn && skipLocal && this.#footprint.isLocal(current)) return current;
    const kept = goesOn ? current : -1;
    if (mergeStates && !this.#isNew(kept, bound - preemptions)) return -1;
    if (this.#depth >= this.#options.splitDepth) {
      const actors = [...this.#log.actors.subarray(0, this.#log.length)];
      this.subtrees.push({ actors, choices: [...this.#log.choices] });
      return -1;
    }
    const first = goesOn ? current : lowest;
    this.#push(mask & ~(1 << first), kept, preemptions);
    return first;
  }

  #ended(end: SearchEnd | undefined): SearchEnd | undefined {
    this.#budget.executions++;
    return end;
  }

  #isNew(current: number, left: number): boolean {
    this.#hash.of(this.#engine, current);
    return this.#visited.enter(this.#hash.low, this.#hash.high, left);
  }

  #push(rest: number, current: number, preemptions: number): Node {
    let node = this.#nodes[this.#depth];
    if (node === undefined) {
      node = {
        snapshot: new Int32Array(this.#engine.W.length),
        length: 0,
        choices: 0,
        rest: 0,
        current: -1,
        preemptions: 0,
        chooser: 0,
        answer: 0,
        answers: 0,
      };
      this.#nodes.push(node);
    }
    this.#depth++;
    node.snapshot.set(this.#engine.W);
    node.length = this.#log.length;
    node.choices = this.#log.choices.length;
    node.rest = rest;
    node.current = current;
    node.preemptions = preemptions;
    node.answer = 0;
    node.answers = 0;
    return node;
  }
}

/** Random small programs as tables. Import after installLowering('explored'). */
import type { Program } from '../../src/actor/program.ts';
import type { Prng } from '../../src/explore/prng.ts';
import { ImageBuilder } from '../../src/memory/image.ts';
import { arena, piece } from '../programs/structs.ts';
import { interpret } from '../programs/table.ts';
import { CODE, CODE_WORDS } from '../programs/table_code.ts';
import { program, runs } from './build.ts';

export type Instruction = readonly [kind: number, x?: number, y?: number, z?: number];

/** What a program is made of; each kind stresses another part of the engine. */
export type Flavour = 'memory' | 'locks' | 'objects' | 'ghosts' | 'waiting' | 'mixed';

/** Words 0..3 hold numbers, 4 and 5 pointers. */
const NUMBERS = 4;

function memoryStep(random: Prng): Instruction {
  const x = random.below(NUMBERS);
  switch (random.below(5)) {
    case 0:
      return [CODE.WRITE, x, 1 + random.below(3)];
    case 1:
      return [CODE.STORE, x, 1];
    case 2:
      return [CODE.ADD, x, 1];
    case 3:
      return [CODE.CMPXCHG, x, random.below(2), 2];
    default:
      return [CODE.READ, x];
  }
}

/** Locks are nested in one order, the spinlock innermost: no deadlock, no sleep in atomic. */
function lockSteps(random: Prng): Instruction[] {
  const inner = [memoryStep(random)];
  switch (random.below(6)) {
    case 0:
      return [[CODE.SPIN_LOCK], ...inner, [CODE.SPIN_UNLOCK]];
    case 1:
      return [[CODE.MUTEX_LOCK], ...inner, [CODE.MUTEX_UNLOCK]];
    case 2:
      return [[CODE.DOWN_READ], ...inner, [CODE.UP_READ]];
    case 3:
      return [[CODE.DOWN_WRITE], ...inner, [CODE.UP_WRITE]];
    case 4:
      return [[CODE.TRYLOCK, random.below(NUMBERS)]];
    default:
      return [[CODE.IRQSAVE, random.below(NUMBERS), 1]];
  }
}

function objectStep(random: Prng): Instruction {
  const x = NUMBERS + random.below(2);
  const kind = [CODE.ALLOC, CODE.USE, CODE.FREE][random.below(3)] ?? CODE.USE;
  return [kind, x];
}

function ghostStep(random: Prng): Instruction {
  const kind = [CODE.GHOST_ADD, CODE.GHOST_READ, CODE.GHOST_WRITE][random.below(3)];
  return [kind ?? CODE.GHOST_READ, random.below(2), 1];
}

function waitSteps(random: Prng): Instruction[] {
  const x = random.below(2);
  switch (random.below(7)) {
    case 0:
      return [[CODE.COMPLETE]];
    case 1:
      return [[CODE.AWAIT]];
    case 2:
      return [[CODE.WRITE, x, 1], [CODE.WAKE]];
    case 3:
      return [[CODE.SLEEP_UNTIL, x]];
    case 4:
      return [[CODE.MSLEEP, 0, 1 + random.below(3)]];
    case 5:
      return [[CODE.CHOOSE, 0, 2]];
    default:
      return [[CODE.SPIN_UNTIL, x]];
  }
}

function steps(random: Prng, flavour: Flavour): Instruction[] {
  const plain = random.below(3) === 0;
  switch (flavour) {
    case 'locks':
      return plain ? [memoryStep(random)] : lockSteps(random);
    case 'objects':
      return [plain ? memoryStep(random) : objectStep(random)];
    case 'ghosts':
      // A word of its own before the bookkeeping: the step that a reduction would skip.
      return [memoryStep(random), ghostStep(random)];
    case 'waiting':
      return plain ? [memoryStep(random)] : waitSteps(random);
    case 'mixed': {
      const others: readonly Flavour[] = ['memory', 'locks', 'objects', 'ghosts', 'waiting'];
      return steps(random, others[random.below(others.length)] ?? 'memory');
    }
    default:
      return [memoryStep(random)];
  }
}

export interface RandomProgram {
  readonly program: Program;
  readonly text: string;
  /** Words that make up a final state: shared words, ghosts, results, allocator. */
  readonly state: readonly number[];
}

/** `actors` tables of about `length` instructions each. */
export function randomProgram(
  random: Prng,
  flavour: Flavour,
  actors: number,
  length: number,
): RandomProgram {
  const quarantine = random.below(2) * 8;
  const tables = Array.from({ length: actors }, () => {
    const table: Instruction[] = [];
    while (table.length < length) table.push(...steps(random, flavour));
    // One in four programs may fail by its own assertion.
    if (random.below(4) === 0) table.push([CODE.BUG_IF, 0, random.below(3)]);
    return table;
  });
  return tableProgram(tables, quarantine);
}

/** One actor a table, over one arena; word 4 points to an object from the start. */
export function tableProgram(
  tables: readonly (readonly Instruction[])[],
  quarantine: number,
): RandomProgram {
  const memory = new ImageBuilder();
  const at = memory.static_('arena', arena);
  memory.cache(piece, 3, quarantine);
  memory.poke(at + arena.word.at + NUMBERS, memory.alloc(piece));
  let first = 0;
  const specs = tables.map((table, me) => {
    table.forEach((instruction, i) => {
      const code = at + arena.code.at + (first + i) * CODE_WORDS;
      instruction.forEach((value, k) => {
        memory.poke(code + k, value ?? 0);
      });
    });
    const spec = runs(`A${me}`, interpret, [at, first, table.length, me]);
    first += table.length;
    return spec;
  });
  const made = program('tables', memory, specs, { checkLeaks: false });
  const end = at + arena.code.at;
  const status = Array.from({ length: 3 }, (_, i) => made.layout.words + 2 * (1 + i));
  const state = [...Array.from({ length: end - at }, (_, i) => at + i), ...status];
  const names = new Map<number, string>(Object.entries(CODE).map(([name, kind]) => [kind, name]));
  const text = tables
    .map((t) => t.map(([kind, ...rest]) => `${names.get(kind)} ${rest.join(' ')}`).join('; '))
    .join(' | ');
  return { program: made, text, state };
}

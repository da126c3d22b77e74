/**
 * Random procedures as source text: every statement and expression of the language, with yields
 * in all places. `safe` ones stay within int32 as written, so the un-lowered form agrees too.
 */
import { Prng } from '../../../src/explore/prng.ts';

const HEAD = `import { read, write, xchg, cmpxchg, atomic_fetch_add, ctx_get, ctx_set } from '#ops';
const N = 7;
const K = Object.freeze({ one: Object.freeze({ two: 5 }), big: 2147483647, minus: -3 });
function mix(a, b) { return ((a ^ (b << 3)) | 0) % 1000; }
export function* twice(x) { return (x + x) | 0; }
export function* fetch(at, x) { return yield read(at + (x & 31)); }
export function* count(at, n) {
  if (n <= 0) return yield read(at);
  yield write(at + (n & 31), n);
  return ((yield* count(at, n - 1)) + (yield atomic_fetch_add(at + 1, 1))) | 0;
}
`;

export interface RandomProcedure {
  /** JavaScript with `root(at, d, fn)` exported, importing '#ops'. */
  readonly source: string;
}

export function randomProcedure(seed: number, index: number, safe: boolean): RandomProcedure {
  const random = new Prng(seed);
  random.seed(seed, index);
  const writer = new Writer(random, safe);
  const sub = writer.procedure('sub', ['at', 'a', 'b'], 2);
  const root = writer.procedure('root', ['at', 'd', 'fn'], 4);
  return { source: `${HEAD}${sub}export ${root}` };
}

class Writer {
  readonly #random: Prng;
  readonly #safe: boolean;
  #names = 0;
  /** Numbers in scope, those among them that may be assigned, and what can be called. */
  #scope: string[] = [];
  #assignable: string[] = [];
  #inRoot = false;
  #loops = 0;

  constructor(random: Prng, safe: boolean) {
    this.#random = random;
    this.#safe = safe;
  }

  procedure(name: string, params: readonly string[], statements: number): string {
    this.#inRoot = name === 'root';
    this.#scope = this.#inRoot ? [] : params.slice(1);
    this.#assignable = [...this.#scope];
    const body = this.#block(statements, 3);
    const end = this.#scope.map((v, i) => `  yield write(at + ${32 + (i % 16)}, ${v});\n`).join('');
    return `function* ${name}(${params.join(', ')}) {\n${body}${end}  return ${this.#int(2)};\n}\n`;
  }

  #pick<T>(from: readonly T[], fallback: T): T {
    return from[this.#random.below(from.length)] ?? fallback;
  }

  #chance(n: number): boolean {
    return this.#random.below(n) === 0;
  }

  /** Statements whose declarations stay in scope to the block's end. */
  #block(count: number, depth: number): string {
    return Array.from({ length: count }, () => this.#statement(depth)).join('');
  }

  #inner(depth: number): string {
    const [scope, assignable] = [this.#scope, this.#assignable];
    this.#scope = [...scope];
    this.#assignable = [...assignable];
    const text = this.#block(1 + this.#random.below(2), depth - 1);
    this.#scope = scope;
    this.#assignable = assignable;
    return `{\n${text}}`;
  }

  #statement(depth: number): string {
    const kind = this.#random.below(depth > 0 ? 14 : 7);
    switch (kind) {
      case 0:
      case 1:
        return this.#declaration();
      case 2:
      case 3:
        return this.#assignment();
      case 4:
        return `yield write(${this.#address()}, ${this.#int(2)});\n`;
      case 5:
        return `yield ctx_set(${this.#random.below(4)}, ${this.#int(2)});\n`;
      case 6:
        return this.#leave();
      case 7:
      case 8:
        return this.#if(depth);
      case 9:
        return this.#counted(depth, 'while');
      case 10:
        return this.#counted(depth, 'do');
      case 11:
        return this.#for(depth);
      case 12:
        return this.#switch(depth);
      default:
        return `;${this.#declaration()}`;
    }
  }

  #declaration(): string {
    const name = `v${this.#names++}`;
    const value = this.#int(3);
    if (this.#chance(4)) {
      const [one, other] = [this.#int(2), this.#int(1)];
      this.#scope.push(name);
      this.#assignable.push(name);
      return `let ${name};\nif (${value}) ${name} = ${one}; else ${name} = ${other};\n`;
    }
    const constant = this.#chance(2);
    this.#scope.push(name);
    if (!constant) this.#assignable.push(name);
    return `${constant ? 'const' : 'let'} ${name} = ${value};\n`;
  }

  #assignment(): string {
    const name = this.#pick(this.#assignable, '');
    if (name === '') return this.#declaration();
    if (this.#chance(6) && !this.#safe) return `${name}${this.#pick(['++', '--'], '++')};\n`;
    const wild = ['+=', '-=', '*=', '/=', '%='];
    const operators = ['=', '=', '|=', '&=', '^=', '<<=', '>>=', ...(this.#safe ? [] : wild)];
    return `${name} ${this.#pick(operators, '=')} ${this.#int(3)};\n`;
  }

  /** Out of a loop or the procedure, now and then. */
  #leave(): string {
    const how = this.#loops > 0 ? this.#pick(['break', 'continue'], 'break') : '';
    if (how === '' || this.#chance(3)) {
      return this.#chance(3) ? `if (${this.#int(1)}) return ${this.#int(2)};\n` : ';\n';
    }
    return `if (${this.#int(2)}) ${how};\n`;
  }

  #if(depth: number): string {
    const text = `if (${this.#int(3)}) ${this.#inner(depth)}`;
    return this.#chance(2) ? `${text} else ${this.#inner(depth)}\n` : `${text}\n`;
  }

  /** A loop that ends: its own counter moves first in the body. */
  #counted(depth: number, kind: 'while' | 'do'): string {
    const counter = `v${this.#names++}`;
    const condition = this.#int(2);
    this.#loops++;
    const body = this.#inner(depth);
    this.#loops--;
    const step = `${counter} = (${counter} + 1) | 0`;
    const guarded = `{\n${step};\nif (${counter} > 3) break;\n${body.slice(2)}`;
    return kind === 'while'
      ? `let ${counter} = 0;\nwhile (${condition}) ${guarded}\n`
      : `let ${counter} = 0;\ndo ${guarded} while (${condition});\n`;
  }

  #for(depth: number): string {
    const name = `v${this.#names++}`;
    const scope = this.#scope;
    this.#scope = [...scope, name];
    this.#loops++;
    const limit = this.#chance(2) ? `${name} < 3` : `${name} < 3 && ${this.#int(2)}`;
    const body = this.#inner(depth);
    this.#loops--;
    this.#scope = scope;
    const update = this.#chance(2) ? `${name}++` : `${name} += 1`;
    return `for (let ${name} = 0; ${limit}; ${update}) ${body}\n`;
  }

  #switch(depth: number): string {
    const [loops, ends] = [this.#loops, this.#chance(4) ? '' : 'break;\n'];
    // A break in a case would leave the switch, which is what break does; continue needs a loop.
    const cases = [0, 1, 2].map((value) => {
      const label = this.#chance(3) ? `case ${value}:\ncase ${value + 10}:` : `case ${value}:`;
      return `${label} ${this.#inner(depth)}\n${ends}`;
    });
    if (this.#chance(2)) cases.splice(this.#random.below(4), 0, `default: ${this.#inner(depth)}\n`);
    this.#loops = loops;
    return `switch (${this.#int(2)} & 3) {\n${cases.join('')}}\n`;
  }

  #address(): string {
    return `at + (${this.#int(2)} & 31)`;
  }

  #int(depth: number): string {
    if (depth <= 0 || this.#chance(5)) return this.#leaf();
    switch (this.#random.below(12)) {
      case 0:
      case 1:
        return this.#arithmetic(depth);
      case 2:
        return `(${this.#int(depth - 1)} ${this.#bits()} ${this.#int(depth - 1)})`;
      case 3:
        return this.#comparison(depth);
      case 4:
        return `(${this.#int(depth - 1)} ? ${this.#int(depth - 1)} : ${this.#int(depth - 1)})`;
      case 5: {
        const operator = this.#pick(['&&', '||'], '&&');
        return `(${this.#int(depth - 1)} ${operator} ${this.#int(depth - 1)})`;
      }
      case 6:
        return `mix(${this.#int(depth - 1)}, ${this.#int(depth - 1)})`;
      case 7:
        return `(~${this.#int(depth - 1)})`;
      case 8:
        return this.#call(depth);
      default:
        return this.#operation(depth);
    }
  }

  #leaf(): string {
    if (this.#scope.length > 0 && !this.#chance(3)) return this.#pick(this.#scope, '0');
    const big = this.#safe ? '100' : 'K.big';
    return this.#pick(['0', '1', '2', '-1', 'N', 'K.one.two', 'K.minus', big], '0');
  }

  #arithmetic(depth: number): string {
    const [a, b] = [this.#int(depth - 1), this.#int(depth - 1)];
    if (!this.#safe) {
      const operator = this.#pick(['+', '-', '*', '/', '%', '**'], '+');
      if (operator === '**') return `((${a}) ** 2)`;
      return this.#chance(6) ? `(- ${a})` : `(${a} ${operator} ${b})`;
    }
    const forms = [`((${a} + ${b}) | 0)`, `((${a} - ${b}) | 0)`, `Math.imul(${a}, ${b})`];
    return this.#pick([...forms, `((${a} / 3) | 0)`, `((${a} % 7) | 0)`, `(- ${a} | 0)`], '0');
  }

  #bits(): string {
    return this.#pick(['|', '&', '^', '<<', '>>'], '|');
  }

  #comparison(depth: number): string {
    const operator = this.#pick(['<', '<=', '>', '>=', '===', '!=='], '<');
    const text = `${this.#int(depth - 1)} ${operator} ${this.#int(depth - 1)}`;
    if (!this.#safe && this.#chance(2)) return `(${text})`;
    return this.#chance(2) ? `(${text} ? 1 : 0)` : `(!(${text}) ? 1 : 0)`;
  }

  #call(depth: number): string {
    const x = this.#int(depth - 1);
    const everywhere = [`(yield* fetch(at, ${x}))`, `(yield* twice(${x}))`];
    if (!this.#inRoot) return this.#pick([...everywhere, `(yield* count(at, ${x} & 3))`], '0');
    const calls = [
      ...everywhere,
      `(yield* sub(at, ${x}, ${this.#int(depth - 1)}))`,
      `(yield* d.twice(${x}))`,
      `(yield* fn(${x}))`,
      `(d.number + ${x} | 0)`,
      `(yield* d.fetch(at, ${x}))`,
    ];
    return this.#pick(calls, '0');
  }

  #operation(depth: number): string {
    const at = this.#address();
    switch (this.#random.below(6)) {
      case 0:
        return `(yield xchg(${at}, ${this.#int(depth - 1)}))`;
      case 1:
        return `(yield cmpxchg(${at}, ${this.#int(depth - 1)}, ${this.#int(depth - 1)}))`;
      case 2:
        return `(yield atomic_fetch_add(${at}, ${this.#int(depth - 1)}))`;
      case 3:
        return `(yield ctx_get(${this.#random.below(4)}))`;
      default:
        return `(yield read(${at}))`;
    }
  }
}

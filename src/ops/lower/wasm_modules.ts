/**
 * Procedure modules as the WebAssembly lowering reads them: parsed, with the values of their
 * constants and imports. Those are what running code sees: exported ones come from the loaded
 * module itself, the others are computed once more beside it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as acorn from 'acorn';
import { displayPath } from './hooks.ts';
import { Imports } from './imports.ts';
import { childrenOf, type ModuleSource, readModule } from './source.ts';
import { checkSubset } from './subset.ts';
import { jsName, moduleUrl, packedAs, sourceOf } from './tree.ts';

/** A procedure by place, however its function looks in this thread. */
export class ProcedureRef {
  readonly module: WasmSource;
  readonly name: string;

  constructor(module: WasmSource, name: string) {
    this.module = module;
    this.name = name;
  }
}

export class WasmSource {
  readonly url: string;
  readonly source: ModuleSource;
  /** Values of module-level names: constants and imports. */
  scope: ReadonlyMap<string, unknown> = new Map();
  readonly #refs = new Map<string, ProcedureRef>();
  #checked = false;

  constructor(url: string, source: ModuleSource) {
    this.url = url;
    this.source = source;
  }

  /** The same object for the same name. */
  procedure(name: string): ProcedureRef {
    const known = this.#refs.get(name);
    if (known !== undefined) return known;
    const ref = new ProcedureRef(this, name);
    this.#refs.set(name, ref);
    return ref;
  }

  /** @throws LoweringError for what is outside the procedure language. */
  check(): void {
    if (this.#checked) return;
    checkSubset(this.source, new Imports(fileURLToPath(this.url), displayPath));
    this.#checked = true;
  }

  importedFrom(from: string): string {
    return new URL(packedAs === undefined ? from : jsName(from), this.url).href;
  }
}

/** All modules that some entries reach by relative imports. */
export class WasmSources {
  readonly #modules = new Map<string, WasmSource>();
  readonly #functions = new Map<unknown, ProcedureRef>();
  /** Bodies that may be compiled, by module. */
  readonly #code = new Map<WasmSource, Set<acorn.Node>>();
  readonly #evaluated = new Set<WasmSource>();

  get(url: string): WasmSource | undefined {
    return this.#modules.get(url);
  }

  /** Reads modules and what they import; evaluates the constants that their code needs. */
  async load(urls: readonly string[]): Promise<void> {
    for (const url of urls) this.#read(url);
    for (const module of this.#modules.values()) {
      for (const node of module.source.procedures.values()) this.#use(module, node.body);
    }
    for (const [module, bodies] of this.#code) {
      if (this.#evaluated.has(module)) continue;
      this.#evaluated.add(module);
      await this.#evaluate(module, bodies);
    }
  }

  /** The procedure that a function value is, in whatever form this thread has it. */
  procedureOf(value: unknown): ProcedureRef | undefined {
    if (value instanceof ProcedureRef) return value;
    const known = this.#functions.get(value);
    if (known !== undefined || typeof value !== 'function') return known;
    // One that its module does not export: its name must do, if no other has it.
    const named = [...this.#modules.values()].filter((m) => m.source.procedures.has(value.name));
    return named.length === 1 ? named[0]?.procedure(value.name) : undefined;
  }

  #read(url: string): void {
    if (this.#modules.has(url)) return;
    const path = fileURLToPath(sourceOf(url));
    if (!existsSync(path)) return;
    const source = readModule(readFileSync(path, 'utf8'), displayPath(path));
    const module = new WasmSource(url, source);
    this.#modules.set(url, module);
    for (const { from } of source.imports.values()) {
      if (from.startsWith('.')) this.#read(module.importedFrom(from));
    }
  }

  /** Notes a body that may be compiled, and the plain functions that it may call. */
  #use(module: WasmSource, body: acorn.Node): void {
    const bodies = this.#code.get(module) ?? new Set();
    this.#code.set(module, bodies);
    if (bodies.has(body)) return;
    bodies.add(body);
    for (const name of identifiersOf(body)) {
      const from = module.source.imports.get(name);
      const there = from?.from.startsWith('.') && this.get(module.importedFrom(from.from));
      const owner = there || module;
      const called = owner.source.functions.get(from?.name ?? name);
      if (called !== undefined) this.#use(owner, called.body);
    }
  }

  async #evaluate(module: WasmSource, bodies: ReadonlySet<acorn.Node>): Promise<void> {
    // What import() answers is a namespace object.
    const real = (await import(module.url)) as Readonly<Record<string, unknown>>;
    const probe = probeOf(module, bodies, new Set(Object.keys(real)));
    const url = `data:text/javascript,${encodeURIComponent(probe)}`;
    // probeOf() wrote it.
    const { scope, stubs } = (await import(url)) as Probe;
    module.scope = new Map(Object.entries(scope));
    for (const name of module.source.procedures.keys()) {
      for (const value of [real[name], stubs[name]]) {
        if (value !== undefined) this.#functions.set(value, module.procedure(name));
      }
    }
  }
}

interface Probe {
  readonly scope: Readonly<Record<string, unknown>>;
  readonly stubs: Readonly<Record<string, unknown>>;
}

/** A module that answers the values of another's names, without running that one's code again. */
function probeOf(
  module: WasmSource,
  bodies: ReadonlySet<acorn.Node>,
  exported: ReadonlySet<string>,
): string {
  const { source } = module;
  const wanted = wantedNames(source, bodies, exported);
  const lines: string[] = [];
  for (const [local, { from, name }] of source.imports) {
    if (!wanted.has(local)) continue;
    const there = specifier(module, from);
    // A struct is declared once a process.
    const again = name === 'struct' && /\/memory\/layout\.[jt]s$|\/src\/index\.[jt]s$/.test(there);
    const what = name === '*' ? `* as ${local}` : `{ ${again ? 'structAgain' : name} as ${local} }`;
    const url = again ? moduleUrl('src/memory/layout.ts') : there;
    lines.push(`import ${what} from ${JSON.stringify(url)};`);
  }
  const own = [...wanted].filter((name) => exported.has(name) && isOwn(source, name));
  if (own.length > 0)
    lines.push(`import { ${own.join(', ')} } from ${JSON.stringify(module.url)};`);
  const copied = (name: string): boolean => wanted.has(name) && !exported.has(name);
  const stubs = [...source.procedures.keys()].filter(copied);
  for (const name of stubs) lines.push(`function ${name}() {}`);
  for (const [name, node] of source.functions) {
    if (copied(name)) lines.push(source.code.slice(node.start, node.end));
  }
  for (const [name, init] of declarations(source)) {
    if (copied(name)) lines.push(`const ${name} = ${source.code.slice(init.start, init.end)};`);
  }
  lines.push(`export const scope = { ${[...wanted].join(', ')} };`);
  lines.push(`export const stubs = { ${stubs.join(', ')} };`);
  return lines.join('\n');
}

function specifier(module: WasmSource, from: string): string {
  if (from === '#ops' || from === 'hotrace/ops') return moduleUrl('src/ops/reference.ts');
  return from.startsWith('.') ? module.importedFrom(from) : import.meta.resolve(from);
}

function isOwn({ constants, functions, procedures }: ModuleSource, name: string): boolean {
  return constants.has(name) || functions.has(name) || procedures.has(name);
}

/** Constants and imports named in functions, and whatever the constants among them need. */
function wantedNames(
  source: ModuleSource,
  bodies: ReadonlySet<acorn.Node>,
  exported: ReadonlySet<string>,
): Set<string> {
  const wanted = new Set<string>();
  const inits = declarations(source);
  const want = (node: acorn.Node, all: boolean): void => {
    for (const name of identifiersOf(node)) {
      const value = source.constants.has(name) || source.imports.has(name);
      if (wanted.has(name) || !(value || (all && isOwn(source, name)))) continue;
      wanted.add(name);
      const init = inits.get(name) ?? source.functions.get(name);
      if (init !== undefined && !exported.has(name)) want(init, true);
    }
  };
  for (const body of bodies) want(body, false);
  return wanted;
}

function declarations(source: ModuleSource): Map<string, acorn.Node> {
  const inits = new Map<string, acorn.Node>();
  for (const node of source.program.body) {
    const declared = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
    if (declared?.type !== 'VariableDeclaration' || declared.kind !== 'const') continue;
    for (const { id, init } of declared.declarations) {
      if (id.type === 'Identifier' && init) inits.set(id.name, init);
    }
  }
  return inits;
}

/** Names that an expression or body may mean; names of members are not among them. */
function identifiersOf(node: acorn.Node): Set<string> {
  const names = new Set<string>();
  const visit = (n: acorn.Node): void => {
    if (n.type === 'Identifier') names.add((n as acorn.Identifier).name);
    const member = n.type === 'MemberExpression' ? (n as acorn.MemberExpression) : undefined;
    if (member !== undefined && !member.computed) visit(member.object);
    else if (n.type === 'Property') visit((n as acorn.Property).value);
    else for (const child of childrenOf(n)) visit(child);
  };
  visit(node);
  return names;
}

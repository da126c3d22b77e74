/**
 * A system in which one actor of a real program runs alone: the others are not started. Its
 * measures say in which form its procedures run and what the memory holds at the end. Loaded in
 * the test's thread and in workers, after their lowering is installed.
 */
import type { ActorSpec, Measure, MemoryView, Program } from '../../src/actor/program.ts';
import type { MemoryLayout } from '../../src/memory/image.ts';
import { loadSystem, SYSTEMS } from '../../src/scenarios/registry.ts';
import type { BuildRequest, System } from '../../src/scenarios/system.ts';

export interface AloneRequest {
  readonly system: string;
  readonly request: BuildRequest;
  readonly actor: number;
}

const systems = new Map<string, System>();
for (const { id, url } of SYSTEMS) systems.set(id, await loadSystem(url));

export const FORMS = { generator: 0, native: 1, sanitized: 2, flat: 3 } as const;

/** How a procedure was lowered, told from the function itself. */
function formOf(procedure: object): number {
  if ('id' in procedure) return FORMS.flat;
  const text = String(procedure);
  if (/^function\s*\*/.test(text)) return FORMS.generator;
  // The sanitized form hands a site, a long number, to every operation.
  return /\w\(\d{6,}[,)]/.test(text) ? FORMS.sanitized : FORMS.native;
}

const LOCKS = new Set(['spinlock', 'mutex', 'rw_semaphore']);

/** Words whose values belong to the lock algorithm, not to the program. */
function lockWords(layout: MemoryLayout): Set<number> {
  const words = new Set<number>();
  const sizes: Readonly<Record<string, number>> = { spinlock: 2, mutex: 3, rw_semaphore: 4 };
  for (const { base, info } of layout.objects) {
    const parts = [{ offset: 0, struct: info.name }, ...info.parts];
    for (const { offset, struct } of parts) {
      if (!LOCKS.has(struct)) continue;
      for (let i = 0; i < (sizes[struct] ?? 0); i++) words.add(base + offset + i);
    }
  }
  return words;
}

/** A hash of the model's words and of what became of its objects, lock words left out. */
export function hashOf(
  memory: MemoryView,
  model: MemoryLayout,
  skipped: ReadonlySet<number>,
): number {
  let hash = 1;
  const add = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x01000193) + 1;
  };
  for (let addr = 0; addr < model.words; addr++) if (!skipped.has(addr)) add(memory.read(addr));
  // A run may have more memory than the model: what stands behind its locks.
  for (let i = 0; i < 2 * model.objects.length; i++) add(memory.read(memory.layout.words + i));
  return hash | 0;
}

function measuresOf(program: Program, actor: ActorSpec): Measure[] {
  const skipped = lockWords(program.layout);
  const forms = Object.values(actor.binding.procedures).map(formOf);
  return [
    { name: 'least form', unit: '', read: () => Math.min(...forms) },
    { name: 'greatest form', unit: '', read: () => Math.max(...forms) },
    { name: 'memory', unit: '', read: (memory) => hashOf(memory, program.layout, skipped) },
  ];
}

export const system = {
  build({ system: id, request, actor }: AloneRequest): Program {
    const program = systems.get(id)?.build(request);
    const spec = program?.actors[actor];
    if (program === undefined || spec === undefined) throw new Error(`no ${id} actor ${actor}`);
    // Alone it may wait for ever for the others: that is an end here.
    const actors = [{ ...spec, daemon: true }];
    const measures = measuresOf(program, spec);
    return { ...program, actors, invariants: [], measures, checkLeaks: false };
  },
};

/** The trace inside a document, so that a page writes the same files as the command line. */
import type { MemoryLayout } from '../../memory/image.ts';
import { OPS } from '../../ops/vocabulary.ts';
import type { Site, Trace, TraceStep, TraceTransition } from '../../trace/record.ts';
import type { InspectDocument } from '../document/document.ts';

/** A document has the kernel's log as dmesg prints it, a trace without the timestamp. */
const STAMP = /^\[ *\d+\.\d+\] /;

export function traceOf(document: InspectDocument): Trace {
  const { target, design, clockOffsetUs, actors, finding, stacks, sites } = document;
  const stackOf = (stack: readonly number[] | undefined): Site[] =>
    (stack ?? []).flatMap((site) => sites[site] ?? []);
  const known = stacks.map(stackOf);
  return {
    ...{ target, design, clockOffsetUs, actors },
    layout: layoutOf(document),
    finding: finding ?? undefined,
    steps: [...stepsOf(document, known)],
    transitions: [...movesOf(document)],
    log: document.log.map(({ at, actor, timeMs, text }) => {
      return { step: at, actor, timeMs, text: text.replace(STAMP, '') };
    }),
    waits: document.waits.map(({ kind, stack, ...wait }) => {
      return { ...wait, kind: kindOf(kind), stack: stackOf(stacks[stack]) };
    }),
  };
}

function* stepsOf(
  { steps, kinds }: InspectDocument,
  stacks: readonly Site[][],
): Generator<TraceStep> {
  const numbers = kinds.map(({ name }) => kindOf(name));
  let operand = 0;
  for (let step = 0; step < steps.count; step++) {
    const kind = steps.kind[step] ?? 0;
    const count = kinds[kind]?.operands.length ?? 0;
    yield {
      step,
      actor: steps.actor[step] ?? 0,
      kind: numbers[kind] ?? 0,
      operands: steps.operands.slice(operand, operand + count),
      result: steps.result[step] ?? 0,
      stack: stacks[steps.stack[step] ?? 0] ?? [],
      timeMs: steps.timeMs[step] ?? 0,
      blocked: steps.blocked[step] === 1,
    };
    operand += count;
  }
}

function* movesOf({ moves, actors, machines }: InspectDocument): Generator<TraceTransition> {
  for (let i = 0; i < moves.at.length; i++) {
    const actor = moves.actor[i] ?? 0;
    const tuple = machines[actors[actor]?.machine ?? -1]?.tuples[moves.tuple[i] ?? 0];
    if (tuple === undefined) continue;
    const { from, event, to } = tuple;
    yield { step: moves.at[i] ?? 0, actor, from, event, to };
  }
}

/** `op99` is how a kind is called that this version does not know. */
function kindOf(name: string): number {
  const spec = Object.entries(OPS).find(([known]) => known === name)?.[1];
  return spec?.kind ?? Number(/^op(\d+)$/.exec(name)?.[1] ?? 0);
}

/** Caches are told from their objects; how many frees they held back is not known. */
function layoutOf({ memory }: InspectDocument): MemoryLayout {
  const { words, imageWords } = memory;
  const infos = memory.structs.map((struct) => ({
    ...struct,
    words: struct.words.map((word, offset) => ({ offset, ...word })),
    parts: struct.parts.map((part) => ({ ...part, novalidate: false })),
  }));
  const objectOf = new Int32Array(words);
  const caches = new Map<number, MemoryLayout['caches'][number]>();
  const objects = memory.objects.flatMap(({ base, struct, cache, name }, index) => {
    const info = infos[struct];
    if (info === undefined) return [];
    objectOf.fill(index + 1, base, base + info.sizeof);
    const slots = (caches.get(cache)?.slots ?? 0) + 1;
    const first = caches.get(cache)?.first ?? index;
    if (cache >= 0) caches.set(cache, { info, first, slots, quarantine: 0 });
    return [{ base, info, cache, name }];
  });
  const named = [...caches].sort(([a], [b]) => a - b).map(([, cache]) => cache);
  return { words, imageWords, objectOf, objects, caches: named };
}

/** The tables of a document that every step refers to: texts, places, kinds, structs. */
import type { MemoryLayout } from '../../memory/image.ts';
import { operandNames, operationName } from '../../trace/operations.ts';
import type { Site, Trace } from '../../trace/record.ts';
import { Symbols } from '../../trace/symbols.ts';
import type { InspectDocument } from './document.ts';
import { Interned } from './intern.ts';

type Tables = Pick<InspectDocument, 'kinds' | 'texts' | 'sites' | 'stacks' | 'steps'> & {
  /** Index of a stack that no step has (who waits for ever). */
  readonly stackOf: (stack: readonly Site[]) => number;
};

/** `enabled`: of each step, where it is known. */
export function tablesOf(trace: Trace, enabled: readonly number[]): Tables {
  const symbols = new Symbols(trace);
  const texts = new Interned<string>((text) => text);
  const sites = new Interned<Site>((s) => `${s.line} ${s.file} ${s.procedure}`);
  const stacks = new Interned<number[]>((stack) => stack.join());
  const kinds = new Interned<number>(String);
  const stackOf = (stack: readonly Site[]): number => stacks.of(stack.map((s) => sites.of(s)));
  const columns = {
    actor: trace.steps.map((step) => step.actor),
    kind: trace.steps.map((step) => kinds.of(step.kind)),
    operands: trace.steps.flatMap((step) => operandsOf(step.kind, step.operands)),
    result: trace.steps.map((step) => step.result),
    timeMs: trace.steps.map((step) => step.timeMs),
    blocked: trace.steps.map((step) => (step.blocked ? 1 : 0)),
    stack: trace.steps.map((step) => stackOf(step.stack)),
    text: trace.steps.map((step) => texts.of(symbols.operation(step))),
    enabled: trace.steps.map((_, i) => enabled[i] ?? 0),
  };
  return {
    kinds: kinds.items.map((kind) => ({
      name: operationName(kind),
      operands: [...operandNames(kind)],
    })),
    texts: texts.items,
    sites: sites.items,
    stacks: stacks.items,
    steps: { count: trace.steps.length, ...columns },
    stackOf,
  };
}

/** As many as the kind has names for: a trace from a file may hold others. */
function operandsOf(kind: number, operands: readonly number[]): number[] {
  return operandNames(kind).map((_, i) => operands[i] ?? 0);
}

type Shape = Pick<InspectDocument['memory'], 'words' | 'imageWords' | 'structs' | 'objects'>;

export function shapeOf(layout: MemoryLayout): Shape {
  const structs = new Interned<MemoryLayout['objects'][number]['info']>((s) => String(s.typeid));
  const objects = layout.objects.map(({ base, info, cache, name }) => {
    return { base, struct: structs.of(info), cache, name };
  });
  return {
    words: layout.words,
    imageWords: layout.imageWords,
    objects,
    structs: structs.items.map(({ name, typeid, sizeof, words, parts }) => ({
      name,
      typeid,
      sizeof,
      words: words.map(({ path, guard }) => ({ path, guard })),
      parts: parts.map(({ offset, path, struct }) => ({ offset, path, struct })),
    })),
  };
}

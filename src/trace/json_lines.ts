/**
 * A trace as JSON Lines: one object a line, memory layout included, so that every report can be
 * made again from the file. The first line is the head, the last counts the lines before it.
 */
import { z } from 'zod';
import type { MemoryLayout } from '../memory/image.ts';
import { VERDICTS } from '../oracles/verdict.ts';
import { operationName } from './operations.ts';
import type { Trace } from './record.ts';
import { Symbols } from './symbols.ts';

const FORMAT = 'hotrace-trace';
const VERSION = 1;

const INT = z.int();
const SITE = z.object({ procedure: z.string(), file: z.string(), line: INT });
const NAMED_WORD = z.object({ offset: INT, path: z.string(), guard: z.string() });
const PART = z.object({
  offset: INT,
  path: z.string(),
  struct: z.string(),
  novalidate: z.boolean(),
});
const STRUCT = z.object({
  name: z.string(),
  typeid: INT,
  sizeof: INT,
  words: z.array(NAMED_WORD),
  parts: z.array(PART),
});
const LAYOUT = z.object({
  words: INT.min(0).max(1 << 26),
  imageWords: INT,
  structs: z.array(STRUCT),
  objects: z.array(z.object({ base: INT.min(0), struct: INT, cache: INT, name: z.string() })),
  caches: z.array(z.object({ struct: INT, first: INT, slots: INT, quarantine: INT })),
});
const HEAD = z.object({
  type: z.literal(FORMAT),
  version: z.literal(VERSION),
  target: z.string(),
  design: z.string(),
  clockOffsetUs: z.number(),
  finding: z
    .object({
      verdict: z.enum(VERDICTS),
      oracle: z.string(),
      message: z.string(),
      addr: INT,
    })
    .nullable(),
  actors: z.array(
    z.object({
      name: z.string(),
      comm: z.string(),
      pid: INT,
      cpu: INT,
      context: z.enum(['process', 'softirq', 'hardirq']),
    }),
  ),
  layout: LAYOUT,
});
const STEP = z.object({
  step: INT,
  actor: INT,
  kind: INT,
  operands: z.array(INT),
  result: INT,
  stack: z.array(SITE),
  timeMs: z.number(),
  blocked: z.boolean(),
});
const TRANSITION = z.object({
  step: INT,
  actor: INT,
  from: z.string(),
  event: z.string(),
  to: z.string(),
});
const LOG = z.object({ step: INT, actor: INT, timeMs: z.number(), text: z.string() });
const WAIT = z.object({
  actor: INT,
  kind: INT,
  addr: INT,
  holder: INT,
  sinceMs: z.number(),
  stack: z.array(SITE),
});
const BODY = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), record: STEP }),
  z.object({ type: z.literal('transition'), record: TRANSITION }),
  z.object({ type: z.literal('log'), record: LOG }),
  z.object({ type: z.literal('wait'), record: WAIT }),
  z.object({ type: z.literal('end'), lines: INT }),
]);

/** The file is not a trace, or not all of one: which line, what was expected, what came. */
export class TraceFormatError extends Error {
  override readonly name = 'TraceFormatError';
}

export function writeTraceLines(trace: Trace): string {
  const { steps, transitions, log, waits, layout, finding, ...rest } = trace;
  const symbols = new Symbols(trace);
  const head = { type: FORMAT, version: VERSION, ...rest, finding: finding ?? null };
  const lines: unknown[] = [
    { ...head, layout: layoutJson(layout) },
    // The first two fields are for people and jq; the record is all that is read back.
    ...steps.map((record) => ({
      type: 'step',
      operation: operationName(record.kind),
      text: symbols.operation(record),
      record,
    })),
    ...transitions.map((record) => ({ type: 'transition', record })),
    ...log.map((record) => ({ type: 'log', record })),
    ...waits.map((record) => ({ type: 'wait', record })),
  ];
  lines.push({ type: 'end', lines: lines.length });
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/**
 * Reads what writeTraceLines() wrote.
 * @throws TraceFormatError
 */
export function readTraceLines(text: string): Trace {
  const rows = text.split('\n').filter((line) => line.trim() !== '');
  const head = parseLine(HEAD, rows[0] ?? '', 1);
  const parts = rows.slice(1).map((row, i) => parseLine(BODY, row, i + 2));
  const last = parts.at(-1);
  if (last?.type !== 'end' || last.lines !== rows.length - 1) {
    const expected = last?.type === 'end' ? `line ${last.lines + 1} to be the end` : 'an end line';
    throw new TraceFormatError(
      `line ${rows.length}: expected ${expected}, got a file that is cut or joined`,
    );
  }
  const { target, design, actors, clockOffsetUs, finding, layout } = head;
  return {
    target,
    design,
    actors,
    clockOffsetUs,
    finding: finding ?? undefined,
    layout: layoutFrom(layout),
    steps: parts.flatMap((part) => (part.type === 'step' ? [part.record] : [])),
    transitions: parts.flatMap((part) => (part.type === 'transition' ? [part.record] : [])),
    log: parts.flatMap((part) => (part.type === 'log' ? [part.record] : [])),
    waits: parts.flatMap((part) => (part.type === 'wait' ? [part.record] : [])),
  };
}

function parseLine<T>(schema: z.ZodType<T>, row: string, line: number): T {
  let data: unknown;
  try {
    data = JSON.parse(row);
  } catch (cause) {
    const got = row === '' ? 'nothing' : JSON.stringify(row.slice(0, 40));
    throw new TraceFormatError(`line ${line}: expected a JSON object, got ${got}`, { cause });
  }
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : issue.path.join('.');
  throw new TraceFormatError(`line ${line}: ${where === '' ? '' : `${where}: `}${issue?.message}`);
}

/** Structs are written once; objects and caches refer to them by index. */
function layoutJson(layout: MemoryLayout): z.infer<typeof LAYOUT> {
  const infos = [...layout.objects, ...layout.caches].map(({ info }) => info);
  const structs = [...new Map(infos.map((info) => [info.typeid, info])).values()];
  const indexOf = (typeid: number): number => structs.findIndex((s) => s.typeid === typeid);
  return {
    words: layout.words,
    imageWords: layout.imageWords,
    structs: structs.map((s) => ({ ...s, words: [...s.words], parts: [...s.parts] })),
    objects: layout.objects.map(({ base, info, cache, name }) => ({
      base,
      struct: indexOf(info.typeid),
      cache,
      name,
    })),
    caches: layout.caches.map(({ info, first, slots, quarantine }) => ({
      struct: indexOf(info.typeid),
      first,
      slots,
      quarantine,
    })),
  };
}

function layoutFrom(json: z.infer<typeof LAYOUT>): MemoryLayout {
  const { words, imageWords, structs } = json;
  const infoOf = (index: number): (typeof structs)[number] => {
    const info = structs[index];
    if (info !== undefined) return info;
    const have = `0 .. ${structs.length - 1}`;
    throw new TraceFormatError(`line 1: layout: expected a struct of ${have}, got ${index}`);
  };
  const objectOf = new Int32Array(words);
  const objects = json.objects.map(({ base, struct, cache, name }, index) => {
    const info = infoOf(struct);
    objectOf.fill(index + 1, base, base + info.sizeof);
    return { base, info, cache, name };
  });
  const caches = json.caches.map(({ struct, ...cache }) => ({ ...cache, info: infoOf(struct) }));
  return { words, imageWords, objectOf, objects, caches };
}

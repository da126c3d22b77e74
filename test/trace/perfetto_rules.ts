/**
 * What ui.perfetto.dev's importer of the JSON format asks for: each rule broken is a slice that it
 * drops, closes too early, or puts on an overflow track.
 */
import * as z from 'zod';

const EVENT = z.object({
  name: z.string(),
  cat: z.string(),
  ph: z.enum(['X', 'B', 'E', 'b', 'e', 's', 'f', 'i', 'C', 'M']),
  ts: z.number().min(0),
  pid: z.int(),
  tid: z.int(),
  dur: z.number().positive().optional(),
  id: z
    .string()
    .regex(/^0x[0-9a-f]+$/)
    .optional(),
  bp: z.literal('e').optional(),
  s: z.enum(['t', 'g', 'p']).optional(),
  args: z.record(z.string(), z.union([z.string(), z.number()])),
});
const FILE = z.object({ traceEvents: z.array(EVENT) });

type Event = z.infer<typeof EVENT>;

/** The rules that a file breaks, each with the event that breaks it. */
export function brokenRules(text: string): string[] {
  const parsed = FILE.safeParse(JSON.parse(text));
  if (!parsed.success) return parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  const events = parsed.data.traceEvents;
  return [
    ...order(events),
    ...nesting(events),
    ...pairs(events, 'b', 'e'),
    ...flows(events),
    ...events.flatMap(fields),
  ];
}

function order(events: readonly Event[]): string[] {
  const timed = events.filter(({ ph }) => ph !== 'M');
  return timed.flatMap((event, i) =>
    event.ts < (timed[i - 1]?.ts ?? 0) ? [`${event.name}: before the event above it`] : [],
  );
}

/** X, B and E of one thread: what begins within a slice ends within it. */
function nesting(events: readonly Event[]): string[] {
  const broken: string[] = [];
  const slices = events.filter(({ ph }) => ph === 'X' || ph === 'B' || ph === 'E');
  for (const track of Map.groupBy(slices, ({ pid, tid }) => `${pid} ${tid}`).values()) {
    const open: { readonly name: string; readonly end: number }[] = [];
    for (const { name, ph, ts, dur = 0 } of track) {
      while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= ts) open.pop();
      if (ph === 'E') {
        if (open.pop()?.end !== Number.POSITIVE_INFINITY) broken.push(`${name}: E without B`);
        continue;
      }
      const end = ph === 'B' ? Number.POSITIVE_INFINITY : ts + dur;
      if (end > (open.at(-1)?.end ?? end)) broken.push(`${name} at ${ts}: ends after its parent`);
      open.push({ name, end });
    }
    if (open.at(-1)?.end === Number.POSITIVE_INFINITY) broken.push('B without E');
  }
  return broken;
}

/** Async spans are one track by category, id and process: they begin once and end once, later. */
function pairs(events: readonly Event[], begin: string, end: string): string[] {
  const broken: string[] = [];
  const spans = events.filter(({ ph }) => ph === begin || ph === end);
  for (const [key, both] of Map.groupBy(spans, (e) => `${e.cat} ${e.pid} ${e.id}`)) {
    const [first, last] = both;
    const fits = both.length === 2 && first?.ph === begin && last?.ph === end;
    if (!fits || first.name !== last.name) broken.push(`${key}: no pair`);
    else if (first.ts >= last.ts) broken.push(`${key}: no length`);
  }
  return broken;
}

/** Both ends of a flow must lie in a slice of their thread, and have one name, category and id. */
function flows(events: readonly Event[]): string[] {
  const slices = events.filter(({ ph }) => ph === 'X');
  const broken = pairs(events, 's', 'f');
  for (const event of events) {
    if (event.ph !== 's' && event.ph !== 'f') continue;
    const { ts, tid, name, bp } = event;
    if (event.ph === 'f' && bp !== 'e') broken.push(`${name}: binds to the next slice`);
    const around = slices.some((s) => s.tid === tid && s.ts <= ts && ts < s.ts + (s.dur ?? 0));
    if (!around) broken.push(`${name} at ${ts}: no slice around it`);
  }
  return broken;
}

function fields({ name, ph, dur, id, s, args }: Event): string[] {
  const broken: string[] = [];
  const has = (isThere: boolean, isWanted: boolean, what: string): void => {
    if (isThere !== isWanted) broken.push(`${ph} ${name}: ${what}`);
  };
  has(dur !== undefined, ph === 'X', 'dur');
  has(id !== undefined, ['b', 'e', 's', 'f'].includes(ph), 'id');
  has(s !== undefined, ph === 'i', 's');
  if (ph === 'C')
    has(
      Object.values(args).every((v) => typeof v === 'number'),
      true,
      'a number',
    );
  return broken;
}

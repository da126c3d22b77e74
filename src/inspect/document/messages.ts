/** What the server and the page say to each other while something runs. Both sides check it. */
import * as z from 'zod/mini';

const TEXT = z.string().check(z.maxLength(4096));
const COUNT = z.number().check(z.nonnegative());
const SHORT = 64;

/** A schedule as runs: actor index and steps, alternating. */
const RUNS = z.array(z.int().check(z.nonnegative())).check(z.maxLength(8192));

const RUN = z.object({
  type: z.literal('run'),
  kind: z.enum(['explore', 'stress']),
  target: TEXT,
  design: TEXT,
  actors: z.array(TEXT).check(z.maxLength(SHORT)),
  elapsedMs: COUNT,
  done: z.boolean(),
  /** What it is at, or how it ended. */
  text: TEXT,
  figures: z.array(z.object({ name: TEXT, value: COUNT, unit: TEXT })).check(z.maxLength(SHORT)),
  schedules: z.array(z.object({ name: TEXT, runs: RUNS })).check(z.maxLength(8)),
  /** Of real threads, sampled; one an actor. */
  states: z.array(z.object({ state: TEXT, does: TEXT })).check(z.maxLength(SHORT)),
  outcomes: z.array(z.object({ text: TEXT, count: COUNT })).check(z.maxLength(SHORT)),
});

const TO_PAGE = z.discriminatedUnion('type', [
  RUN,
  /** There is a document to fetch; a later one has a higher number. */
  z.object({ type: z.literal('document'), revision: z.int() }),
  z.object({ type: z.literal('problem'), text: TEXT }),
]);

const TO_SERVER = z.object({ type: z.literal('stop') });

export type LiveRun = z.infer<typeof RUN>;
export type ToPage = z.infer<typeof TO_PAGE>;
export type ToServer = z.infer<typeof TO_SERVER>;

/** Bytes of a message from the page. */
export const TO_SERVER_MAX = 256;

/** undefined: it is no message of ours. */
export function readToPage(text: string): ToPage | undefined {
  return TO_PAGE.safeParse(parsed(text)).data;
}

export function readToServer(text: string): ToServer | undefined {
  return TO_SERVER.safeParse(parsed(text)).data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A trace of the round that has just ended, put together from the rings of its actors. */
import type { Program } from '../actor/program.ts';
import { tableOf } from '../actor/table.ts';
import { CONTROL } from '../ops/native/control.ts';
import { type RingEvent, readLog, readRing, TRANSITION_KIND } from '../ops/native/ring.ts';
import { OPS } from '../ops/vocabulary.ts';
import type { Finding } from '../oracles/verdict.ts';
import { formatPrintk } from '../trace/dmesg.ts';
import type { LogLine, Site, Trace, TraceStep, TraceTransition } from '../trace/record.ts';
import type { Arena } from './arena.ts';
import type { PooledWorker } from './pool.ts';
import { savedWaits, type Wait } from './waits.ts';

/** Pids are made up, but the same in every run. */
const FIRST_PID = 900;
const NOWHERE: Site = { procedure: '?', file: '?', line: 0 };

interface Rings {
  readonly events: readonly RingEvent[];
  readonly log: readonly RingEvent[];
  readonly waits: readonly Wait[];
}

/** Sites and texts by id. */
interface Names {
  readonly sites: ReadonlyMap<number, Site>;
  readonly texts: ReadonlyMap<number, string>;
}

/** Only while no actor runs: its words must stay as the round left them. */
export async function traceOf(
  arena: Arena,
  program: Program,
  workers: readonly PooledWorker[],
  finding: Finding | undefined,
): Promise<Trace> {
  const rings = readRings(arena, program, finding);
  const names = await lookUp(workers, rings);
  const steps = stepsOf(rings.events, names);
  return {
    target: program.target,
    design: program.design,
    layout: program.layout,
    actors: program.actors.map(({ name, comm, cpu, context }, i) => ({
      name,
      comm: comm ?? name,
      pid: FIRST_PID + i,
      cpu,
      context,
    })),
    steps,
    transitions: transitionsOf(program, rings.events),
    log: logOf(rings, names),
    clockOffsetUs: program.clockOffsetUs,
    finding,
    waits: rings.waits.map(({ actor, kind, addr, holder, sinceMs, site }) => ({
      actor,
      kind: kind === 0 ? OPS.cpu_relax.kind : kind,
      addr,
      holder,
      sinceMs,
      stack: site === 0 ? [] : [names.sites.get(site) ?? NOWHERE],
    })),
  };
}

function readRings(arena: Arena, program: Program, finding: Finding | undefined): Rings {
  const { rings, control } = arena;
  const events: RingEvent[] = [];
  const log: RingEvent[] = [];
  for (let actor = 0; actor < program.actors.length; actor++) {
    events.push(...readRing(rings, control, actor));
    log.push(...readLog(rings, control, actor));
  }
  // What the others did while they were being stopped did not lead to the finding.
  const last =
    finding === undefined ? Number.POSITIVE_INFINITY : (control[CONTROL.findingSequence] ?? 0);
  const before = (event: RingEvent): boolean => event.order < last;
  const byOrder = (a: RingEvent, b: RingEvent): number => a.order - b.order;
  return {
    events: events.filter(before).sort(byOrder),
    log: log.filter(before).sort(byOrder),
    waits: finding === undefined ? [] : savedWaits(control),
  };
}

async function lookUp(workers: readonly PooledWorker[], rings: Rings): Promise<Names> {
  const siteIds = [...new Set([...rings.events, ...rings.waits].map((e) => e.site))];
  const textIds = [...new Set(rings.log.flatMap((e) => e.operands))];
  const sites = new Map<number, Site>();
  const texts = new Map<number, string>();
  for (const { api, exited } of workers) {
    // A thread that died answers no more; the ids are the same in all of them.
    const found = await Promise.race([api.lookUp(siteIds, textIds), exited]);
    if (typeof found === 'string') continue;
    found.sites.forEach((site, i) => {
      if (site !== undefined) sites.set(siteIds[i] ?? 0, site);
    });
    found.texts.forEach((text, i) => {
      if (text !== undefined) texts.set(textIds[i] ?? 0, text);
    });
  }
  return { sites, texts };
}

function stepsOf(events: readonly RingEvent[], names: Names): TraceStep[] {
  return events
    .filter((event) => event.kind !== TRANSITION_KIND)
    .map(({ actor, kind, operands, result, site, timeMs, blocked }, step) => ({
      step,
      actor,
      kind,
      operands,
      result,
      stack: [names.sites.get(site) ?? NOWHERE],
      timeMs,
      blocked,
    }));
}

/** Steps are numbered without the transitions between them. */
function transitionsOf(program: Program, events: readonly RingEvent[]): TraceTransition[] {
  const tables = program.actors.map((actor) => tableOf(actor.binding));
  const transitions: TraceTransition[] = [];
  let step = 0;
  for (const { actor, kind, operands } of events) {
    if (kind !== TRANSITION_KIND) {
      step++;
      continue;
    }
    const [from = 0, event = 0, to = 0] = operands;
    const table = tables[actor];
    if (table === undefined) continue;
    transitions.push({
      step,
      actor,
      from: table.states[from]?.name ?? '',
      event: table.eventName(event),
      to: table.states[to]?.name ?? '',
    });
  }
  return transitions;
}

function logOf(rings: Rings, names: Names): LogLine[] {
  const orders = rings.events.filter((e) => e.kind !== TRANSITION_KIND).map((e) => e.order);
  return rings.log.map(({ actor, kind, operands, order, timeMs }) => {
    const [first = 0, ...rest] = operands;
    const format = names.texts.get(first) ?? '?';
    const args = rest.map((arg) => names.texts.get(arg) ?? arg);
    const warns = kind === OPS.WARN_ON.kind;
    const text = warns ? `WARNING: ${format}` : formatPrintk(format, args, []);
    const after = orders.findIndex((o) => o >= order);
    return { step: after < 0 ? orders.length : after, actor, timeMs, text };
  });
}

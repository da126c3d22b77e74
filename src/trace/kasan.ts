/**
 * Reports of bad memory accesses in the kernel's own shapes: KASAN (mm/kasan/report.c), the oops of
 * a poisoned or NULL pointer, refcount_t warnings, kmemleak and KCSAN. Everything in them is found
 * in the trace: who allocated, who freed, where a bad pointer was read and who had put it there.
 */
import { type Culprit, culpritOf, type Life, lastWriter, lifeOf } from './culprit.ts';
import { accessWord, addressOf, isRefcount } from './operations.ts';
import type { Trace, TraceActor, TraceStep } from './record.ts';
import { type Symbols, siteText, stackLines, taskName } from './symbols.ts';
import { hex, nearPoison } from './values.ts';

const RULE = '='.repeat(66);
/** An int32 word: KASAN's sizes are in bytes. */
const WORD_BYTES = 4;

export function kasanReport(trace: Trace, symbols: Symbols): readonly string[] {
  const culprit = culpritOf(trace);
  const { step } = culprit;
  if (step === undefined) return [`BUG: KASAN: ${trace.finding?.message ?? ''}`];
  const addr = addressOf(step) ?? 0;
  // The word after an object is its red zone.
  const inside = symbols.objectAt(addr);
  const object = inside >= 0 ? inside : symbols.objectAt(addr - 1);
  if (object < 0) return badPointerReport(trace, symbols, culprit);
  const verdict = trace.finding?.verdict ?? '';
  const bug = inside < 0 ? 'slab-out-of-bounds' : verdict.replace('wild-', 'wild-memory-');
  return [
    RULE,
    `BUG: KASAN: ${bug} in ${siteText(step.stack[0])}`,
    accessLine(trace, symbols, step),
    '',
    taskLine(trace, step),
    ...callTrace(step),
    ...(verdict === 'wild-access' && inside >= 0
      ? ['', 'Never allocated']
      : lifeLines(trace, lifeOf(trace, object, step.step))),
    ...objectLines(trace, object, step),
    RULE,
  ];
}

/** refcount_t's own warnings (lib/refcount.c), then what happened to the count. */
export function refcountReport(trace: Trace, symbols: Symbols): readonly string[] {
  const { step, object } = culpritOf(trace);
  const { finding } = trace;
  const addr = finding?.addr ?? 0;
  const history = trace.steps.filter((s) => isRefcount(s) && addressOf(s) === addr);
  const lines = [
    '------------[ cut here ]------------',
    finding?.message ?? '',
    ...(step === undefined ? [] : [warningLine(trace, step), ...callTrace(step)]),
    '---[ end trace ]---',
    `The count is ${symbols.address(addr)}:`,
    ...history.map((s) => ` step ${s.step}: ${symbols.operation(s)}, ${by(trace, s)}`),
  ];
  const life = object < 0 ? undefined : lifeOf(trace, object, step?.step ?? Number.MAX_VALUE);
  return life === undefined ? lines : [...lines, ...lifeLines(trace, life)];
}

/** kmemleak's report of an object that nothing points to any more. */
export function leakReport(trace: Trace): readonly string[] {
  const { object } = culpritOf(trace);
  const info = trace.layout.objects[object];
  const { allocated } = lifeOf(trace, object, Number.MAX_VALUE);
  if (info === undefined) return [`kmemleak: ${trace.finding?.message ?? ''}`];
  const actor = allocated === undefined ? undefined : trace.actors[allocated.actor];
  const origin =
    allocated === undefined
      ? ['  allocated before the run began']
      : [
          `  comm "${actor?.comm ?? '?'}", pid ${actor?.pid ?? 0}, step ${allocated.step}`,
          '  backtrace:',
          ...stackLines(allocated.stack, '    '),
        ];
  return [
    'kmemleak: 1 new suspected memory leaks',
    `unreferenced object ${info.name} (size ${info.info.sizeof * WORD_BYTES}):`,
    ...origin,
    `  ${trace.finding?.message ?? ''}`,
  ];
}

/** KCSAN's two accesses without an order between them. */
export function kcsanReport(trace: Trace, symbols: Symbols): readonly string[] {
  const { step } = culpritOf(trace);
  const addr = trace.finding?.addr ?? 0;
  if (step === undefined) return [`BUG: KCSAN: ${trace.finding?.message ?? ''}`];
  const other = trace.steps.findLast((s) => s.actor !== step.actor && addressOf(s) === addr);
  const one = (s: TraceStep): readonly string[] => {
    const actor = trace.actors[s.actor];
    const access = `${accessWord(s).toLowerCase()} to ${symbols.address(addr)} of ${WORD_BYTES}`;
    const who = `by task ${taskName(actor)} on cpu ${actor?.cpu ?? 0}`;
    return ['', `${access} bytes ${who} (step ${s.step}):`, ...stackLines(s.stack)];
  };
  const both = other === undefined ? [step] : [step, other];
  const pair = both.map((s) => s.stack[0]?.procedure ?? '?');
  return [
    RULE,
    `BUG: KCSAN: data-race in ${pair.toSorted().join(' / ')}`,
    ...both.flatMap(one),
    RULE,
  ];
}

/** `CPU: 0 PID: 928 Comm: eehd  eeh-pe/T3 none, step 41` */
export function taskLine(trace: Trace, step: Pick<TraceStep, 'actor' | 'step'>): string {
  const actor = trace.actors[step.actor];
  const run = `${trace.target} ${trace.design}, step ${step.step}`;
  return `${cpuPid(actor)} Comm: ${actor?.comm ?? '?'}  ${run}`;
}

/** `WARNING: CPU: 0 PID: 928 at actors/eeh/eeh_pe.ts:88 eeh_pe_next` */
export function warningLine(trace: Trace, step: TraceStep): string {
  const site = step.stack[0];
  const place = site === undefined ? '(unknown)' : `${site.file}:${site.line} ${site.procedure}`;
  return `WARNING: ${cpuPid(trace.actors[step.actor])} at ${place}`;
}

/** Its heading and its frames, innermost first. */
export function callTrace(step: Pick<TraceStep, 'stack'>): readonly string[] {
  return ['Call Trace:', ...stackLines(step.stack)];
}

function cpuPid(actor: TraceActor | undefined): string {
  return `CPU: ${actor?.cpu ?? 0} PID: ${actor?.pid ?? 0}`;
}

function accessLine(trace: Trace, symbols: Symbols, step: TraceStep): string {
  const task = taskName(trace.actors[step.actor]);
  const addr = addressOf(step) ?? 0;
  const access = accessWord(step);
  if (access === 'Free') return `Free of addr ${symbols.pointer(addr)} by task ${task}`;
  return `${access} of size ${WORD_BYTES} at addr ${symbols.address(addr)} by task ${task}`;
}

function lifeLines(trace: Trace, life: Life): readonly string[] {
  const { allocated, freed } = life;
  const told = (verb: string, step: TraceStep): readonly string[] => [
    '',
    `${verb} by task ${taskName(trace.actors[step.actor])} at step ${step.step}:`,
    ...stackLines(step.stack),
  ];
  return [
    ...(allocated === undefined
      ? ['', 'Allocated before the run began']
      : told('Allocated', allocated)),
    ...(freed === undefined ? [] : told('Freed', freed)),
  ];
}

function objectLines(trace: Trace, object: number, step: TraceStep): readonly string[] {
  const info = trace.layout.objects[object];
  if (info === undefined) return [];
  const size = info.info.sizeof * WORD_BYTES;
  const offset = ((addressOf(step) ?? 0) - info.base) * WORD_BYTES;
  const where = offset < size ? `${offset} bytes inside` : `${offset - size} bytes to the right`;
  const freed = lifeOf(trace, object, step.step).freed !== undefined;
  const owner =
    info.cache < 0
      ? `The buggy address belongs to the variable ${info.name} of size ${size}`
      : `The buggy address belongs to the object ${info.name}\n` +
        ` which belongs to the cache ${info.info.name} of size ${size}`;
  return [
    '',
    ...owner.split('\n'),
    `The buggy address is located ${where} of`,
    ` ${freed ? 'freed ' : ''}${size}-byte region [${hex(info.base * WORD_BYTES)}, ` +
      `${hex(info.base * WORD_BYTES + size)})`,
  ];
}

/** The oops of a pointer that points nowhere: NULL, list poison, the contents of freed memory. */
function badPointerReport(trace: Trace, symbols: Symbols, culprit: Culprit): readonly string[] {
  const { step, source, writer } = culprit;
  if (step === undefined) return [];
  const addr = addressOf(step) ?? 0;
  const poison = nearPoison(addr);
  const access = accessWord(step) === 'Read' ? 'read' : 'write';
  const headline =
    trace.finding?.verdict === 'null-dereference'
      ? `BUG: Kernel NULL pointer dereference on ${access} at 0x${byteAddress(addr)}`
      : poison === ''
        ? `BUG: Unable to handle kernel data access on ${access} at 0x${byteAddress(addr)}`
        : `general protection fault, probably for non-canonical address ${hex(addr)}: ${poison}`;
  return [
    headline,
    `Faulting instruction address: ${siteText(step.stack[0])}`,
    taskLine(trace, step),
    ...callTrace(step),
    ...sourceLines(trace, symbols, source, writer),
  ];
}

function byteAddress(addr: number): string {
  return ((addr * WORD_BYTES) >>> 0).toString(16).padStart(8, '0');
}

/** Where the bad pointer came from, back to the object it was read from. */
function sourceLines(
  trace: Trace,
  symbols: Symbols,
  source: TraceStep | undefined,
  writer: TraceStep | undefined,
): readonly string[] {
  const from = source === undefined ? undefined : addressOf(source);
  if (source === undefined || from === undefined) return [];
  const value = source.result === 0 ? 'NULL' : symbols.value(source.result);
  const lines = [
    '',
    `${value} was read from ${symbols.address(from)} at step ${source.step}:`,
    ...stackLines(source.stack),
  ];
  const wrote = writer ?? lastWriter(trace, from, source.step);
  if (wrote !== undefined) {
    lines.push('', `Written by task ${taskName(trace.actors[wrote.actor])} at step ${wrote.step}:`);
    lines.push(...stackLines(wrote.stack));
  }
  const life = lifeOf(trace, symbols.objectAt(from), source.step);
  const known = life.allocated !== undefined || life.freed !== undefined;
  return known ? [...lines, ...lifeLines(trace, life)] : lines;
}

function by(trace: Trace, step: TraceStep): string {
  return `${trace.actors[step.actor]?.name ?? '?'} in ${siteText(step.stack[0])}`;
}

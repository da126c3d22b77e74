/**
 * A counterexample in columns, one per actor that acts, as kernel commit messages show races: the
 * step's number, the operation under the procedures it stands in, and file:line at the right. Where
 * the columns would become too narrow, one column in which each run names its actor.
 */
import { styleText } from 'node:util';
import { culpritOf, objectAt } from './culprit.ts';
import { type Line, linesOf, type Tone } from './lines.ts';
import { addressOf, isFree, isHidden, isStore } from './operations.ts';
import type { Trace, TraceActor, TraceStep } from './record.ts';
import { type RowOptions, rowsOf, runsOf } from './rows.ts';

export interface ColumnsOptions extends RowOptions {
  /** Characters of a line. */
  readonly width: number;
  readonly color: boolean;
}

/** What the command line starts from. */
export const COLUMNS_DEFAULTS: ColumnsOptions = {
  width: 100,
  full: false,
  linesMax: 40,
  color: false,
};

/** Columns start at least this far apart, the last has LAST_MIN characters; else there is one. */
const SPACING = 16;
const LAST_MIN = 28;
/** One column narrower than this has no place for file:line beside it. */
const SINGLE_MIN = 36;
const ROOM_MIN = 12;
const GAP = 3;
const INDENT_MAX = 5;
const HANG = 4;

export function columns(trace: Trace, options: ColumnsOptions): string {
  const lines = linesOf(trace, rowsOf(trace, options));
  const acting = trace.actors.flatMap((_, i) => (lines.some((l) => l.actor === i) ? [i] : []));
  const header = acting.map((actor) => columnHeader(trace.actors[actor]));
  const grid = gridOf(lines, acting, header, options.width);
  const page =
    grid === undefined
      ? printed(withTags(trace, lines), singleColumn(lines, acting, options.width), options)
      : [...headed(header, grid, options), ...printed(lines, grid, options)];
  return page.map((line) => line.trimEnd()).join('\n');
}

/**
 * The whole race in one line, as in the message of Linux 1010b4c012b0:
 * `<eehd: eeh_pe_report> <sysfs-remove: eeh_rmv_from_parent_pe> <use-after-free in eeh_pe_next>`.
 */
export function shortSchedule(trace: Trace): string {
  const { finding } = trace;
  const culprit = culpritOf(trace);
  const parts: string[] = [];
  for (const run of runsOf(trace.steps.filter((step) => !isHidden(step)))) {
    const before = run.filter((step) => step !== culprit.step);
    const step = tellingStep(trace, before, culprit.object);
    if (step === undefined) continue;
    const name = trace.actors[step.actor]?.name ?? '?';
    const part = `<${name}: ${step.stack[0]?.procedure ?? '?'}>`;
    if (part !== parts.at(-1)) parts.push(part);
  }
  if (finding !== undefined) {
    const where = culprit.step?.stack[0]?.procedure;
    parts.push(where === undefined ? `<${finding.verdict}>` : `<${finding.verdict} in ${where}>`);
  }
  return parts.join(' ');
}

/** The step that stands for a run: what it did to the object concerned, else where it stopped. */
function tellingStep(
  trace: Trace,
  run: readonly TraceStep[],
  object: number,
): TraceStep | undefined {
  const mine = run.filter((s) => object >= 0 && objectAt(trace, addressOf(s) ?? 0) === object);
  return mine.findLast(isFree) ?? mine.findLast(isStore) ?? run.at(-1);
}

/** `CPU0 eehd`, as commit messages head their columns. */
function columnHeader(actor: TraceActor | undefined): string {
  if (actor === undefined) return '?';
  const context = actor.context === 'process' ? '' : ` (${actor.context})`;
  return `CPU${actor.cpu} ${actor.name}${context}`;
}

/** Where everything stands on the page. */
interface Grid {
  /** Start of each actor's column; actors that do not act have none. */
  readonly offsets: ReadonlyMap<number, number>;
  readonly indentBy: number;
  /** End of the columns: what does not fit before it is wrapped. */
  readonly end: number;
  readonly labelWidth: number;
  /** Places stand in a column of their own at `end`, or under their operation. */
  readonly sitesBeside: boolean;
}

/** One column per actor; undefined where the width is too small for that. */
function gridOf(
  lines: readonly Line[],
  acting: readonly number[],
  header: readonly string[],
  width: number,
): Grid | undefined {
  const labelWidth = widest(lines.map((line) => line.label));
  const start = labelWidth + 2;
  const end = width - widest(lines.map((line) => line.site)) - 2;
  // A header never runs into the next one.
  const leftmost: number[] = [];
  header.reduce((at, text) => {
    leftmost.push(at);
    return at + Math.max(SPACING, text.length + 2);
  }, start);
  if (end - (leftmost.at(-1) ?? start) < LAST_MIN) return undefined;
  const wide = (indentBy: number): readonly number[] =>
    acting.map((a, i) => Math.max(naturalWidth(lines, a, indentBy), header[i]?.length ?? 0));
  const roomy = sum(wide(2)) + GAP * (acting.length - 1) <= end - start;
  const widths = wide(roomy ? 2 : 1);
  const starts = columnStarts(widths, leftmost, end);
  const offsets = new Map(acting.map((actor, i) => [actor, starts[i] ?? start]));
  const across = start + naturalWidth(lines, -1, 1);
  const needed = Math.max(across, ...widths.map((w, i) => w + (starts[i] ?? 0)));
  return {
    offsets,
    indentBy: roomy ? 2 : 1,
    end: Math.min(end, needed),
    labelWidth,
    sitesBeside: true,
  };
}

/**
 * Side by side if all fit. Else evenly, but further left where a column's lines would run into the
 * end: a line may run on over the columns to its right, which are empty there, but not beyond.
 */
function columnStarts(
  widths: readonly number[],
  leftmost: readonly number[],
  end: number,
): readonly number[] {
  const start = leftmost[0] ?? 0;
  const beside: number[] = [];
  for (let i = 0, at = start; i < widths.length; at += (widths[i] ?? 0) + GAP, i++) beside.push(at);
  if ((beside.at(-1) ?? 0) + (widths.at(-1) ?? 0) <= end) return beside;
  const latest: number[] = [];
  let limit = end;
  for (let i = widths.length - 1; i >= 0; i--) {
    limit = Math.min(end - (widths[i] ?? 0), limit);
    latest[i] = limit;
    limit -= (leftmost[i] ?? 0) - (leftmost[i - 1] ?? 0);
  }
  const step = (end - start) / widths.length;
  return leftmost.map((left, i) => {
    const wanted = Math.min(beside[i] ?? 0, latest[i] ?? 0, Math.floor(start + i * step));
    return Math.max(left, wanted);
  });
}

/** All actors in one column. */
function singleColumn(lines: readonly Line[], acting: readonly number[], width: number): Grid {
  const labelWidth = widest(lines.map((line) => line.label));
  const start = labelWidth + 2;
  const beside = width - widest(lines.map((line) => line.site)) - 2;
  const sitesBeside = beside - start >= SINGLE_MIN;
  const natural = Math.max(0, ...acting.map((actor) => naturalWidth(lines, actor, 1)));
  const end = Math.min(start + natural, sitesBeside ? beside : width);
  const offsets = new Map(acting.map((actor) => [actor, start]));
  return { offsets, indentBy: 1, end, labelWidth, sitesBeside };
}

/** A tag before each run: where all share one column, it says who acts. */
function withTags(trace: Trace, lines: readonly Line[]): readonly Line[] {
  return lines.flatMap((line, i) => {
    if (line.actor < 0 || line.actor === lines[i - 1]?.actor) return [line];
    const text = `[${columnHeader(trace.actors[line.actor])}]`;
    const tag: Line = { ...line, label: '', indent: 0, text, site: '', tone: 'header' };
    return [tag, line];
  });
}

function headed(header: readonly string[], grid: Grid, options: ColumnsOptions): readonly string[] {
  const starts = [...grid.offsets.values()];
  const across = (texts: readonly string[]): string =>
    texts.reduce((row, text, i) => row.padEnd(starts[i] ?? 0) + text, '');
  const rule = header.map((text) => '-'.repeat(text.length));
  return [across(header), across(rule)].map((text) => tint(text, 'header', options.color));
}

function printed(lines: readonly Line[], grid: Grid, options: ColumnsOptions): readonly string[] {
  const { offsets, labelWidth, end } = grid;
  const first = Math.min(...offsets.values());
  const page: string[] = [];
  for (const line of lines) {
    const left = (offsets.get(line.actor) ?? first) + indentOf(line, grid.indentBy);
    // A line may run on over the columns to its right: on that line they are empty.
    const parts = wrap(line.text, Math.max(end - left, ROOM_MIN));
    const label = line.label.padStart(labelWidth).padEnd(left);
    const beside = grid.sitesBeside && line.site !== '';
    const gap = ' '.repeat(Math.max(1, end + 2 - left - (parts[0]?.length ?? 0)));
    const site = beside ? `${gap}${line.site}` : '';
    page.push(`${label}${tint(parts[0] ?? '', line.tone, options.color)}${site}`);
    const under = line.site === '' || beside ? [] : [`(${line.site})`];
    for (const rest of [...parts.slice(1), ...under]) {
      page.push(`${' '.repeat(left + HANG)}${tint(rest, line.tone, options.color)}`);
    }
  }
  return page;
}

/** Breaks at spaces where it can; the parts after the first are hung in by HANG. */
function wrap(text: string, room: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  // One character of the gap is better given away than a line for it.
  for (let space = room; rest.length > space + 1; space = Math.max(room - HANG, ROOM_MIN / 2)) {
    const cut = breakBefore(rest, space);
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...parts, rest];
}

function breakBefore(text: string, space: number): number {
  const blank = text.lastIndexOf(' ', space);
  if (blank > space / 3) return blank;
  const stop = Math.max(text.lastIndexOf('(', space - 1), text.lastIndexOf('.', space - 1));
  return stop > space / 3 ? stop + 1 : space;
}

function tint(text: string, tone: Tone, color: boolean): string {
  if (!color || tone === 'op') return text;
  const style = { header: 'bold', call: 'cyan', fold: 'dim', finding: 'red' } as const;
  // The caller asked for colour; whether stdout is a terminal was its question.
  return styleText(style[tone], text, { validateStream: false });
}

/** Characters that an actor's longest line takes. */
function naturalWidth(lines: readonly Line[], actor: number, indentBy: number): number {
  const mine = lines.filter((line) => line.actor === actor);
  return widest(mine.map((line) => ' '.repeat(indentOf(line, indentBy)) + line.text));
}

function indentOf(line: Line, by: number): number {
  return Math.min(line.indent, INDENT_MAX) * by;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((max, text) => Math.max(max, text.length), 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}

/**
 * Two runs side by side by causality: a step of one is the same as a step of the other if its
 * actor does the same with the same outcome, after the same steps. Steps that merely come in
 * another order, and have nothing to do with each other, are no difference.
 */
import type { Trace, TraceStep } from '../../trace/record.ts';
import { causality } from './causality.ts';

export interface Aligned {
  /** By step of the first run: the same step of the second, -1: none. */
  readonly inSecond: Int32Array;
  readonly inFirst: Int32Array;
  /** Steps in common. */
  readonly same: number;
  /** The first step of each run that the other has not; undefined: all are in common. */
  readonly first: number | undefined;
  readonly second: number | undefined;
}

export function align(a: Trace, b: Trace): Aligned {
  const [keysA, keysB] = [identities(a), identities(b)];
  const byKey = new Map(keysB.map((key, step) => [key, step]));
  const inSecond = new Int32Array(keysA.length).fill(-1);
  const inFirst = new Int32Array(keysB.length).fill(-1);
  let same = 0;
  for (const [step, key] of keysA.entries()) {
    const other = byKey.get(key);
    if (other === undefined) continue;
    inSecond[step] = other;
    inFirst[other] = step;
    same++;
  }
  const firstOf = (column: Int32Array): number | undefined => {
    const found = column.indexOf(-1);
    return found < 0 ? undefined : found;
  };
  return { inSecond, inFirst, same, first: firstOf(inSecond), second: firstOf(inFirst) };
}

/** A key for each step that is the same in two runs if and only if its whole past is. */
function identities(trace: Trace): string[] {
  const names = trace.actors.map(({ name }) => name);
  const keys: string[] = [];
  const counts = new Map<number, number>();
  for (const { step, after } of causality(trace)) {
    const count = (counts.get(step.actor) ?? 0) + 1;
    counts.set(step.actor, count);
    const past = after.map((before) => keys[before] ?? '').sort();
    const text = [names[step.actor], count, ownText(step), ...past].join('\n');
    keys[step.step] = hashed(text);
  }
  return keys;
}

function ownText({ kind, operands, result }: TraceStep): string {
  return `${kind} ${operands.join(' ')} ${result}`;
}

/** Four words that are mixed: a chance match is not to be expected. */
function hashed(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  let [c, d] = [0x9e3779b9, 0x85ebca6b];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
    c = Math.imul(c ^ code, 2246822507);
    d = Math.imul(d ^ code, 3266489909);
    a ^= b >>> 15;
    c ^= d >>> 13;
  }
  return [a, b, c, d].map((word) => (word >>> 0).toString(36)).join('.');
}

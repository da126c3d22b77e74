/**
 * Outcomes of rounds, in jcstress's manner. Workers count outcomes they know in shared memory, by
 * hash; a new one makes them stop, so that the coordinator can keep its first round's trace.
 */
import type { Program } from '../actor/program.ts';
import { stableId } from '../memory/layout.ts';
import {
  CONTROL,
  MEASURES_MAX,
  measureAt,
  OUTCOMES_MAX,
  outcomeAt,
} from '../ops/native/control.ts';
import type { Finding } from '../oracles/verdict.ts';

/** What a round's end is called: the verdict with its headline. */
export function outcomeText(finding: Finding | undefined): string {
  return finding === undefined ? 'pass' : `${finding.verdict}: ${finding.message}`;
}

/** Counts an outcome; false when it is new. */
export function countOutcome(control: Int32Array, text: string): boolean {
  const hash = hashOf(text);
  for (let slot = 0; slot < OUTCOMES_MAX; slot++) {
    const at = outcomeAt(slot);
    const known = Atomics.load(control, at);
    if (known === 0) return false;
    if (known !== hash) continue;
    Atomics.add(control, at + 1, 1);
    return true;
  }
  Atomics.add(control, CONTROL.otherOutcomes, 1);
  return true;
}

/** Makes an outcome known, with the count it has so far. */
export function registerOutcome(control: Int32Array, slot: number, text: string, count: number) {
  control[outcomeAt(slot) + 1] = count;
  Atomics.store(control, outcomeAt(slot), hashOf(text));
}

export function outcomeCount(control: Int32Array, slot: number): number {
  return Atomics.load(control, outcomeAt(slot) + 1);
}

/** 0 marks an empty slot. */
function hashOf(text: string): number {
  return stableId(text) | 1;
}

/** Low words hold 20 bits, so that a sum keeps 51 bits. */
const LOW = 0x100000;

/** Adds one round's figure of a measure. Only while no actor runs. */
export function noteMeasure(control: Int32Array, measure: number, value: number, first: boolean) {
  if (measure >= MEASURES_MAX) return;
  const at = measureAt(measure);
  control[at] = first ? value : Math.min(control[at] ?? value, value);
  control[at + 1] = first ? value : Math.max(control[at + 1] ?? value, value);
  addLong(control, at + 2, at + 3, value);
}

function addLong(control: Int32Array, low: number, high: number, value: number): void {
  const sum = (control[low] ?? 0) + value;
  control[low] = ((sum % LOW) + LOW) % LOW;
  control[high] = (control[high] ?? 0) + Math.floor(sum / LOW);
}

/** Adds the operations of one round. Only while no actor runs. */
export function noteOperations(control: Int32Array): void {
  const count = control[CONTROL.sequence] ?? 0;
  addLong(control, CONTROL.operations, CONTROL.operationsHigh, count);
}

export function readOperations(control: Int32Array): number {
  return (control[CONTROL.operationsHigh] ?? 0) * LOW + (control[CONTROL.operations] ?? 0);
}

export interface StressMeasure {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  /** Over all rounds that came to rest. */
  readonly sum: number;
}

export function readMeasures(control: Int32Array, program: Program): StressMeasure[] {
  return program.measures.slice(0, MEASURES_MAX).map(({ name, unit }, i) => {
    const word = (offset: number): number => control[measureAt(i) + offset] ?? 0;
    return { name, unit, min: word(0), max: word(1), sum: word(3) * LOW + word(2) };
  });
}

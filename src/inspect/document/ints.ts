/** Columns of whole numbers: too many for a schema that looks at each as a value of its own. */
import * as z from 'zod/mini';

/** Steps, words of the journal and the like: more cannot be meant. */
const COLUMN_MAX = 20_000_000;

function isInts(value: unknown): value is readonly number[] {
  if (!Array.isArray(value) || value.length > COLUMN_MAX) return false;
  // Array.isArray() answers any[]: each element is looked at here.
  const items: readonly unknown[] = value;
  for (const item of items) {
    if (typeof item !== 'number' || (item | 0) !== item) return false;
  }
  return true;
}

/** A column of int32 words. */
export const INTS = z.custom<readonly number[]>(isInts, 'expected a column of int32 words');

/** Times: milliseconds, fractions allowed. */
export const TIMES = z.custom<readonly number[]>(
  (value) => Array.isArray(value) && value.length <= COLUMN_MAX && value.every(Number.isFinite),
  'expected a column of numbers',
);

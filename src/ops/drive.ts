/**
 * Runs a procedure that was not lowered, one actor, to its end: the plainest meaning of the
 * procedure language, which the lowerings are compared with.
 */
import { type Op, pendingOp } from './reference.ts';

/** Performs one operation; answers its result. */
export type Perform = (kind: number, operands: readonly (number | string)[]) => number;

/** Drives a generator: each yield is one operation, handed to `perform`. */
export function drive<T>(procedure: Generator<Op, T, number>, perform: Perform): T {
  let step = procedure.next();
  while (step.done !== true) {
    step = procedure.next(perform(pendingOp.kind, pendingOp.operands));
  }
  return step.value;
}

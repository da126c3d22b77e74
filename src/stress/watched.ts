/** A program's watched words (ctrl->state), judged by address: each write must be a legal move. */
import type { Program } from '../actor/program.ts';
import { moveCheck } from '../actor/watched.ts';
import type { Finding } from '../oracles/verdict.ts';

export function watchedMoves(
  program: Program,
): (addr: number, from: number, to: number) => Finding | undefined {
  const checks = new Map(program.watched.map((word) => [word.addr, moveCheck(word)]));
  return (addr, from, to) => checks.get(addr)?.(from, to);
}

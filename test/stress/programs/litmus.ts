/**
 * Store buffering: each side stores to its own word and reads the other's. The sides meet before
 * each slot; a short wait after it, different for every slot, scans their distance in time.
 */

import { cpu_relax, type Proc, type Ptr, READ_ONCE, read, smp_mb, WRITE_ONCE, write } from '#ops';
import { eventCodes } from '../../../src/ops/events.ts';
import { LINE, linger } from './litmus_words.ts';

const ev = eventCodes('DONE');

function* meet(mine: Ptr, theirs: Ptr, slot: number): Proc<void> {
  yield WRITE_ONCE(mine - LINE, slot + 1);
  while ((yield READ_ONCE(theirs - LINE)) <= slot) yield cpu_relax();
}

export function* plain(mine: Ptr, theirs: Ptr, seen: Ptr, slots: number): Proc<number> {
  for (let i = 0; i < slots; i++) {
    yield* meet(mine, theirs, i);
    linger(mine, i);
    yield write(mine + i * LINE, 1);
    yield write(seen + i, yield read(theirs + i * LINE));
  }
  return ev.DONE;
}

export function* fenced(mine: Ptr, theirs: Ptr, seen: Ptr, slots: number): Proc<number> {
  for (let i = 0; i < slots; i++) {
    yield* meet(mine, theirs, i);
    linger(mine, i);
    yield write(mine + i * LINE, 1);
    yield smp_mb();
    yield write(seen + i, yield read(theirs + i * LINE));
  }
  return ev.DONE;
}

export function* marked(mine: Ptr, theirs: Ptr, seen: Ptr, slots: number): Proc<number> {
  for (let i = 0; i < slots; i++) {
    yield* meet(mine, theirs, i);
    linger(mine, i);
    yield WRITE_ONCE(mine + i * LINE, 1);
    yield write(seen + i, yield READ_ONCE(theirs + i * LINE));
  }
  return ev.DONE;
}

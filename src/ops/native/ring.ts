/**
 * The last operations of each actor, and its last lines of the kernel log, in shared memory: what a
 * failing round's trace is made from, even when a thread has died. Slots of 16 words:
 *
 *   [order, kind, site, virtual ms, result, flags, operands in use, operands ...]
 *
 * `order` is drawn from one counter for all actors: for what lets others go on (stores, unlocks,
 * wake-ups) before it happens, for everything else after, so that causes come before effects.
 */
import { OPERANDS_MAX } from '../vocabulary.ts';
import { ACTOR, ACTORS_MAX, actorAt } from './control.ts';

export const SLOT_WORDS = 16;
/** Lines of the kernel log kept per actor and round. */
export const LOG_SLOTS = 128;
/** Kind of a slot that holds a move of the actor's machine: from, event code, to. */
export const TRANSITION_KIND = 0;
export const FLAG_BLOCKED = 1;

/** One slot as the reader sees it. */
export interface RingEvent {
  readonly actor: number;
  readonly order: number;
  readonly kind: number;
  readonly site: number;
  readonly timeMs: number;
  readonly result: number;
  readonly blocked: boolean;
  readonly operands: readonly number[];
}

/** Words of the rings of all actors; `slots` operations each, a power of two. */
export function newRings(slots: number): Int32Array {
  const words = ACTORS_MAX * (slots + LOG_SLOTS) * SLOT_WORDS;
  return new Int32Array(new SharedArrayBuffer(words * 4));
}

export function slotsOf(rings: Int32Array): number {
  return rings.length / (ACTORS_MAX * SLOT_WORDS) - LOG_SLOTS;
}

/** First word of an actor's operations; its log lines follow them. */
export function ringAt(rings: Int32Array, actor: number): number {
  return actor * (slotsOf(rings) + LOG_SLOTS) * SLOT_WORDS;
}

/** What an actor's rings hold of this round, in the order in which it wrote it. */
export function readRing(rings: Int32Array, control: Int32Array, actor: number): RingEvent[] {
  const slots = slotsOf(rings);
  const at = ringAt(rings, actor);
  const head = control[actorAt(actor) + ACTOR.ringHead] ?? 0;
  return readSlots(rings, actor, at, slots, head);
}

export function readLog(rings: Int32Array, control: Int32Array, actor: number): RingEvent[] {
  const at = ringAt(rings, actor) + slotsOf(rings) * SLOT_WORDS;
  const head = control[actorAt(actor) + ACTOR.logHead] ?? 0;
  return readSlots(rings, actor, at, LOG_SLOTS, head);
}

function readSlots(
  rings: Int32Array,
  actor: number,
  at: number,
  slots: number,
  head: number,
): RingEvent[] {
  const events: RingEvent[] = [];
  for (let i = Math.max(0, head - slots); i < head; i++) {
    const slot = at + (i % slots) * SLOT_WORDS;
    const word = (offset: number): number => rings[slot + offset] ?? 0;
    const used = Math.min(word(6), OPERANDS_MAX);
    events.push({
      actor,
      order: word(0),
      kind: word(1),
      site: word(2),
      timeMs: word(3),
      result: word(4),
      blocked: (word(5) & FLAG_BLOCKED) !== 0,
      operands: Array.from(rings.subarray(slot + 7, slot + 7 + used)),
    });
  }
  return events;
}

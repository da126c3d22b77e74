/**
 * When a relative timeout really fires under the kernel's timer wheel (Linux 500462a9de65): timers
 * never cascade, each level has an eighth of the resolution of the one below it, so they fire late
 * by the granularity of the level they were put into. Pure arithmetic on the virtual clock.
 */

/** Level 0 takes deltas below 63 jiffies; each level above reaches eight times as far. */
const LEVEL_0_JIFFIES = 63;
const LEVEL_FACTOR = 8;
/** LVL_DEPTH with HZ above 100; with fewer ticks a second the wheel has one level less. */
const LEVELS_FAST = 9;
const LEVELS_SLOW = 8;

/** `msleep` sleeps one jiffy more than asked, so that it is never short; timeouts do not. */
export type TimerUse = 'msleep' | 'timeout';

/**
 * The virtual ms at which a timer armed at `nowMs` for `ms` fires.
 * Jiffies are (nowMs + offsetMs) / (1000 / hz): the offset is the phase of the wheel.
 */
export function wheelExpiryMs(
  nowMs: number,
  ms: number,
  hz: number,
  offsetMs: number,
  what: TimerUse,
): number {
  const now = Math.floor(((nowMs + offsetMs) * hz) / 1000);
  const delta = Math.ceil((Math.max(ms, 0) * hz) / 1000) + (what === 'msleep' ? 1 : 0);
  const granularity = wheelGranularity(delta, hz);
  const expiry = (Math.floor((now + delta) / granularity) + 1) * granularity;
  return Math.ceil((expiry * 1000) / hz) - offsetMs;
}

/** Jiffies between two expiry points of the level that a timer `delta` jiffies ahead goes to. */
function wheelGranularity(delta: number, hz: number): number {
  const levels = hz > 100 ? LEVELS_FAST : LEVELS_SLOW;
  let granularity = 1;
  let reach = LEVEL_0_JIFFIES;
  for (let level = 1; level < levels && delta >= reach; level++) {
    granularity *= LEVEL_FACTOR;
    reach *= LEVEL_FACTOR;
  }
  return granularity;
}

/** The positions that lanes show: a window that is zoomed and moved within the run. */

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Narrower, and a step would fill the page. */
const NARROWEST = 4;

/** All of a run, with a little room at its end for what is still so when it ended. */
export function whole(count: number): Window {
  return { from: 0, to: Math.max(NARROWEST, count + Math.max(1, count * 0.01)) };
}

function within({ from, to }: Window, count: number): Window {
  const all = whole(count);
  const width = Math.min(all.to, Math.max(NARROWEST, to - from));
  const begin = Math.min(Math.max(0, from), all.to - width);
  return { from: begin, to: begin + width };
}

/** `factor` below 1 shows less; what is at `anchor` stays where it is. */
export function zoomed(window: Window, factor: number, anchor: number, count: number): Window {
  const { from, to } = window;
  const width = Math.min(whole(count).to, Math.max(NARROWEST, (to - from) * factor));
  const share = (anchor - from) / (to - from);
  const begin = anchor - share * width;
  return within({ from: begin, to: begin + width }, count);
}

export function moved({ from, to }: Window, by: number, count: number): Window {
  return within({ from: from + by, to: to + by }, count);
}

/** The window itself if a position is in it with some room, else one of its width around it. */
export function showing(window: Window, position: number, count: number): Window {
  const width = window.to - window.from;
  const room = Math.min(width / 4, 2);
  if (position >= window.from + room && position <= window.to - room) return window;
  if (position === 0 && window.from === 0) return window;
  if (position >= count && window.to >= count) return window;
  return within({ from: position - width / 2, to: position + width / 2 }, count);
}

/** Positions at which an axis has marks: a round number apart, about `wanted` of them. */
export function ticks({ from, to }: Window, wanted: number): number[] {
  const rough = Math.max(1, (to - from) / Math.max(1, wanted));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power;
  const whole = Math.max(1, Math.round(step));
  const found: number[] = [];
  for (let at = Math.ceil(from / whole) * whole; at <= to; at += whole) found.push(at);
  return found;
}

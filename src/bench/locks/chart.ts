/** Small charts as SVG text: lines on linear or log axes, bars. No script; colours by class. */

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface Axis {
  readonly label: string;
  readonly log: boolean;
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly Tick[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
  /** Ends of the whisker. */
  readonly low?: number;
  readonly high?: number;
  /** Shown where the pointer rests. */
  readonly text: string;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface BarRow {
  readonly name: string;
  /** Shares of the whole length, 0 to 1. */
  readonly bars: readonly { readonly share: number; readonly text: string }[];
}

/** Colours in a row; the next ones have them again, dashed. */
export const COLOURS = 10;

const WIDTH = 900;
const LEFT = 70;
const RIGHT = 240;
const TOP = 36;
const BOTTOM = 48;
const PLOT_HEIGHT = 300;
const LINE_HEIGHT = 18;

/** Text that cannot end the place it stands in, and holds no control characters. */
export function escaped(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced here.
      .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/'/g, '&#39;')
  );
}

/** Where a value lies on an axis of that length. */
export function position({ log, min, max }: Axis, length: number, value: number): number {
  const scale = (v: number): number => (log ? Math.log(Math.max(v, Number.MIN_VALUE)) : v);
  const range = scale(max) - scale(min);
  const share = range === 0 ? 0.5 : (scale(value) - scale(min)) / range;
  return Math.min(1, Math.max(0, share)) * length;
}

/** 1, 10, 100 ... around the values, as far as they go. */
export function logAxis(
  label: string,
  values: readonly number[],
  text: (value: number) => string,
): Axis {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = Math.floor(Math.log10(Math.min(...positive, 1e9)));
  const first = positive.length === 0 ? 0 : low;
  const last = positive.length === 0 ? 1 : Math.ceil(Math.log10(Math.max(...positive)) - 1e-9);
  const decades = Array.from(
    { length: Math.max(1, last - first) + 1 },
    (_, i) => 10 ** (first + i),
  );
  const ticks = decades.map((at) => ({ at, text: text(at) }));
  return { label, log: true, min: decades[0] ?? 1, max: decades.at(-1) ?? 10, ticks };
}

export function lineChart({ title, x, y, series }: LineChart): string {
  const height = Math.max(TOP + PLOT_HEIGHT + BOTTOM, TOP + LINE_HEIGHT * (series.length + 1));
  const plotWidth = WIDTH - LEFT - RIGHT;
  const px = (value: number): string => (LEFT + position(x, plotWidth, value)).toFixed(1);
  const py = (value: number): string =>
    (TOP + PLOT_HEIGHT - position(y, PLOT_HEIGHT, value)).toFixed(1);
  const bottom = TOP + PLOT_HEIGHT;
  const grid = [
    ...x.ticks.map(({ at, text }) => {
      const line = `<path class="grid" d="M${px(at)} ${TOP}V${bottom}"/>`;
      return `${line}${label(px(at), bottom + 16, 'middle', text)}`;
    }),
    ...y.ticks.map(({ at, text }) => {
      const line = `<path class="grid" d="M${LEFT} ${py(at)}H${LEFT + plotWidth}"/>`;
      return `${line}${label(LEFT - 8, Number(py(at)) + 4, 'end', text)}`;
    }),
  ];
  const lines = series.map(({ points, name }, i) => {
    const d = points.map((p, j) => `${j === 0 ? 'M' : 'L'}${px(p.x)} ${py(p.y)}`).join('');
    const marks = points.map((p) => {
      const { low = p.y, high = p.y } = p;
      const whisker = `<path d="M${px(p.x)} ${py(low)}V${py(high)}"/>`;
      const dot = `<circle cx="${px(p.x)}" cy="${py(p.y)}" r="3"/>`;
      return `<g><title>${escaped(`${name}: ${p.text}`)}</title>${whisker}${dot}</g>`;
    });
    return `<g class="${classOf(i)}"><path d="${d}"/>${marks.join('')}</g>`;
  });
  const legend = series.map(({ name }, i) => {
    const at = TOP + LINE_HEIGHT * i + 8;
    const left = LEFT + plotWidth + 16;
    const sample = `<g class="${classOf(i)}"><path d="M${left} ${at}h22"/></g>`;
    return `${sample}${label(left + 28, at + 4, 'start', name)}`;
  });
  const names = [
    label(LEFT + plotWidth / 2, bottom + 38, 'middle', x.label),
    label(LEFT, TOP - 10, 'start', y.label),
  ];
  return svg(title, height, [...grid, ...names, ...lines, ...legend]);
}

const BAR_HEIGHT = 10;

export function barChart(title: string, names: readonly string[], rows: readonly BarRow[]): string {
  const rowHeight = BAR_HEIGHT * names.length + 8;
  const left = 180;
  const full = WIDTH - left - 120;
  const legend = names.map((name, i) => {
    const at = left + 200 * i;
    const sample = `<rect class="b${i}" x="${at}" y="10" width="14" height="${BAR_HEIGHT}"/>`;
    return `${sample}${label(at + 20, 19, 'start', name)}`;
  });
  const bars = rows.map(({ name, bars: parts }, r) => {
    const top = TOP + rowHeight * r;
    const drawn = parts.map(({ share, text }, i) => {
      const width = (full * Math.min(1, Math.max(0, share))).toFixed(1);
      const y = top + BAR_HEIGHT * i;
      const place = `x="${left}" y="${y}" width="${width}" height="${BAR_HEIGHT - 1}"`;
      const rect = `<rect class="b${i}" ${place}><title>${escaped(text)}</title></rect>`;
      return `${rect}${label(left + Number(width) + 6, y + BAR_HEIGHT - 1, 'start', text)}`;
    });
    return `${label(left - 8, top + rowHeight / 2, 'end', name)}${drawn.join('')}`;
  });
  return svg(title, TOP + rowHeight * rows.length + 8, [...legend, ...bars]);
}

function classOf(series: number): string {
  return `s${series % COLOURS}${series >= COLOURS ? ' dashed' : ''}`;
}

function label(x: number | string, y: number, anchor: string, text: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function svg(title: string, height: number, parts: readonly string[]): string {
  const name = escaped(title);
  const box = `viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${name}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box}>\n${parts.join('\n')}\n</svg>`;
}

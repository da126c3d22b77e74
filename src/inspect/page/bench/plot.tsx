/** A plot of some lines, by uPlot, which is loaded when the first is drawn. */
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type Lines, nsText } from './figures.ts';

const HEIGHT = 230;
const COLOURS = 8;
/** Neighbours differ by their dashes, too. */
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

interface PlotProps {
  readonly title: string;
  readonly lines: Lines;
  /** Which axes go by logarithms, and whether x is a time. */
  readonly scales: 'plain' | 'log';
  readonly xLabel: string;
  readonly yLabel: string;
  readonly theme: string;
}

export function Plot({ title, lines, scales, xLabel, yLabel, theme }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let plot: uPlot | undefined;
    let isGone = false;
    const observer = new ResizeObserver(() => {
      plot?.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    void import('uplot').then(({ default: UPlot }) => {
      if (isGone) return;
      const options = optionsOf(element, { title, lines, scales, xLabel, yLabel, theme });
      plot = new UPlot(options, dataOf(lines), element);
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      plot?.destroy();
    };
  }, [lines, scales, theme, title, xLabel, yLabel]);
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <div ref={box} role="img" aria-label={`${title}. The table below has the figures.`} />
    </figure>
  );
}

function dataOf({ x, lines }: Lines): uPlot.AlignedData {
  return [[...x], ...lines.map(({ y }) => [...y])];
}

function optionsOf(element: Element, { lines, scales, xLabel, yLabel }: PlotProps): uPlot.Options {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const isLog = scales === 'log';
  const axis = {
    stroke: read('--dim'),
    font: `11px ${read('--mono')}`,
    labelFont: `11px ${read('--mono')}`,
    labelSize: 16,
    grid: { stroke: read('--rule'), width: 1, ...(isLog ? { filter: powers } : {}) },
    ticks: { stroke: read('--rule'), width: 1, size: 4 },
  };
  const log = isLog ? { distr: 3 as const } : {};
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: true, live: false, markers: { width: 2, dash: (_, i) => border(i - 1) } },
    cursor: { y: false, points: { size: 6 } },
    scales: { x: { time: false, ...log }, y: { ...log, ...(isLog ? {} : { range: fromZero }) } },
    axes: [
      {
        ...axis,
        label: xLabel,
        size: 30,
        ...(isLog ? { values: (_: uPlot, at: number[]) => at.map(timeTick) } : {}),
      },
      {
        ...axis,
        label: yLabel,
        size: 58,
        ...(isLog ? { values: (_: uPlot, at: number[]) => at.map(shareTick) } : {}),
      },
    ],
    series: [
      {},
      ...lines.lines.map(({ lock }, i) => ({
        label: lock,
        stroke: read(`--a${i % COLOURS}`),
        width: 1.8,
        dash: [...(DASHES[i % DASHES.length] ?? [])],
        points: { show: !isLog, size: 6 },
        spanGaps: true,
      })),
    ],
  };
}

/** As CSS draws the line's dashes around its mark in the legend. */
function border(line: number): string {
  return ['solid', 'dashed', 'dotted', 'double'][line % DASHES.length] ?? 'solid';
}

function fromZero(_: uPlot, __: number, max: number): [number, number] {
  return [0, max * 1.08];
}

/** Only powers of ten are labelled. */
function timeTick(ns: number | null): string {
  return ns !== null && isPower(ns) ? nsText(ns) : '';
}

function shareTick(share: number | null): string {
  if (share === null || !isPower(share)) return '';
  return share >= 0.01 ? `${share * 100} %` : share.toExponential(0);
}

function powers(_: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (isPower(value) ? value : null));
}

function isPower(value: number): boolean {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-6;
}

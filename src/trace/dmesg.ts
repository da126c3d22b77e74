/**
 * The emulated kernel log: printk's conversions, and lines as dmesg prints them with the virtual
 * clock. Formats follow Documentation/core-api/printk-formats.rst; `%#x` keeps its 0x for zero, as
 * the kernel's vsnprintf() does and C's does not.
 */
import type { LogLine, Trace } from './record.ts';

/** `%[flags][width][.precision][length]conversion`, `%pXYZ` with its suffix, and `%%`. */
const CONVERSION = /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|z|t)?([diuxXcs%]|p[A-Za-z0-9]*)/g;

/** Control characters (but the tab), and what turns the direction of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to spell out.
const STEERING = /[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

interface Spec {
  readonly flags: string;
  readonly width: number;
  /** -1: none given. */
  readonly precision: number;
  readonly length: string;
  readonly conversion: string;
}

/**
 * Fills a printk format. A number given for %s is an index into `texts`, the interned literals.
 * A conversion that is not known, or has no argument left, is shown as it stands.
 */
export function formatPrintk(
  format: string,
  args: readonly (number | string)[],
  texts: readonly string[],
): string {
  let next = 0;
  const take = (): number | string | undefined => args[next++];
  return format.replace(CONVERSION, (whole: string, ...groups: (string | undefined)[]) => {
    const [flags = '', width, precision, length = '', conversion = ''] = groups;
    if (conversion === '%') return '%';
    const spec: Spec = {
      flags,
      width: measure(width, take, 0),
      precision: measure(precision, take, -1),
      length,
      conversion,
    };
    const value = take();
    if (value === undefined || conversion.startsWith('p')) return whole;
    return converted(spec, value, texts);
  });
}

/** The whole log, one line per line of text: `[    1.327852] pciehp 0000:00:01.0: ...`. */
export function dmesg(trace: Pick<Trace, 'log' | 'clockOffsetUs'>): string {
  return trace.log.flatMap((line) => dmesgLines(line, trace.clockOffsetUs)).join('\n');
}

/** A record of several lines gets its timestamp before each, as dmesg prints it. */
export function dmesgLines(line: LogLine, clockOffsetUs: number): readonly string[] {
  const stamp = timestamp(line.timeMs, clockOffsetUs);
  const text = line.text.replace(/\n$/, '');
  return text.split('\n').map((part) => `${stamp} ${printable(part)}`);
}

/** `[    1.327852]` */
export function timestamp(timeMs: number, clockOffsetUs: number): string {
  const us = Math.round(timeMs * 1000) + clockOffsetUs;
  const seconds = String(Math.floor(us / 1e6)).padStart(5);
  const fraction = String(us % 1e6).padStart(6, '0');
  return `[${seconds}.${fraction}]`;
}

/** Names come from other people's machines: what could steer a terminal is spelled out. */
export function printable(text: string): string {
  return text.replace(STEERING, (c) => {
    const code = c.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function measure(
  text: string | undefined,
  take: () => number | string | undefined,
  none: number,
): number {
  if (text === undefined) return none;
  const value = text === '*' ? take() : Number(text);
  // A hostile width must not build a text of gigabytes.
  return typeof value === 'number' ? Math.max(-4096, Math.min(4096, value)) : none;
}

function converted(spec: Spec, value: number | string, texts: readonly string[]): string {
  switch (spec.conversion) {
    case 's': {
      const text = typeof value === 'string' ? value : (texts[value] ?? '(null)');
      return padded(spec, '', spec.precision >= 0 ? text.slice(0, spec.precision) : text);
    }
    case 'c':
      return padded(spec, '', typeof value === 'string' ? value.slice(0, 1) : character(value));
    default:
      return numeral(spec, typeof value === 'string' ? Number.parseInt(value, 10) || 0 : value);
  }
}

function character(value: number): string {
  return String.fromCharCode(value & 0xff);
}

function numeral(spec: Spec, value: number): string {
  const { flags, conversion, precision } = spec;
  const signed = conversion === 'd' || conversion === 'i';
  const number = sized(spec.length, value, signed);
  const base = conversion === 'x' || conversion === 'X' ? 16 : 10;
  let digits = Math.abs(number).toString(base);
  if (conversion === 'X') digits = digits.toUpperCase();
  if (precision > digits.length) digits = digits.padStart(precision, '0');
  const plus = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const sign = !signed ? '' : number < 0 ? '-' : plus;
  const prefix = base === 16 && flags.includes('#') ? `0${conversion}` : '';
  return padded(spec, sign + prefix, digits);
}

/** Words are int32: the l's of a format say nothing more, the h's cut. */
function sized(length: string, value: number, signed: boolean): number {
  if (length === 'hh') return signed ? (value << 24) >> 24 : value & 0xff;
  if (length === 'h') return signed ? (value << 16) >> 16 : value & 0xffff;
  return signed ? value | 0 : value >>> 0;
}

/** Zeros go between prefix and digits; blanks before or, with `-`, behind everything. */
function padded(spec: Spec, prefix: string, body: string): string {
  const { flags, width, precision, conversion } = spec;
  const left = flags.includes('-') || width < 0;
  const room = Math.abs(width);
  if (left) return (prefix + body).padEnd(room);
  const isNumber = conversion !== 's' && conversion !== 'c';
  if (flags.includes('0') && isNumber && precision < 0) {
    return prefix + body.padStart(room - prefix.length, '0');
  }
  return (prefix + body).padStart(room);
}

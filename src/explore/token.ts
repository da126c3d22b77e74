/**
 * A counterexample as one word for a mail: `ht1.eeh-pe.T3.rescan-lock-nolock.…`
 *
 *   ht1 . system.race . design . length payload check
 *
 * Version, target and design are readable. The payload is base64url of: flags, verdict, hash of the
 * operations, mark of a topology that is not the default one, deviations from the default rule.
 * The check is a CRC-24 over all characters before it: every burst of up to 24 bits changes it, so
 * no single mistyped character and no two swapped neighbours go unnoticed.
 */
import { VERDICTS, type Verdict } from '../oracles/verdict.ts';
import type { ChoiceDeviation, Deviations, PickDeviation } from './deviations.ts';
import { type Schedule, ScheduleError } from './schedule.ts';

export interface TokenContents {
  readonly target: string;
  readonly design: string;
  readonly opsHash: string;
  /** hash6() of a topology that replay must be given; '' for the default one. */
  readonly mark: string;
  readonly verdict: Verdict;
  readonly deviations: Deviations;
}

/** What a token is made from; a Schedule has it all. */
export type TokenSource = Pick<Schedule, 'target' | 'design' | 'opsHash' | 'mark' | 'verdict'>;

const VERSION = 'ht1';
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CHECK_CHARS = 4;
const FLAG = { ACTOR_BITS: 0x07, MARK: 0x08, CHOICES: 0x10 } as const;
const TARGET = /^[\w-]+(\/[\w-]+)*$/;
const DESIGN = /^[\w-]+$/;
/** Actors are bits of an int32. */
const ACTOR_BITS_MAX = 5;
/** Far beyond any step number, far below where numbers stop being exact. */
const NUMBER_MAX = 2 ** 40;

/** True for a text that is meant as a token, of whatever version. */
export function isToken(text: string): boolean {
  return /^\s*ht\d+\./.test(text);
}

/** @throws Error `[hotrace bug]` for names or numbers that a token cannot hold. */
export function encodeToken(source: TokenSource, deviations: Deviations): string {
  const { target, design } = source;
  if (!TARGET.test(target) || !DESIGN.test(design)) {
    throw new Error(`[hotrace bug] token: target ${target} or design ${design}`);
  }
  const payload = toDigits(payloadOf(source, deviations));
  const name = `${VERSION}.${target.replaceAll('/', '.')}.${design}`;
  const text = `${name}.${lengthDigits(payload.length)}${payload}`;
  return text + toDigits(checkBytes(text));
}

/**
 * Reads a token. White space in it is ignored, since mail breaks lines, and so is the full stop of
 * a sentence after it.
 * @throws ScheduleError that says what is wrong with it.
 */
export function decodeToken(text: string): TokenContents {
  const token = text.replaceAll(/\s+/g, '').replace(/[.,;:!?]+$/, '');
  const parts = token.split('.');
  const [version = '', ...rest] = parts;
  const body = rest.pop() ?? '';
  const design = rest.pop() ?? '';
  if (!isToken(token)) {
    const got = JSON.stringify(token.slice(0, 20));
    throw new ScheduleError(`token: expected a word that begins with ${VERSION}., got ${got}`);
  }
  if (version !== VERSION) {
    throw new ScheduleError(`token: unknown version ${version}: this hotrace reads ${VERSION}`);
  }
  const stray = /[^\w.-]/.exec(token);
  if (stray !== null) {
    const where = `character ${stray.index + 1}`;
    throw new ScheduleError(`token: ${where} is ${JSON.stringify(stray[0])}, which no token has`);
  }
  if (rest.length === 0) throw new ScheduleError('token: truncated: target and design are missing');
  const payload = checkedPayload(token, body);
  return { target: rest.join('/'), design, ...contentsOf(fromDigits(payload)) };
}

/** The payload's characters, once length and checksum agree. */
function checkedPayload(token: string, body: string): string {
  const { length, used } = readLength(body);
  const expected = used + length + CHECK_CHARS;
  if (body.length < expected) {
    const missing = expected - body.length;
    throw new ScheduleError(`token: truncated or mistyped: ${missing} characters are missing`);
  }
  if (body.length > expected) {
    const extra = body.length - expected;
    throw new ScheduleError(`token: ${extra} characters too many, or mistyped`);
  }
  const text = token.slice(0, -CHECK_CHARS);
  if (token.slice(-CHECK_CHARS) !== toDigits(checkBytes(text))) {
    throw new ScheduleError('token: bad checksum: a character is mistyped');
  }
  return body.slice(used, used + length);
}

function payloadOf(source: TokenSource, deviations: Deviations): number[] {
  const { picks, choices } = deviations;
  const actorBits = 32 - Math.clz32(picks.reduce((max, pick) => Math.max(max, pick.actor), 0));
  if (actorBits > ACTOR_BITS_MAX) throw new Error('[hotrace bug] token: more than 32 actors');
  const flags =
    actorBits | (source.mark === '' ? 0 : FLAG.MARK) | (choices.length === 0 ? 0 : FLAG.CHOICES);
  const bytes = [flags, VERDICTS.indexOf(source.verdict), ...hexBytes(source.opsHash)];
  if (source.mark !== '') bytes.push(...hexBytes(source.mark));
  if (choices.length > 0) pushNumber(bytes, choices.length);
  let before = 0;
  for (const { index, answer } of choices) {
    pushNumber(bytes, index - before);
    pushNumber(bytes, answer);
    before = index;
  }
  before = 0;
  for (const { step, actor } of picks) {
    pushNumber(bytes, (step - before) * 2 ** actorBits + actor);
    before = step;
  }
  return bytes;
}

/** Reads bytes one after another; every shortage is the same error. */
class Bytes {
  readonly #bytes: readonly number[];
  #next = 0;

  constructor(bytes: readonly number[]) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#next >= this.#bytes.length;
  }

  byte(): number {
    const byte = this.#bytes[this.#next++];
    if (byte === undefined) throw damaged('it ends too early');
    return byte;
  }

  hex6(): string {
    return [this.byte(), this.byte(), this.byte()]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > NUMBER_MAX || scale > NUMBER_MAX) throw damaged('a number is too large');
      if (byte < 128) return value;
    }
  }
}

function contentsOf(raw: readonly number[]): Omit<TokenContents, 'target' | 'design'> {
  const bytes = new Bytes(raw);
  const flags = bytes.byte();
  const known = FLAG.ACTOR_BITS | FLAG.MARK | FLAG.CHOICES;
  if ((flags & ~known) !== 0 || (flags & FLAG.ACTOR_BITS) > ACTOR_BITS_MAX) {
    throw damaged('it has flags of another version');
  }
  const verdict = VERDICTS[bytes.byte()];
  if (verdict === undefined) throw damaged('its verdict is unknown');
  const opsHash = bytes.hex6();
  const mark = (flags & FLAG.MARK) === 0 ? '' : bytes.hex6();
  const choices: ChoiceDeviation[] = [];
  const count = (flags & FLAG.CHOICES) === 0 ? 0 : bytes.number();
  for (let i = 0, index = 0; i < count; i++) {
    index += bytes.number();
    choices.push({ index, answer: bytes.number() });
  }
  const scale = 2 ** (flags & FLAG.ACTOR_BITS);
  const picks: PickDeviation[] = [];
  for (let step = 0; !bytes.atEnd; ) {
    const coded = bytes.number();
    step += Math.floor(coded / scale);
    picks.push({ step, actor: coded % scale });
  }
  return { opsHash, mark, verdict, deviations: { picks, choices } };
}

function damaged(why: string): ScheduleError {
  return new ScheduleError(`token: damaged although its checksum is right: ${why}`);
}

function hexBytes(hex: string): readonly number[] {
  if (!/^[0-9a-f]{6}$/.test(hex)) throw new Error(`[hotrace bug] token: hash ${hex}`);
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** LEB128: seven bits a byte, the low ones first. */
function pushNumber(bytes: number[], value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > NUMBER_MAX) {
    throw new Error(`[hotrace bug] token: number ${value}`);
  }
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
}

/** base64url without padding. */
function toDigits(bytes: readonly number[]): string {
  let digits = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = bytes.slice(i, i + 3);
    const bits = ((group[0] ?? 0) << 16) | ((group[1] ?? 0) << 8) | (group[2] ?? 0);
    for (let j = 0; j <= group.length; j++) digits += DIGITS[(bits >> (18 - 6 * j)) & 63] ?? '';
  }
  return digits;
}

function fromDigits(digits: string): readonly number[] {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const digit of digits) {
    bits = ((bits << 6) | DIGITS.indexOf(digit)) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 0xff);
  }
  return bytes;
}

/** Characters of the payload: five bits a digit, the low ones first. */
function lengthDigits(length: number): string {
  let digits = '';
  let rest = length;
  for (; rest >= 32; rest = Math.floor(rest / 32)) digits += DIGITS[(rest % 32) | 32] ?? '';
  return digits + (DIGITS[rest] ?? '');
}

function readLength(body: string): { length: number; used: number } {
  let length = 0;
  for (let used = 0; used < 6; used++) {
    const digit = DIGITS.indexOf(body[used] ?? '?');
    if (digit < 0) break;
    length += (digit & 31) * 32 ** used;
    if (digit < 32) return { length, used: used + 1 };
  }
  throw new ScheduleError('token: truncated or mistyped: its length is missing');
}

/** CRC-24 as RFC 4880 section 6.1 has it: polynomial 0x864cfb, start 0xb704ce. */
function checkBytes(text: string): readonly number[] {
  let crc = 0xb704ce;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i) << 16;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x800000) !== 0 ? 0x1864cfb : 0);
  }
  return [(crc >> 16) & 0xff, (crc >> 8) & 0xff, crc & 0xff];
}

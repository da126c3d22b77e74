/** Values as reports show them: numbers, and the kernel's poison with the offset of a field. */
import {
  LIST_POISON1,
  LIST_POISON2,
  POISON_END_WORD,
  POISON_FREE_WORD,
} from '../memory/kernel_structs.ts';

/** How far from a poison value container_of() and field offsets can lead, in words. */
const POISON_REACH = 128;

/** Which poison a word or an address comes from: `LIST_POISON1-4`; '' if from none. */
export function nearPoison(value: number): string {
  const word = value | 0;
  // The two list poisons lie 0x22 words apart: an exact hit decides, else the first one (forward
  // walks, which read `next`, are the ones that run into it).
  if (word === LIST_POISON2) return 'LIST_POISON2';
  const distance = word - LIST_POISON1;
  if (Math.abs(distance) <= POISON_REACH) return withOffset('LIST_POISON1', distance);
  const beyond = word - POISON_FREE_WORD;
  if (Math.abs(beyond) <= POISON_REACH) return withOffset('POISON_FREE', beyond);
  const last = word - POISON_END_WORD;
  return Math.abs(last) <= POISON_REACH ? withOffset('POISON_END', last) : '';
}

export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/** Small numbers and error codes in decimal, the rest in hex as flags and registers are read. */
export function numeral(value: number): string {
  return value >= -4095 && value < 10 ? String(value) : hex(value);
}

function withOffset(name: string, offset: number): string {
  if (offset === 0) return name;
  return offset > 0 ? `${name}+${offset}` : `${name}${offset}`;
}

/** The words that shimmed native forms work on: one actor, no atomics needed. */
export const memory = new Int32Array(64);
export const registers = new Int32Array(16);

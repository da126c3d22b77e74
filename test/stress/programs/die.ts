/** What no kernel code does: ends its thread. A plain function, so that procedures may call it. */

export function throwError(n: number): number {
  if (n > 0) throw new TypeError('a fault in the model');
  return n;
}

export function exitThread(n: number): number {
  if (n > 0) process.exit(3);
  return n;
}

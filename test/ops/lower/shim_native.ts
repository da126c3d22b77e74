/** What `#ops` is to native forms in tests: a few operations over shim_words.ts. */
import { memory, registers } from './shim_words.ts';

export function read(addr: number): number {
  return memory[addr] ?? 0;
}

export function write(addr: number, value: number): void {
  memory[addr] = value;
}

export function xchg(addr: number, value: number): number {
  const old = read(addr);
  memory[addr] = value;
  return old;
}

export function cmpxchg(addr: number, expected: number, value: number): number {
  const old = read(addr);
  if (old === expected) memory[addr] = value;
  return old;
}

export function atomic_fetch_add(addr: number, delta: number): number {
  return xchg(addr, read(addr) + delta);
}

export function ctx_get(index: number): number {
  return registers[index & 15] ?? 0;
}

export function ctx_set(index: number, value: number): void {
  registers[index & 15] = value;
}

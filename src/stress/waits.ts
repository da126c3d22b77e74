/** Who waits for what, as the shared words say: for deadlock verdicts and for reports. */
import type { Program } from '../actor/program.ts';
import { irq_desc, rw_semaphore, work_struct } from '../memory/kernel_structs.ts';
import {
  ACTOR,
  actorAt,
  CPU,
  cpuAt,
  STATE,
  stateOf,
  WAIT_WORDS,
  waitsAt,
} from '../ops/native/control.ts';
import { OPS } from '../ops/vocabulary.ts';
import { LOCK_WAITS } from '../oracles/hung_task.ts';
import type { Arena } from './arena.ts';

/** One actor that does not move. */
export interface Wait {
  readonly actor: number;
  /** The operation it is in; 0: it spins in code of its own. */
  readonly kind: number;
  readonly addr: number;
  /** Actor that holds what it waits for, -1 if nobody does. */
  readonly holder: number;
  readonly sinceMs: number;
  readonly site: number;
  /** Stands still for an interrupt handler (the holder). */
  readonly interrupted: boolean;
  /** Turns of a spin loop that saw nothing move; 0: it sleeps. */
  readonly spins: number;
}

/** Everybody who sleeps or spins without having seen anything move. */
export function waitsOf(arena: Arena, program: Program): Wait[] {
  const { control } = arena;
  const cpus = denseCpus(program);
  const waits: Wait[] = [];
  for (let actor = 0; actor < program.actors.length; actor++) {
    const state = stateOf(control, actor);
    const at = actorAt(actor);
    const spins = Atomics.load(control, at + ACTOR.relaxTurns);
    const parked = state === STATE.parked || state === STATE.parking;
    if (!parked && (state === STATE.done || spins === 0)) continue;
    const word = (offset: number): number => control[at + offset] ?? 0;
    const handler = parked ? handlerOf(control, cpus[actor] ?? 0, word(ACTOR.key)) : 0;
    const kind = word(ACTOR.kind);
    const addr = word(ACTOR.addr);
    waits.push({
      actor,
      kind,
      addr,
      holder: handler > 0 ? handler - 1 : holderOf(arena, program, kind, addr),
      sinceMs: word(ACTOR.sinceMs),
      site: word(ACTOR.site),
      interrupted: handler > 0 && handler !== actor + 1,
      spins: parked ? 0 : spins,
    });
  }
  return waits;
}

/** Keeps what a verdict was based on: once it has fallen, everybody is made to move. */
export function saveWaits(control: Int32Array, waits: readonly Wait[]): void {
  control[waitsAt()] = waits.length;
  waits.forEach((wait, i) => {
    const { actor, kind, addr, holder, sinceMs, site, interrupted, spins } = wait;
    const words = [actor, kind, addr, holder, sinceMs, site, interrupted ? 1 : 0, spins];
    control.set(words, waitsAt() + 1 + i * WAIT_WORDS);
  });
}

export function savedWaits(control: Int32Array): Wait[] {
  return Array.from({ length: control[waitsAt()] ?? 0 }, (_, i) => {
    const at = waitsAt() + 1 + i * WAIT_WORDS;
    const word = (offset: number): number => control[at + offset] ?? 0;
    return {
      actor: word(0),
      kind: word(1),
      addr: word(2),
      holder: word(3),
      sinceMs: word(4),
      site: word(5),
      interrupted: word(6) !== 0,
      spins: word(7),
    };
  });
}

/** CPU numbers of actors as indices 0, 1, 2, ... in order of first use. */
export function denseCpus(program: Program): number[] {
  const known: number[] = [];
  return program.actors.map(({ cpu }) => {
    const index = known.indexOf(cpu);
    return index >= 0 ? index : known.push(cpu) - 1;
  });
}

/** Who has the CPU that this key waits for, actor + 1; 0 if the key is no CPU's word. */
function handlerOf(control: Int32Array, cpu: number, key: number): number {
  for (const word of [CPU.hardirq, CPU.softirq]) {
    const index = cpuAt(cpu) + word;
    if (key === ~index) return Atomics.load(control, index);
  }
  return 0;
}

function holderOf(arena: Arena, program: Program, kind: number, addr: number): number {
  const { memory } = arena;
  if (kind === 0 || (program.layout.objectOf[addr] ?? 0) === 0) return -1;
  const word = (offset: number): number => Atomics.load(memory, addr + offset);
  if (kind === OPS.synchronize_hardirq.kind) return word(irq_desc.inprogress) - 1;
  if (kind === OPS.cancel_work_sync.kind) return word(work_struct.running) - 1;
  if (!LOCK_WAITS.has(kind)) return -1;
  const owner = word(1) - 1;
  if (owner >= 0 || (kind !== OPS.down_read.kind && kind !== OPS.down_write.kind)) return owner;
  const readers = word(rw_semaphore.readers);
  return readers === 0 ? -1 : 31 - Math.clz32(readers);
}

/**
 * Interrupts on real threads. A handler takes its virtual CPU's word, raises a bit in the attention
 * word of the CPU's other actors, and waits until each is parked or done; an actor with interrupts
 * off goes on until it turns them on. Both sides write first and look second: one sees the other.
 */
import { irq_desc } from '../../memory/kernel_structs.ts';
import { ACTOR, ATTENTION, actorAt, CPU, NEVER_MS, STATE, stateOf } from './control.ts';
import { attend, controlKey, park, unpark } from './park.ts';
import { cast, cpuBlock, ctl, me, mem, moved, self } from './runtime.ts';

export function raiseIrq(desc: number): void {
  Atomics.store(mem, desc + irq_desc.pending, 1);
  moved();
  unpark(desc + irq_desc.pending, cast.length);
}

export function lowerIrq(desc: number): void {
  Atomics.store(mem, desc + irq_desc.level, 0);
  Atomics.store(mem, desc + irq_desc.pending, 0);
  moved();
}

/** Waits until the line is pending and unmasked and this CPU takes interrupts; takes the CPU. */
export function enterIrq(desc: number): void {
  for (;;) {
    waitForLine(desc);
    const slot = handlerSlot();
    const handler = Atomics.compareExchange(ctl, slot, 0, me + 1);
    if (handler !== 0) {
      park(controlKey(slot), ctl, slot, handler, NEVER_MS);
      continue;
    }
    stopCpu();
    // While the others came to a halt, one of them may have masked the line.
    if (lineReady(desc)) break;
    leaveCpu();
  }
  Atomics.store(mem, desc + irq_desc.pending, 0);
  Atomics.store(mem, desc + irq_desc.inprogress, me + 1);
  self.handling = true;
  moved();
}

export function exitIrq(desc: number): void {
  Atomics.store(mem, desc + irq_desc.inprogress, 0);
  if (Atomics.load(mem, desc + irq_desc.level) === 1) {
    Atomics.store(mem, desc + irq_desc.pending, 1);
  }
  self.handling = false;
  moved();
  unpark(desc + irq_desc.inprogress, cast.length);
  leaveCpu();
}

export function disableIrq(desc: number): void {
  Atomics.add(mem, desc + irq_desc.depth, 1);
  moved();
}

export function enableIrq(desc: number): void {
  Atomics.sub(mem, desc + irq_desc.depth, 1);
  moved();
  unpark(desc + irq_desc.depth, cast.length);
}

export function synchronizeIrq(desc: number): void {
  const index = desc + irq_desc.inprogress;
  for (;;) {
    const handler = Atomics.load(mem, index);
    if (handler === 0 || handler === me + 1) return;
    park(index, mem, index, handler, NEVER_MS);
  }
}

export function irqsOff(): void {
  self.irqsOff++;
}

export function irqsOn(): void {
  self.irqsOff--;
  attend();
}

export function bhOff(): void {
  self.bhOff++;
}

export function bhOn(): void {
  self.bhOff--;
  attend();
}

function lineReady(desc: number): boolean {
  if (Atomics.load(mem, desc + irq_desc.pending) === 0) return false;
  if (Atomics.load(mem, desc + irq_desc.depth) > 0) return false;
  return Atomics.load(mem, desc + irq_desc.inprogress) === 0;
}

function waitForLine(desc: number): void {
  while (!lineReady(desc)) {
    const depth = Atomics.load(mem, desc + irq_desc.depth);
    const handler = Atomics.load(mem, desc + irq_desc.inprogress);
    if (depth > 0) park(desc + irq_desc.depth, mem, desc + irq_desc.depth, depth, NEVER_MS);
    else if (handler !== 0) {
      park(desc + irq_desc.inprogress, mem, desc + irq_desc.inprogress, handler, NEVER_MS);
    } else park(desc + irq_desc.pending, mem, desc + irq_desc.pending, 0, NEVER_MS);
  }
}

function isHardirq(): boolean {
  return cast[me]?.context === 'hardirq';
}

function handlerSlot(): number {
  return cpuBlock + (isHardirq() ? CPU.hardirq : CPU.softirq);
}

/** A hard interrupt halts everybody else on its CPU; a softirq only process context. */
function halts(actor: number): boolean {
  const other = cast[actor];
  if (actor === me || other === undefined || other.cpu !== cast[me]?.cpu) return false;
  return isHardirq() || other.context === 'process';
}

function stopCpu(): void {
  const bit = isHardirq() ? ATTENTION.hardirq : ATTENTION.softirq;
  for (let a = 0; a < cast.length; a++) {
    if (halts(a)) Atomics.or(ctl, actorAt(a) + ACTOR.attention, bit);
  }
  const index = cpuBlock + CPU.acks;
  for (;;) {
    const acks = Atomics.load(ctl, index);
    if (allHalted()) return;
    park(controlKey(index), ctl, index, acks, NEVER_MS);
  }
}

function allHalted(): boolean {
  for (let a = 0; a < cast.length; a++) {
    if (!halts(a)) continue;
    let state = stateOf(ctl, a);
    // It has looked at its word already, or is about to; a few instructions, then it is known.
    while (state === STATE.parking) {
      Atomics.pause();
      state = stateOf(ctl, a);
    }
    if (state !== STATE.parked && state !== STATE.done) return false;
  }
  return true;
}

function leaveCpu(): void {
  const bit = isHardirq() ? ATTENTION.hardirq : ATTENTION.softirq;
  for (let a = 0; a < cast.length; a++) {
    if (halts(a)) Atomics.and(ctl, actorAt(a) + ACTOR.attention, ~bit);
  }
  const slot = handlerSlot();
  Atomics.store(ctl, slot, 0);
  moved();
  unpark(controlKey(slot), cast.length);
}

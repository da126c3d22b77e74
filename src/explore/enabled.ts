/** Who can take a step: the meaning of every operation that may have to wait. */
import { completion, irq_desc, rw_semaphore, work_struct } from '../memory/kernel_structs.ts';
import { ACB } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import { isAccessible } from '../oracles/kasan.ts';
import { timeReached } from './clock.ts';
import type { Engine } from './engine.ts';
import { ACTOR, PENDING } from './world.ts';

/** Kinds below this never wait. */
const FIRST_WAITING = OPS.spin_lock.kind;

export function isEnabled(engine: Engine, actor: number): boolean {
  const { W, world } = engine;
  const acb = world.acbs[actor] ?? 0;
  const kind = W[acb] ?? 0;
  if (kind === PENDING.NONE) return false;
  if (!cpuFree(engine, actor)) return false;
  if (kind < FIRST_WAITING) return true;
  const operand = W[acb + ACB.operands] ?? 0;
  switch (kind) {
    case OPS.spin_lock.kind:
    case OPS.spin_lock_irqsave.kind:
    case OPS.mutex_lock.kind:
      // Taking what one holds oneself is a step: the oracle reports it there. So is a bad pointer,
      // a lock that was freed under its waiters included.
      if (W[operand] === 0 || W[operand + 1] === actor + 1) return true;
      return !usable(engine, operand);
    case OPS.down_read.kind:
      if (!usable(engine, operand)) return true;
      if (W[operand + rw_semaphore.owner] === actor + 1) return true;
      return W[operand] !== -1 && (W[operand + rw_semaphore.waiting] ?? 0) === 0;
    case OPS.down_write.kind:
      if (W[operand] === 0 || !usable(engine, operand)) return true;
      return holdsRwsem(engine, operand, actor);
    case OPS.schedule.kind:
      return W[acb + ACTOR.sleeping] === 0;
    case OPS.wait_for_completion.kind:
      return (W[operand + completion.done] ?? 0) > 0 || !usable(engine, operand);
    case OPS.irq_enter.kind:
      return irqCanEnter(engine, actor, operand);
    case OPS.synchronize_hardirq.kind: {
      const handler = W[operand + irq_desc.inprogress] ?? 0;
      return handler === 0 || handler === actor + 1 || !usable(engine, operand);
    }
    case OPS.work_wait.kind:
      return workReady(engine, operand);
    case OPS.cancel_work_sync.kind: {
      const running = W[operand + work_struct.running] ?? 0;
      return running === 0 || running === actor + 1 || !usable(engine, operand);
    }
    case PENDING.SLEEPING:
      return timeReached(engine, acb);
    case PENDING.TIMED:
      return W[acb + ACTOR.sleeping] === 0 || timeReached(engine, acb);
    case PENDING.PARKED:
      return W[acb + ACTOR.sleeping] === 0;
    default:
      return true;
  }
}

/** False for a pointer that kasan will refuse: then the step is taken, and reported there. */
function usable(engine: Engine, addr: number): boolean {
  return isAccessible(engine.world.layout, engine.W, addr);
}

function holdsRwsem(engine: Engine, lock: number, actor: number): boolean {
  const { W } = engine;
  const reading = ((W[lock + rw_semaphore.readers] ?? 0) & (1 << actor)) !== 0;
  return reading || W[lock + rw_semaphore.owner] === actor + 1;
}

/** An actor stands still while an interrupt of a higher context runs on its CPU. */
function cpuFree(engine: Engine, actor: number): boolean {
  const { W, world } = engine;
  const at = world.cpuOf[actor] ?? 0;
  const hardirq = W[at] ?? 0;
  if (hardirq !== 0 && hardirq !== actor + 1) return false;
  const softirq = W[at + 1] ?? 0;
  return softirq === 0 || softirq === actor + 1 || world.contextOf[actor] !== 0;
}

function irqCanEnter(engine: Engine, actor: number, desc: number): boolean {
  const { W, world, program } = engine;
  if (W[desc + irq_desc.pending] === 0 || (W[desc + irq_desc.depth] ?? 0) > 0) return false;
  if (W[desc + irq_desc.inprogress] !== 0) return false;
  const spec = program.actors[actor];
  if (spec === undefined) return false;
  const at = world.cpus + 2 * spec.cpu;
  if (W[at] !== 0 || (spec.context === 'softirq' && W[at + 1] !== 0)) return false;
  for (let i = 0; i < engine.actorCount; i++) {
    if (i === actor || program.actors[i]?.cpu !== spec.cpu) continue;
    const acb = world.acbs[i] ?? 0;
    if ((W[acb + ACTOR.irqsOff] ?? 0) > 0) return false;
    if (spec.context === 'softirq' && (W[acb + ACTOR.bhOff] ?? 0) > 0) return false;
  }
  return true;
}

function workReady(engine: Engine, work: number): boolean {
  const { W, world } = engine;
  if (W[work + work_struct.pending] !== 1 || W[work + work_struct.running] !== 0) return false;
  return (W[world.clock] ?? 0) >= (W[work + work_struct.expires] ?? 0);
}

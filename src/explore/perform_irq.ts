/** Interrupt lines and deferred work. */
import { irq_desc, work_struct } from '../memory/kernel_structs.ts';
import { ACB } from '../ops/flat.ts';
import { OPS } from '../ops/vocabulary.ts';
import { badAccess, isAccessible } from '../oracles/kasan.ts';
import { timeoutExpiry } from './clock.ts';
import type { Engine } from './engine.ts';

export function performIrq(engine: Engine, actor: number, acb: number, kind: number): number {
  const { W, world, program } = engine;
  const at = W[acb + ACB.operands] ?? 0;
  if (!isAccessible(world.layout, W, at)) {
    engine.finding = badAccess(world.layout, W, at, 'Write');
    return 0;
  }
  const spec = program.actors[actor];
  const cpu = world.cpus + 2 * (spec?.cpu ?? 0) + (spec?.context === 'softirq' ? 1 : 0);
  engine.changed = true;
  switch (kind) {
    case OPS.raise_irq.kind:
      W[at + irq_desc.pending] = 1;
      return 0;
    case OPS.lower_irq.kind:
      W[at + irq_desc.level] = 0;
      W[at + irq_desc.pending] = 0;
      return 0;
    case OPS.irq_enter.kind:
      W[at + irq_desc.pending] = 0;
      W[at + irq_desc.inprogress] = actor + 1;
      W[cpu] = actor + 1;
      return 0;
    case OPS.irq_exit.kind:
      W[at + irq_desc.inprogress] = 0;
      W[cpu] = 0;
      if (W[at + irq_desc.level] === 1) W[at + irq_desc.pending] = 1;
      return 0;
    case OPS.disable_irq_nosync.kind:
      W[at + irq_desc.depth] = (W[at + irq_desc.depth] ?? 0) + 1;
      return 0;
    case OPS.enable_irq.kind:
      W[at + irq_desc.depth] = (W[at + irq_desc.depth] ?? 0) - 1;
      return 0;
    case OPS.synchronize_hardirq.kind:
      return 0;
    default:
      return work(engine, actor, acb, kind, at);
  }
}

function work(engine: Engine, actor: number, acb: number, kind: number, at: number): number {
  const { W, world } = engine;
  const wasPending = W[at + work_struct.pending] ?? 0;
  switch (kind) {
    case OPS.queue_work.kind:
      if (wasPending === 1) return 0;
      W[at + work_struct.pending] = 1;
      W[at + work_struct.expires] = W[world.clock] ?? 0;
      return 1;
    case OPS.queue_delayed_work.kind:
      if (wasPending === 1) return 0;
      W[at + work_struct.pending] = 1;
      W[at + work_struct.expires] = timeoutExpiry(
        engine,
        W[acb + ACB.operands + 1] ?? 0,
        'timeout',
      );
      return 1;
    case OPS.work_wait.kind:
      W[at + work_struct.pending] = 0;
      W[at + work_struct.running] = actor + 1;
      return 0;
    case OPS.work_done.kind:
      W[at + work_struct.running] = 0;
      return 0;
    case OPS.cancel_work.kind:
    case OPS.cancel_work_sync.kind:
      W[at + work_struct.pending] = 0;
      return wasPending;
    default:
      throw new Error(`[hotrace bug] no meaning for operation kind ${kind}`);
  }
}

/** Who takes part in pciehp-history: the driver as in pciehp-command, and one visitor. */
import {
  pcie_init,
  pcie_init_notification,
  pciehp_check_presence,
  pciehp_request_irq,
} from '../../actors/pciehp/pciehp_core.ts';
import {
  config_restore,
  config_save_wait,
  kexec_remove,
  kexec_wait,
  pciehp_quirks,
  pciehp_slot_added,
  pciehp_slot_initialised,
  power_file_wait,
  power_file_write,
} from '../../actors/pciehp/pciehp_visitors.ts';
import type { RecordedPciehp } from '../../actors/pciehp/record_design.ts';
import { pciehp_boot } from '../../machines/pciehp_boot.ts';
import { pciehp_visitor } from '../../machines/pciehp_visitor.ts';
import type { ActorSpec } from '../actor/program.ts';
import {
  buttonActor,
  interruptActors,
  monitorActor,
  pollActor,
  THREAD_CPU,
} from './pciehp_command_actors.ts';
import type { Visitor } from './pciehp_history_rows.ts';

/** Visitors have a CPU of their own. */
const VISITOR_CPU = 3;

export function recordActors(
  ctrl: number,
  d: RecordedPciehp,
  visitor: Visitor,
): readonly ActorSpec[] {
  const args = [ctrl, Object.freeze({ ...d })];
  const served = d.pciehp_poll_mode !== 0 ? [pollActor(args)] : interruptActors(args);
  const actors: ActorSpec[] = [bootActor(args), ...served, buttonActor(args)];
  if (d.request !== 0) actors.push(monitorActor(args));
  if (visitor !== 'none') actors.push(visitorActor(visitor, args));
  return actors;
}

function bootActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'probe',
    comm: 'swapper/0',
    context: 'process',
    cpu: THREAD_CPU,
    daemon: false,
    args,
    binding: {
      machine: pciehp_boot,
      procedures: {
        pciehp_quirks,
        pcie_init,
        pciehp_slot_initialised,
        pciehp_request_irq,
        pcie_init_notification,
        pciehp_slot_added,
        pciehp_check_presence,
      },
    },
  };
}

const VISITORS = {
  user: { comm: 'sh', visitor_wait: power_file_wait, visitor_act: power_file_write },
  kexec: { comm: 'kexec', visitor_wait: kexec_wait, visitor_act: kexec_remove },
  restore: { comm: 'irq/25-aerdrv', visitor_wait: config_save_wait, visitor_act: config_restore },
} as const;

function visitorActor(visitor: Exclude<Visitor, 'none'>, args: ActorSpec['args']): ActorSpec {
  const { comm, visitor_wait, visitor_act } = VISITORS[visitor];
  return {
    name: visitor,
    comm,
    context: 'process',
    cpu: VISITOR_CPU,
    daemon: false,
    args,
    binding: { machine: pciehp_visitor, procedures: { visitor_wait, visitor_act } },
  };
}

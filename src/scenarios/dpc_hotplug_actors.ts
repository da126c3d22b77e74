/** Who takes part in dpc-hotplug: the port's hardware, two interrupts, two services. */
import type { Dpc } from '../../actors/dpc/design.ts';
import {
  err_irq_enter,
  err_irq_exit,
  err_isr_ack,
  err_isr_wake,
} from '../../actors/dpc/err_isr.ts';
import {
  err_detected,
  err_exit,
  err_failed,
  err_reset_link,
  err_resume,
  err_surprise,
  err_wait,
} from '../../actors/dpc/err_thread.ts';
import {
  hp_irq_enter,
  hp_irq_exit,
  hp_isr_clear,
  hp_isr_notify,
  hp_isr_read,
} from '../../actors/dpc/hp_isr.ts';
import { hp_change, hp_exit, hp_fetch, hp_ignore, hp_wait } from '../../actors/dpc/hp_thread.ts';
import { nested_event, nested_resume } from '../../actors/dpc/nested.ts';
import { port_fault as fault, port_hand } from '../../actors/dpc/port_fault.ts';
import { power_button, power_file } from '../../actors/dpc/power_file.ts';
import {
  check_presence,
  driver_resets,
  other_slot,
  pf_unbind,
  sysfs_reset,
  user_exits,
  vfio_close,
} from '../../actors/dpc/rivals.ts';
import { FAULT_NONE } from '../../actors/dpc/structs.ts';
import { link_step, link_wait } from '../../actors/hardware/link.ts';
import { dpc_link } from '../../machines/dpc_link.ts';
import { error_irq } from '../../machines/error_irq.ts';
import { error_recovery } from '../../machines/error_recovery.ts';
import { hotplug_irq } from '../../machines/hotplug_irq.ts';
import { hotplug_thread } from '../../machines/hotplug_thread.ts';
import { port_fault } from '../../machines/port_fault.ts';
import { port_rival } from '../../machines/port_rival.ts';
import type { ActorSpec } from '../actor/program.ts';
import type { Rival } from './dpc_hotplug_settings.ts';

/** Interrupts run beside the threads; the hardware is on no CPU of the machine. */
const CPU = { threads: 0, hotplugIrq: 1, errorIrq: 2, hardware: 3 } as const;

/** `slot` differs from `d` where the port that fails is above the slot's. */
export function dpcActors(d: Dpc, slot: Dpc, rivals: readonly Rival[]): readonly ActorSpec[] {
  const args = [d];
  return [
    ...hardwareActors(args),
    ...(slot === d ? [] : [linkActor('slot_link', [slot])]),
    ...hotplugActors([slot]),
    ...(d.fault === FAULT_NONE ? [] : errorActors(args)),
    ...rivals.map((rival) => rivalActor(rival, args)),
  ];
}

const RIVALS = {
  vfio: vfio_close,
  unbind: pf_unbind,
  nested: nested_event,
  resume: nested_resume,
  power: power_file,
  button: power_button,
  driver: driver_resets,
  presence: check_presence,
  reset: sysfs_reset,
  other: other_slot,
  process: user_exits,
} as const;

function rivalActor(rival: Rival, args: ActorSpec['args']): ActorSpec {
  return {
    name: rival,
    context: 'process',
    cpu: CPU.threads,
    daemon: false,
    args,
    binding: { machine: port_rival, procedures: { rival: RIVALS[rival] } },
  };
}

function hardwareActors(args: ActorSpec['args']): readonly ActorSpec[] {
  return [
    {
      name: 'port',
      context: 'process',
      cpu: CPU.hardware,
      daemon: false,
      args,
      binding: { machine: port_fault, procedures: { port_fault: fault, port_hand } },
    },
    linkActor('link', args),
  ];
}

function linkActor(name: string, args: ActorSpec['args']): ActorSpec {
  return {
    name,
    context: 'process',
    cpu: CPU.hardware,
    daemon: true,
    args,
    binding: { machine: dpc_link, procedures: { link_wait, link_step } },
  };
}

function hotplugActors(args: ActorSpec['args']): readonly ActorSpec[] {
  return [
    {
      name: 'pciehp_isr',
      comm: 'swapper/1',
      context: 'hardirq',
      cpu: CPU.hotplugIrq,
      daemon: true,
      args,
      binding: {
        machine: hotplug_irq,
        procedures: { hp_irq_enter, hp_isr_read, hp_isr_clear, hp_isr_notify, hp_irq_exit },
      },
    },
    {
      name: 'pciehp',
      comm: 'irq/24-pciehp',
      context: 'process',
      cpu: CPU.threads,
      daemon: true,
      args,
      binding: {
        machine: hotplug_thread,
        procedures: { hp_wait, hp_fetch, hp_ignore, hp_change, hp_exit },
      },
    },
  ];
}

function errorActors(args: ActorSpec['args']): readonly ActorSpec[] {
  return [
    {
      name: 'dpc_irq',
      comm: 'swapper/2',
      context: 'hardirq',
      cpu: CPU.errorIrq,
      daemon: true,
      args,
      binding: {
        machine: error_irq,
        procedures: { err_irq_enter, err_isr_ack, err_isr_wake, err_irq_exit },
      },
    },
    {
      name: 'dpc',
      comm: 'irq/25-dpc',
      context: 'process',
      cpu: CPU.threads,
      daemon: true,
      args,
      binding: {
        machine: error_recovery,
        procedures: {
          err_wait,
          err_detected,
          err_surprise,
          err_reset_link,
          err_resume,
          err_failed,
          err_exit,
        },
      },
    },
  ];
}

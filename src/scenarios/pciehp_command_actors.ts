/** Who takes part in pciehp-command: the driver's probe, its interrupt, its thread, its work. */
import { port_command_complete, port_command_wait } from '../../actors/hardware/port_timing.ts';
import { device_add, device_del, qemu_monitor_wait } from '../../actors/hardware/qemu_monitor.ts';
import type { Pciehp } from '../../actors/pciehp/design.ts';
import {
  pcie_init,
  pcie_init_notification,
  pciehp_check_presence,
  pciehp_request_irq,
} from '../../actors/pciehp/pciehp_core.ts';
import {
  pciehp_button_wait,
  pciehp_queue_pushbutton_work,
} from '../../actors/pciehp/pciehp_ctrl.ts';
import {
  pciehp_irq_enter,
  pciehp_irq_exit,
  pciehp_isr_accumulate,
  pciehp_isr_check_enabled,
  pciehp_isr_check_power,
  pciehp_isr_clear,
  pciehp_isr_command,
  pciehp_isr_filter,
  pciehp_isr_ignore,
  pciehp_isr_read,
  pciehp_isr_wake,
} from '../../actors/pciehp/pciehp_isr.ts';
import {
  irq_thread_done,
  irq_thread_wait,
  pciehp_ist_button,
  pciehp_ist_change,
  pciehp_ist_disable,
  pciehp_ist_fetch,
  pciehp_ist_power_fault,
  pciehp_ist_reset_lock,
  pciehp_ist_sync,
  pciehp_ist_unlock,
  pciehp_ist_wake_requester,
} from '../../actors/pciehp/pciehp_ist.ts';
import {
  pciehp_pm_sleep,
  pciehp_pm_wait,
  pciehp_resume,
  pciehp_suspend,
  port_service_signal,
  port_service_wait,
} from '../../actors/pciehp/pciehp_pm.ts';
import {
  pciehp_poll_requests,
  pciehp_poll_served,
  pciehp_poll_sleep,
} from '../../actors/pciehp/pciehp_poll.ts';
import { pciehp_button } from '../../machines/pciehp_button.ts';
import { pciehp_isr } from '../../machines/pciehp_isr.ts';
import { pciehp_ist } from '../../machines/pciehp_ist.ts';
import { pciehp_neighbour } from '../../machines/pciehp_neighbour.ts';
import { pciehp_pm } from '../../machines/pciehp_pm.ts';
import { pciehp_poll } from '../../machines/pciehp_poll.ts';
import { pciehp_probe } from '../../machines/pciehp_probe.ts';
import { port_command } from '../../machines/port_command.ts';
import { qemu_monitor } from '../../machines/qemu_monitor.ts';
import type { ActorSpec } from '../actor/program.ts';
import type { Setting } from './pciehp_command_settings.ts';

/** The thread that commands run on, and the CPU that takes the interrupt beside it. */
export const THREAD_CPU = 0;
const IRQ_CPU = 1;
/** The monitor is outside the guest. */
const HOST_CPU = 2;

export function pciehpActors(ctrl: number, d: Pciehp, setting: Setting): readonly ActorSpec[] {
  const args = [ctrl, Object.freeze({ ...d })];
  const process = { context: 'process', args } as const;
  const probe: ActorSpec = {
    ...process,
    name: 'probe',
    comm: 'swapper/0',
    cpu: THREAD_CPU,
    daemon: false,
    binding: {
      machine: pciehp_probe,
      procedures: { pcie_init, pciehp_request_irq, pcie_init_notification, pciehp_check_presence },
    },
  };
  const polling = d.pciehp_poll_mode !== 0;
  const served = polling ? [pollActor(args)] : interruptActors(args);
  const actors: ActorSpec[] = [probe, ...served, buttonActor(args)];
  if (d.request !== 0) actors.push(monitorActor(args));
  if (setting.suspends) actors.push(pmActor(args));
  if (setting.sharedVector) actors.push(neighbourActor(args));
  if (setting.sequencer) actors.push(sequencerActor(args));
  return actors;
}

/**
 * The handler runs beside the threads, not on top of them: all that can happen when it interrupts
 * the writer can happen then too, and more.
 */
export function interruptActors(args: ActorSpec['args']): readonly ActorSpec[] {
  return [
    {
      name: 'pciehp_isr',
      comm: 'swapper/1',
      context: 'hardirq',
      cpu: IRQ_CPU,
      daemon: true,
      args,
      binding: {
        machine: pciehp_isr,
        procedures: {
          pciehp_irq_enter,
          pciehp_irq_exit,
          pciehp_isr_accumulate,
          pciehp_isr_check_enabled,
          pciehp_isr_check_power,
          pciehp_isr_clear,
          pciehp_isr_command,
          pciehp_isr_filter,
          pciehp_isr_ignore,
          pciehp_isr_read,
          pciehp_isr_wake,
        },
      },
    },
    {
      name: 'pciehp_ist',
      comm: 'irq/24-pciehp',
      context: 'process',
      cpu: THREAD_CPU,
      daemon: true,
      args,
      binding: {
        machine: pciehp_ist,
        procedures: {
          irq_thread_done,
          irq_thread_wait,
          pciehp_ist_button,
          pciehp_ist_change,
          pciehp_ist_disable,
          pciehp_ist_fetch,
          pciehp_ist_power_fault,
          pciehp_ist_reset_lock,
          pciehp_ist_sync,
          pciehp_ist_unlock,
          pciehp_ist_wake_requester,
        },
      },
    },
  ];
}

export function buttonActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'button_work',
    comm: 'kworker/0:1',
    context: 'process',
    cpu: THREAD_CPU,
    daemon: true,
    args,
    binding: {
      machine: pciehp_button,
      procedures: { pciehp_button_wait, pciehp_queue_pushbutton_work },
    },
  };
}

export function monitorActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'qemu_monitor',
    comm: 'qemu-system-aar',
    context: 'process',
    cpu: HOST_CPU,
    daemon: false,
    args,
    binding: { machine: qemu_monitor, procedures: { qemu_monitor_wait, device_add, device_del } },
  };
}

function sequencerActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'port',
    context: 'process',
    cpu: HOST_CPU,
    daemon: true,
    args,
    binding: { machine: port_command, procedures: { port_command_wait, port_command_complete } },
  };
}

export function pollActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'pciehp_poll',
    comm: 'pciehp_poll-0',
    context: 'process',
    cpu: THREAD_CPU,
    daemon: false,
    args,
    binding: {
      machine: pciehp_poll,
      procedures: {
        pciehp_isr_accumulate,
        pciehp_isr_check_power,
        pciehp_isr_clear,
        pciehp_isr_command,
        pciehp_isr_filter,
        pciehp_isr_ignore,
        pciehp_isr_read,
        pciehp_ist_button,
        pciehp_ist_change,
        pciehp_ist_disable,
        pciehp_ist_fetch,
        pciehp_ist_power_fault,
        pciehp_ist_reset_lock,
        pciehp_ist_unlock,
        pciehp_ist_wake_requester,
        pciehp_poll_requests,
        pciehp_poll_served,
        pciehp_poll_sleep,
      },
    },
  };
}

function pmActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'pm',
    comm: 'systemd-sleep',
    context: 'process',
    cpu: THREAD_CPU,
    daemon: false,
    args,
    binding: {
      machine: pciehp_pm,
      procedures: {
        pciehp_check_presence,
        pciehp_pm_sleep,
        pciehp_pm_wait,
        pciehp_resume,
        pciehp_suspend,
      },
    },
  };
}

function neighbourActor(args: ActorSpec['args']): ActorSpec {
  return {
    name: 'port_service',
    context: 'process',
    cpu: HOST_CPU,
    daemon: false,
    args,
    binding: {
      machine: pciehp_neighbour,
      procedures: { port_service_signal, port_service_wait },
    },
  };
}

/** Who takes part in phb-irq-map: boot, shells, drivers, the interrupt, eehd, drmgr. */
import {
  boot_add_devices,
  boot_done,
  kmalloc_16_user,
  pcibios_init,
  wait_for_boot,
} from '../../actors/irq/boot.ts';
import {
  eeh_disable_irq,
  eeh_enable_irq,
  eeh_put_device,
  eeh_put_device_locked,
  eeh_reset,
  eeh_take_device,
  eeh_take_device_locked,
} from '../../actors/irq/eeh_irq.ts';
import { intx_user_down, intx_user_up, intx_user_work } from '../../actors/irq/intx_user.ts';
import type { IrqKernel } from '../../actors/irq/kernel.ts';
import { card_present, link_down } from '../../actors/irq/link.ts';
import { handle_fasteoi_irq, intx_return, intx_wait } from '../../actors/irq/manage.ts';
import {
  dlpar_add_slot,
  dlpar_remove_devices,
  init_phb_dynamic,
  remove_phb_dynamic,
  rpadlpar_lock,
  rpadlpar_unlock,
  rtas_isolate,
} from '../../actors/irq/phb_dlpar.ts';
import {
  sysfs_add,
  sysfs_await,
  sysfs_destroy,
  sysfs_lock_remove,
  sysfs_lock_rescan,
  sysfs_next,
  sysfs_scan,
  sysfs_stop,
  sysfs_unlock,
} from '../../actors/irq/sysfs.ts';
import { phb_boot } from '../../machines/phb_boot.ts';
import { phb_bystander } from '../../machines/phb_bystander.ts';
import { phb_dlpar } from '../../machines/phb_dlpar.ts';
import { phb_dlpar_slot } from '../../machines/phb_dlpar_slot.ts';
import { phb_eehd } from '../../machines/phb_eehd.ts';
import { phb_intx } from '../../machines/phb_intx.ts';
import { phb_intx_user } from '../../machines/phb_intx_user.ts';
import { phb_link } from '../../machines/phb_link.ts';
import { phb_sysfs } from '../../machines/phb_sysfs.ts';
import type { ActorSpec, Binding } from '../actor/program.ts';
import type { Laid } from './phb_irq_map_board.ts';

/** An actor but for its CPU. */
export type Player = Omit<ActorSpec, 'cpu'>;

function process(
  name: string,
  comm: string,
  binding: Binding,
  k: IrqKernel,
  ...args: readonly number[]
): Player {
  return { name, comm, context: 'process', daemon: false, binding, args: [k, ...args] };
}

export function bootActor(k: IrqKernel): Player {
  const procedures = { pcibios_init, boot_add_devices, boot_done };
  return process('boot', 'swapper/0', { machine: phb_boot, procedures }, k);
}

/**
 * A shell with a plan of writes. Signs: what it completes after each remove (0: nobody asks), and
 * what it waits for where the plan says so.
 */
export function shellActor(
  k: IrqKernel,
  top: number,
  plan: number,
  ...signs: readonly number[]
): Player {
  const procedures = {
    wait_for_boot,
    sysfs_next,
    sysfs_await,
    sysfs_lock_remove,
    sysfs_stop,
    sysfs_destroy,
    sysfs_lock_rescan,
    sysfs_scan,
    sysfs_add,
    sysfs_unlock,
  };
  return process('sysfs', 'bash', { machine: phb_sysfs, procedures }, k, top, plan, ...signs);
}

export function bystanderActor(k: IrqKernel, removed: number, stored: number): Player {
  const procedures = { kmalloc_16_user };
  return process(
    'bystander',
    'kworker/1:1',
    { machine: phb_bystander, procedures },
    k,
    removed,
    stored,
  );
}

export function userActor(k: IrqKernel, { dn }: Laid): Player {
  const procedures = { wait_for_boot, intx_user_work, intx_user_down, intx_user_up };
  return process('driver', 'ip', { machine: phb_intx_user, procedures }, k, dn);
}

export function intxActor(k: IrqKernel, { source }: Laid): Player {
  const procedures = { intx_wait, handle_fasteoi_irq, intx_return };
  return {
    name: 'intx',
    comm: 'swapper/3',
    context: 'hardirq',
    daemon: true,
    binding: { machine: phb_intx, procedures },
    args: [k, source],
  };
}

const eehd = { wait_for_boot, eeh_disable_irq, eeh_reset, eeh_enable_irq };

export function eehdActor(k: IrqKernel, { dn }: Laid): Player {
  const procedures = { ...eehd, eeh_take_device, eeh_put_device };
  return process('eehd', 'eehd', { machine: phb_eehd, procedures }, k, dn);
}

/** V4: with the rescan lock over the whole recovery. */
export function lockedEehdActor(k: IrqKernel, { dn }: Laid): Player {
  const held = { eeh_take_device: eeh_take_device_locked, eeh_put_device: eeh_put_device_locked };
  const binding = { machine: phb_eehd, procedures: { ...eehd, ...held } };
  return process('eehd', 'eehd', binding, k, dn);
}

export function linkActor(k: IrqKernel, { dn }: Laid): Player {
  const procedures = { wait_for_boot, link_down, card_present };
  return process('slot', 'irq/31-pciehp', { machine: phb_link, procedures }, k, dn);
}

export function slotActor(k: IrqKernel, top: number, { dn }: Laid): Player {
  const procedures = { wait_for_boot, rpadlpar_lock, dlpar_add_slot, rpadlpar_unlock };
  return process('dlpar', 'drmgr', { machine: phb_dlpar_slot, procedures }, k, top, dn);
}

export function phbActor(k: IrqKernel, { dn, source }: Laid): Player {
  const procedures = {
    wait_for_boot,
    rpadlpar_lock,
    dlpar_remove_devices,
    remove_phb_dynamic,
    rpadlpar_unlock,
    rtas_isolate,
    init_phb_dynamic,
  };
  return process('dlpar', 'drmgr', { machine: phb_dlpar, procedures }, k, dn, dn, source);
}

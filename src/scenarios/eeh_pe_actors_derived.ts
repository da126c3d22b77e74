/** Actors that only the derived races of eeh-pe have. */
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { vfio_recover, vfio_tell, vfio_wait } from '../../actors/eeh/vfio.ts';
import { phb_error, phb_signal, phb_wait } from '../../actors/hardware/phb_actor.ts';
import {
  power_close,
  power_off,
  power_open,
  type SlotUse,
  slot_deregister,
  slot_lock,
  slot_unlock,
  slot_wait,
} from '../../actors/pci/slot.ts';
import { init_phb_dynamic, remove_phb_dynamic } from '../../actors/pseries/dlpar_phb.ts';
import {
  enable_devices,
  enable_edevs,
  enable_lock,
  enable_unlock,
  enable_wait,
} from '../../actors/pseries/rpaphp.ts';
import { dlpar_phb } from '../../machines/dlpar_phb.ts';
import { phb_later } from '../../machines/phb_later.ts';
import { slot_deregister as slot_deregister_machine } from '../../machines/slot_deregister.ts';
import { slot_enable } from '../../machines/slot_enable.ts';
import { slot_power } from '../../machines/slot_power.ts';
import { vfio_release } from '../../machines/vfio_release.ts';
import type { Binding } from '../actor/program.ts';
import type { Player } from './eeh_pe_actors.ts';

const deregister: Binding = {
  machine: slot_deregister_machine,
  procedures: { slot_wait, slot_lock, slot_deregister, slot_unlock },
};

export function deregisterActor(k: Kernel, use: SlotUse): Player {
  const args = [k, Object.freeze(use)];
  const binding = deregister;
  return { name: 'slot-driver', context: 'process', binding, args, daemon: false };
}

const power: Binding = {
  machine: slot_power,
  procedures: { power_open, power_off, power_close },
};

export function powerActor(k: Kernel, use: SlotUse): Player {
  const args = [k, Object.freeze(use)];
  return { name: 'slot-power', context: 'process', binding: power, args, daemon: false };
}

const later: Binding = { machine: phb_later, procedures: { phb_wait, phb_error, phb_signal } };

/** The same card fails once more, any time after `start`. */
export function phbAgainActor(k: Kernel, pdn: number, gate: number, start: number): Player {
  const args = [k, pdn, gate, 0, start];
  return { name: 'PHB-again', context: 'process', binding: later, args, daemon: true };
}

const release: Binding = {
  machine: vfio_release,
  procedures: { vfio_wait, vfio_recover, vfio_tell },
};

export function vfioActor(k: Kernel, edev: number, start: number, done: number): Player {
  const args = [k, edev, start, done];
  return { name: 'vfio', context: 'process', binding: release, args, daemon: false };
}

const phbSlot: Binding = {
  machine: dlpar_phb,
  procedures: { remove_phb_dynamic, init_phb_dynamic },
};

export function dlparPhbActor(k: Kernel, phb: number, domain: number): Player {
  const args = [k, phb, domain];
  return { name: 'drmgr', context: 'process', binding: phbSlot, args, daemon: false };
}

const enable: Binding = {
  machine: slot_enable,
  procedures: { enable_wait, enable_edevs, enable_lock, enable_devices, enable_unlock },
};

/** Turns a slot on that has something in it now. */
export function enableActor(k: Kernel, pdn: number, bus: number, start: number): Player {
  const args = [k, pdn, bus, start];
  return { name: 'slot-power', context: 'process', binding: enable, args, daemon: false };
}

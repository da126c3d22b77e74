/** The actors of eeh-pe: machines bound to procedures, with what each run hands them. */
import {
  eeh_event_handler,
  P0_lock,
  P1_bus,
  P2_presence,
  P3_log,
  P4_count,
  P5_report_error,
  P6_wait,
  P7_collect,
} from '../../actors/eeh/eehd.ts';
import {
  END_unlock,
  P8_full_reset,
  P9_enable,
  P10_reset,
  P11_resume,
  P12_fail,
  P13_cleanup,
} from '../../actors/eeh/eehd_outcome.ts';
import { eeh_special_event } from '../../actors/eeh/eehd_special.ts';
import { eehd_busy, eehd_cleanup, eehd_idle, eehd_lookup } from '../../actors/eeh/eehd_start.ts';
import type { Kernel } from '../../actors/eeh/kernel.ts';
import {
  type MmioTriggers,
  mmio_check,
  mmio_isolated,
  mmio_lookup,
  mmio_read,
  mmio_return,
  mmio_send,
  mmio_wait,
} from '../../actors/eeh/mmio_detector.ts';
import { phb_error, phb_signal } from '../../actors/hardware/phb_actor.ts';
import {
  sriov_configure,
  sriov_lock_device,
  sriov_unlock_device,
  sysfs_add,
  sysfs_claim,
  sysfs_destroy,
  sysfs_done,
  sysfs_lock,
  sysfs_open,
  sysfs_scan,
  sysfs_stop,
  sysfs_unlock,
  sysfs_wait,
} from '../../actors/pci/sysfs.ts';
import {
  type DlparSlot,
  dlpar_add_pci_slot,
  dlpar_done,
  dlpar_lock,
  dlpar_remove_pci_slot,
  dlpar_unlock,
  dlpar_wait,
} from '../../actors/pseries/dlpar.ts';
import { dlpar } from '../../machines/dlpar.ts';
import { eehd } from '../../machines/eehd.ts';
import { mmio_detector } from '../../machines/mmio_detector.ts';
import { phb } from '../../machines/phb.ts';
import { sriov_numvfs } from '../../machines/sriov_numvfs.ts';
import { sysfs_remove } from '../../machines/sysfs_remove.ts';
import { sysfs_rescan } from '../../machines/sysfs_rescan.ts';
import type { ActorSpec, Binding, Context } from '../actor/program.ts';

/** An actor that still lacks its CPU: each gets one of its own. */
export type Player = Omit<ActorSpec, 'cpu'>;

const eehdProcedures = {
  eeh_event_handler,
  eeh_special_event,
  P0_lock,
  P1_bus,
  P2_presence,
  P3_log,
  P4_count,
  P5_report_error,
  P6_wait,
  P7_collect,
  P8_full_reset,
  P9_enable,
  P10_reset,
  P11_resume,
  P12_fail,
  P13_cleanup,
  END_unlock,
};
const idle: Binding = { machine: eehd, procedures: { ...eehdProcedures, eehd_start: eehd_idle } };
const busy: Binding = { machine: eehd, procedures: { ...eehdProcedures, eehd_start: eehd_busy } };

export function eehdActor(k: Kernel): Player {
  return { name: 'eehd', context: 'process', binding: idle, args: [k], daemon: true };
}

/** At another PE's recovery until `until` is given, at most `patienceMs`. */
export function busyEehdActor(k: Kernel, until: number, patienceMs: number): Player {
  const args = [k, until, patienceMs];
  return { name: 'eehd', context: 'process', binding: busy, args, daemon: true };
}

const lookup: Binding = {
  machine: eehd,
  procedures: { ...eehdProcedures, eehd_start: eehd_lookup },
};

/** At the look-up of a PE's bus. */
export function lookupEehdActor(k: Kernel, pe: number): Player {
  return { name: 'eehd', context: 'process', binding: lookup, args: [k, pe], daemon: true };
}

const cleanup: Binding = {
  machine: eehd,
  procedures: { ...eehdProcedures, eehd_start: eehd_cleanup },
};

/** At the end of a PE's recovery. */
export function cleanupEehdActor(k: Kernel, pe: number): Player {
  return { name: 'eehd', context: 'process', binding: cleanup, args: [k, pe], daemon: true };
}

const detector: Binding = {
  machine: mmio_detector,
  procedures: {
    mmio_wait,
    mmio_read,
    mmio_lookup,
    mmio_check,
    mmio_isolated,
    mmio_send,
    mmio_return,
  },
};

export function mmioActor(
  k: Kernel,
  hardware: number,
  context: Context,
  triggers: Partial<MmioTriggers>,
): Player {
  const all = Object.freeze({ start: 0, irq: 0, isolated: 0, sent: 0, ...triggers });
  const args = [k, hardware, all];
  return { name: 'MMIO', context, binding: detector, args, daemon: false };
}

const bridge: Binding = { machine: phb, procedures: { phb_error, phb_signal } };

/** A failing card: its PE stops, then somebody reads from it. */
export function phbActor(k: Kernel, pdn: number, gate: number, irq: number): Player {
  const args = [k, pdn, gate, irq];
  return { name: 'PHB', context: 'process', binding: bridge, args, daemon: false };
}

export interface WriterTriggers {
  /** Completion that it waits for; 0: it starts at once. */
  readonly start: number;
  /** Sign that it gives at the end; 0: none. */
  readonly done: number;
}

const remove: Binding = {
  machine: sysfs_remove,
  procedures: {
    sysfs_wait,
    sysfs_open,
    sysfs_claim,
    sysfs_lock,
    sysfs_stop,
    sysfs_destroy,
    sysfs_unlock,
    sysfs_done,
  },
};

/** `daemon`: its start may never come. */
export function removeActor(
  k: Kernel,
  bus: number,
  pdn: number,
  { start, done }: WriterTriggers,
  daemon = false,
): Player {
  const args = [k, bus, pdn, start, done];
  return { name: 'sysfs-remove', context: 'process', binding: remove, args, daemon };
}

const rescan: Binding = {
  machine: sysfs_rescan,
  procedures: { sysfs_wait, sysfs_lock, sysfs_scan, sysfs_add, sysfs_unlock, sysfs_done },
};

export function rescanActor(k: Kernel, bus: number, { start, done }: WriterTriggers): Player {
  const args = [k, bus, 0, start, done];
  return { name: 'sysfs-rescan', context: 'process', binding: rescan, args, daemon: false };
}

const sriov: Binding = {
  machine: sriov_numvfs,
  procedures: {
    sysfs_wait,
    sysfs_open,
    sriov_lock_device,
    sysfs_lock,
    sriov_configure,
    sysfs_unlock,
    sriov_unlock_device,
    sysfs_done,
  },
};

export function sriovActor(
  k: Kernel,
  bus: number,
  pdn: number,
  { start, done }: WriterTriggers,
): Player {
  const args = [k, bus, pdn, start, done];
  return { name: 'sriov_numvfs', context: 'process', binding: sriov, args, daemon: false };
}

const drmgr: Binding = {
  machine: dlpar,
  procedures: {
    dlpar_wait,
    dlpar_lock,
    dlpar_remove_pci_slot,
    dlpar_add_pci_slot,
    dlpar_unlock,
    dlpar_done,
  },
};

export function dlparActor(k: Kernel, slot: DlparSlot): Player {
  const args = [k, Object.freeze(slot)];
  return { name: 'drmgr', context: 'process', binding: drmgr, args, daemon: false };
}

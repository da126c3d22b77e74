/** How the derived races of eeh-pe are staged (eeh_pe_races_derived.ts). */
import { CRASHES } from '../../actors/driver/structs.ts';
import type { Kernel } from '../../actors/eeh/kernel.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import {
  no_lock,
  pci_lock_rescan_remove,
  pci_unlock_rescan_remove,
} from '../../actors/pci/rescan_lock.ts';
import { hotplug_slot, pci_controller, pci_slot, sign } from '../../actors/pci/structs.ts';
import { rw_semaphore } from '../memory/kernel_structs.ts';
import {
  eehdActor,
  mmioActor,
  type Player,
  phbActor,
  removeActor,
  rescanActor,
} from './eeh_pe_actors.ts';
import {
  deregisterActor,
  dlparPhbActor,
  phbAgainActor,
  powerActor,
  vfioActor,
} from './eeh_pe_actors_derived.ts';
import type { Board } from './eeh_pe_board.ts';
import type { Script } from './eeh_pe_script.ts';
import { at, CAN_RECOVER, first, flat, functionAt, GIVES_UP } from './eeh_pe_stage.ts';

/** How long a driver's callback blocks. */
const CALLBACK_MS = 5000;

/** T11d: the first function's driver crashes under eehd; then the second one is to be removed. */
const T11d: Script = {
  sizes: { pes: 2, devs: 2, buses: 1 },
  stage: (board, k, places) => {
    const seen = board.completion('oops in the log');
    const bad = board.driver({ ...CAN_RECOVER, blocksMs: CRASHES, uevent: seen });
    const good = board.driver({ ...CAN_RECOVER, name: 'tg3' });
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), bad),
      functionAt(first(places, 1), good),
    ]);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      removeActor(k, bus, at(functions, 1).pdn, { start: seen, done: 0 }),
      phbActor(k, at(functions, 0).pdn, failed, 0),
      mmioActor(k, at(functions, 0).hardware, 'process', { start: failed }),
    ];
  },
};

/** Frees that the slot driver's memory waits for its reuse. */
const QUARANTINE = 8;

/** A slot whose hotplug_slot is in memory that its driver frees. */
function removableSlot(board: Board, number: number) {
  const { slot } = board.slot(number);
  board.builder.cache(hotplug_slot, 1, QUARANTINE);
  const hotplug = board.builder.alloc(hotplug_slot, 'hotplug_slot of the driver');
  board.builder.poke(slot + pci_slot.hotplug, hotplug);
  board.builder.poke(hotplug + hotplug_slot.presence, 1);
  return { slot, hotplug, active: board.builder.static_('active users of power', rw_semaphore) };
}

/** T14: the next PHB gets the memory of the one that left: its slab reuses at once. */
const T14: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const { domain } = first(places);
    const { pe } = board.phb(domain);
    board.builder.cache(pci_controller, 1, 0);
    const phb = board.builder.alloc(pci_controller, 'PHB of the slot');
    board.builder.poke(phb + pci_controller.global_number, domain);
    board.builder.poke(pe + eeh_pe.phb, phb);
    return [dlparPhbActor(k, phb, domain)];
  },
};

/** T15: as dlpar_remove_phb() does it, the slot is deregistered without the rescan lock. */
const T15: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const use = removableSlot(board, first(places).slot);
    const { slot } = use;
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), board.driver(CAN_RECOVER), { slot }),
    ]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    return [
      eehdActor(k),
      deregisterActor(k, { ...use, bus, start: sent, lock: no_lock, unlock: no_lock }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
    ];
  },
};

/** T16: the card is given up and removed; what a rescan then finds in the slot fails as well. */
const T16: Script = {
  sizes: { pes: 3, devs: 2, buses: 1 },
  stage: (board, k, places) => {
    const { bus, functions } = flat(board, places, [
      functionAt(first(places), board.driver(GIVES_UP)),
    ]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const sent = board.completion('failure reported');
    const found = board.sign('replacement found');
    const again = board.completion('replacement failed');
    return [
      eehdActor(k),
      rescanActor(k, bus, { start: sent, done: found }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
      phbAgainActor(k, fn.pdn, again, found + sign.given.at),
      secondReader(k, fn.hardware, again, 0),
    ];
  },
};

function secondReader(k: Kernel, hardware: number, start: number, sent: number): Player {
  return {
    ...mmioActor(k, hardware, 'process', { start, sent }),
    name: 'MMIO-again',
    daemon: true,
  };
}

/** T18: the PE is found frozen while its last user from VFIO closes it. */
const T18: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver({ ...CAN_RECOVER, blocksMs: CALLBACK_MS });
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const isolated = board.completion('PE isolated');
    const closed = board.completion('closed');
    return [
      eehdActor(k),
      vfioActor(k, fn.edev, isolated, closed),
      removeActor(k, bus, fn.pdn, { start: closed, done: 0 }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, isolated }),
    ];
  },
};

/**
 * T7: the card fails again while eehd writes the state word, and nobody unplugs it. A lost write
 * does no harm here, because the second event is in the queue; its neighbour does: a failure
 * between the thaw and `&= ~ISOLATED` counts as a read of the first one.
 */
const T7: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const told = board.completion('uevent of the recovery');
    const driver = board.driver({ ...CAN_RECOVER, uevent: told });
    const { functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const again = board.completion('card failed again');
    return [
      eehdActor(k),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
      phbAgainActor(k, fn.pdn, again, told),
      secondReader(k, fn.hardware, again, 0),
    ];
  },
};

/** T19: the card fails again before its recovery has ended, and is removed in the second one. */
const T19: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const told = board.completion('uevent of the recovery');
    const driver = board.driver({ ...CAN_RECOVER, uevent: told });
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const again = board.completion('card failed again');
    const sent = board.completion('second failure reported');
    return [
      eehdActor(k),
      removeActor(k, bus, fn.pdn, { start: sent, done: 0 }, true),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
      phbAgainActor(k, fn.pdn, again, told),
      secondReader(k, fn.hardware, again, sent),
    ];
  },
};

/** T20: GFP_ATOMIC finds nothing when the failure is to be reported. */
const T20: Script = {
  sizes: { pes: 2, devs: 1, buses: 1, events: 0 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    return [
      eehdActor(k),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

/** T21: dlpar_remove_pci_slot() deregisters the slot under the rescan lock. No error happens. */
const T21: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const use = removableSlot(board, first(places).slot);
    const { slot } = use;
    const { bus } = flat(board, places, [
      functionAt(first(places), board.driver(CAN_RECOVER), { slot }),
    ]);
    const locks = { lock: pci_lock_rescan_remove, unlock: pci_unlock_rescan_remove };
    const all = { ...use, ...locks, bus, start: 0 };
    return [deregisterActor(k, all), powerActor(k, all)];
  },
};

export const DERIVED_SCRIPTS: Readonly<Record<string, Script>> = {
  T7,
  T11d,
  T14,
  T15,
  T16,
  T18,
  T19,
  T20,
  T21,
};

/** Races that the two RFCs are said to lose by what they add themselves (eeh.md 2.3 T12, T13). */
import { EEH_PE_ISOLATED, EEH_PE_RECOVERING } from '../../actors/eeh/flags.ts';
import { holder_look, holder_put } from '../../actors/eeh/pe_holder.ts';
import { eeh_pe } from '../../actors/eeh/structs.ts';
import { vfio_eeh_pe_op, vfio_tce_unregister } from '../../actors/eeh/vfio_ioctl.ts';
import {
  php_freeze_pe,
  php_irq_return,
  php_irq_wait,
  php_queue_event,
  php_work_lock,
  php_work_remove,
  php_work_unlock,
  php_work_wait,
} from '../../actors/powernv/pnv_php_irq.ts';
import { pe_holder } from '../../machines/pe_holder.ts';
import { php_irq } from '../../machines/php_irq.ts';
import { php_work } from '../../machines/php_work.ts';
import { vfio_ioctl } from '../../machines/vfio_ioctl.ts';
import type { Binding } from '../actor/program.ts';
import { cleanupEehdActor, eehdActor, mmioActor, phbActor, removeActor } from './eeh_pe_actors.ts';
import type { Script } from './eeh_pe_script.ts';
import { at, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

const holder: Binding = { machine: pe_holder, procedures: { holder_look, holder_put } };

/**
 * T12: eehd collects a PE without devices while a detector has a reference to it. RFC-A is run with
 * its orphan tracker as posted: it looks at a PE after its own put (refcount.ts).
 */
const T12: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  orphanTracker: 1,
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const specs = [functionAt(first(places), driver)];
    const { pe, functions } = flat(board, places, specs, 0);
    const { edev } = at(functions, 0);
    const kref = pe + eeh_pe.kref.refcount;
    board.builder.poke(kref, board.builder.peek(kref) + 1);
    board.builder.poke(pe + eeh_pe.state, EEH_PE_ISOLATED | EEH_PE_RECOVERING);
    return [
      cleanupEehdActor(k, pe),
      { name: 'MMIO', context: 'process', binding: holder, args: [k, edev, pe], daemon: false },
    ];
  },
};

/** T12b: there is no memory for the event, and then the device is removed. */
const T12b: Script = {
  sizes: { pes: 2, devs: 1, buses: 1, events: 0 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const sent = board.completion('failure not reported');
    return [
      eehdActor(k),
      removeActor(k, bus, fn.pdn, { start: sent, done: 0 }),
      phbActor(k, fn.pdn, failed, 0),
      mmioActor(k, fn.hardware, 'process', { start: failed, sent }),
    ];
  },
};

const php: Binding = {
  machine: php_irq,
  procedures: { php_irq_wait, php_freeze_pe, php_queue_event, php_irq_return },
};
const work: Binding = {
  machine: php_work,
  procedures: { php_work_wait, php_work_lock, php_work_remove, php_work_unlock },
};

/** T13: a card is pulled; its slot's handler freezes the PE, the work item removes the rest. */
const T13: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { bus, functions } = flat(board, places, [functionAt(first(places), driver)]);
    const irq = board.irqLine('slot irq');
    const pulled = board.completion('work of the slot');
    return [
      {
        name: 'PHPIRQ',
        context: 'hardirq',
        binding: php,
        args: [k, bus, irq, pulled],
        daemon: false,
      },
      {
        name: 'PHPWQ',
        context: 'process',
        binding: work,
        args: [k, bus, pulled],
        daemon: false,
      },
      phbActor(k, at(functions, 0).pdn, 0, irq),
    ];
  },
};

const peOp: Binding = { machine: vfio_ioctl, procedures: { vfio_ioctl: vfio_eeh_pe_op } };
const tce: Binding = { machine: vfio_ioctl, procedures: { vfio_ioctl: vfio_tce_unregister } };

/** T13b, T13c: an ioctl of VFIO, and a card that fails. */
function withIoctl(binding: Binding): Script {
  return {
    sizes: { pes: 2, devs: 1, buses: 1 },
    stage: (board, k, places) => {
      const driver = board.driver(CAN_RECOVER);
      const { functions } = flat(board, places, [functionAt(first(places), driver)]);
      const fn = at(functions, 0);
      const failed = board.completion('card failed');
      return [
        eehdActor(k),
        { name: 'vfio', context: 'process', binding, args: [k, fn.edev], daemon: false },
        phbActor(k, fn.pdn, failed, 0),
        mmioActor(k, fn.hardware, 'process', { start: failed }),
      ];
    },
  };
}

export const RFC_SCRIPTS: Readonly<Record<string, Script>> = {
  T12,
  T12b,
  T13,
  T13b: withIoctl(peOp),
  T13c: withIoctl(tce),
};

/** Races in which the firmware reports an error, too (eeh.md 2.3 T17). */
import { opal_eeh_event, opal_irq_return, opal_irq_wait } from '../../actors/powernv/next_error.ts';
import { opal_irq } from '../../machines/opal_irq.ts';
import type { Binding } from '../actor/program.ts';
import { eehdActor, mmioActor, phbActor } from './eeh_pe_actors.ts';
import type { Script } from './eeh_pe_script.ts';
import { at, CAN_RECOVER, first, flat, functionAt } from './eeh_pe_stage.ts';

const opal: Binding = {
  machine: opal_irq,
  procedures: { opal_irq_wait, opal_eeh_event, opal_irq_return },
};

/** T17: one freeze; a driver reads all ones, and OPAL raises its interrupt. */
const T17: Script = {
  sizes: { pes: 2, devs: 1, buses: 1 },
  stage: (board, k, places) => {
    const driver = board.driver(CAN_RECOVER);
    const { functions } = flat(board, places, [functionAt(first(places), driver)]);
    const fn = at(functions, 0);
    const failed = board.completion('card failed');
    const irq = board.irqLine('OPAL');
    return [
      eehdActor(k),
      phbActor(k, fn.pdn, failed, irq),
      { name: 'OPALIRQ', context: 'hardirq', binding: opal, args: [k, irq], daemon: false },
      mmioActor(k, fn.hardware, 'process', { start: failed }),
    ];
  },
};

export const SPECIAL_SCRIPTS: Readonly<Record<string, Script>> = { T17 };

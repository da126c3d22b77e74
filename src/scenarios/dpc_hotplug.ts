/**
 * dpc-hotplug: pciehp against DPC and AER on one hotplug port (pciehp.md 3.2, seed of 9 July 2018).
 * The machine gives the port, the bus behind it and the functions there; what the port can do is
 * the race's. What the documents leave open, and what is simpler here:
 *
 * - Slot Control commands complete at once, indicators do not exist (see pciehp-command for those).
 * - The kernel polls link and card every 10 or 20 ms; here the poller is woken by the change and
 *   its bound is the kernel's. Timers are exact, so 1000 + 100 + 1000 ms come out as 2100.
 * - A link trains in 20 ms and the card answers 100 ms later, unless the race says otherwise.
 * - "DPC late" (race a) is other work before DPC's: 3.5 s, less than hotplug waits since 5.14.
 * - A driver is one word; its error callbacks vote NEED_RESET, then RECOVERED.
 * - A pulled card loses its link first and its presence in a second step.
 * - The power file of 4.18 does its work itself; here it is one more item of the workqueue.
 * - A hotplug ISR that goes round 32 times is taken for endless (R10: a hard lockup).
 * - Of vfio, only closing a device counts. It takes the device locks by trylock in every kernel.
 * - Until 6.2 recovery waits for the card without looking at a device; since then it polls the
 *   first child, and does not wait when there is none (2.8).
 * - Power control has no part in the race of a slot that its button turns off during a reset, but
 *   without it the Link Up of that reset turns the slot on again (2.8: nothing left to wait for).
 * - The threads of 4.19 "at first" are those of 7b4ce26bcf69: no reset_lock (row 2), nothing
 *   forgotten after a bring-up (row 32). With power control they go round for ever.
 * - Presence by pin is not disabled by software: since 6.16 it is ignored with the link.
 * - A port below the failing one (row 8) stays: where recovery removes, it is only probed again.
 * - A nested port (R13, e, row 13) has nothing behind it: of its removal only the lock is left; of
 *   its probe only reset_lock (row 4). The other slot of row O1 is only its locks, too.
 * - Every reset by sysfs or vfio takes the bridge's device_lock, as since 2026 (2.8), and of
 *   several functions the first one's.
 * - DPC of 6-13 and later leaves Surprise Down to hotplug (2.9 says today).
 * - A slot that is turned off by the user is marked as gone like one that is pulled.
 * - Lines of the log have no bus address, and read as in 5.x in every kernel.
 * - A kernel gives the oracles two numbers: its slot state at rest, and how many removals its own
 *   policy makes. Without an error no removal is allowed.
 */
import type { Dpc } from '../../actors/dpc/design.ts';
import { CARD_INSERTED, FAULT_NONE } from '../../actors/dpc/structs.ts';
import { controller, pci_dev } from '../../actors/pciehp/structs.ts';
import { slot } from '../../machines/slot.ts';
import { slot_static } from '../../machines/slot_static.ts';
import type { Program, WatchedWord } from '../actor/program.ts';
import { ImageBuilder } from '../memory/image.ts';
import { dpcActors } from './dpc_hotplug_actors.ts';
import { ENABLES, layOut, pokeCard, pokeEmpty, pokePort, slotOf } from './dpc_hotplug_board.ts';
import { generationOf } from './dpc_hotplug_designs.ts';
import { placesFor } from './dpc_hotplug_host.ts';
import { dpcInvariants, dpcMeasures } from './dpc_hotplug_invariants.ts';
import { dpcDesigns, dpcRaces } from './dpc_hotplug_record.ts';
import { settingOf } from './dpc_hotplug_settings.ts';
import type { BuildRequest, System } from './system.ts';

/** Each function is removed and enumerated again a few times. */
const PCI_DEVS = 6;

function build(request: BuildRequest): Program {
  const generation = generationOf(request.design);
  const setting = settingOf(request.race);
  const [port, second] = placesFor(request, setting.shape);
  if (port === undefined) throw new Error('[hotrace bug] dpc-hotplug: a race without a port');
  const builder = new ImageBuilder();
  const places = { port, second };
  const globals = layOut(builder, setting, places, generation.lockClasses);
  const slotGlobals = slotOf(builder, globals, places);
  pokePort(builder, globals, slotGlobals, setting.numbers, generation.restingOn);
  builder.cache(pci_dev, PCI_DEVS * globals.functions, request.quarantine);
  if (setting.numbers.hand === CARD_INSERTED) pokeEmpty(builder, globals);
  else pokeCard(builder, globals, (globals.below === 0 ? port : (second ?? port)).functions);
  const d: Dpc = Object.freeze({ ...globals, ...generation.procedures });
  const slotD: Dpc = globals.below === 0 ? d : Object.freeze({ ...d, ...slotGlobals });
  const removals = setting.numbers.fault === FAULT_NONE ? 0 : generation.removals;
  const { restingOn } = generation;
  const at = {
    ...slotGlobals,
    restingOn,
    removals,
    enables: slotGlobals.hotplug === 0 ? 0 : ENABLES,
  };
  return {
    target: `dpc-hotplug/${request.race}`,
    design: request.design,
    ...builder.build(),
    actors: dpcActors(d, slotD, setting.rivals),
    invariants: dpcInvariants(at),
    measures: dpcMeasures(at),
    watched: [slotState(globals.ctrl, generation.restingOn)],
    timers: { kind: 'exact' },
    clockStartMs: 1000,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

function slotState(ctrl: number, restingOn: number): WatchedWord {
  const addr = ctrl + controller.state;
  if (restingOn === 0) {
    return { machine: slot_static, addr, states: { 0: 'STATIC', 3: 'POWERON', 4: 'POWEROFF' } };
  }
  const states = {
    0: 'OFF',
    1: 'BLINKINGON',
    2: 'BLINKINGOFF',
    3: 'POWERON',
    4: 'POWEROFF',
    5: 'ON',
  };
  return { machine: slot, addr, states };
}

export const system: System = {
  id: 'dpc-hotplug',
  title: 'pciehp against DPC and AER: who removes, who resets, who waits',
  platformDefault: () => 'powernv',
  races: dpcRaces,
  designs: dpcDesigns,
  build,
};

/** Races of several PHBs, each with a failing card (eeh_pe_races_derived.ts). */
import { busyEehdActor, eehdActor, mmioActor, type Player } from './eeh_pe_actors.ts';
import { phbAgainActor } from './eeh_pe_actors_derived.ts';
import type { Script } from './eeh_pe_script.ts';
import type { DriverSpec } from './eeh_pe_specs.ts';
import { at, CAN_RECOVER, first, flat, functionAt, UNAWARE } from './eeh_pe_stage.ts';

/** How long a driver's callback blocks: what a thread for each PHB does at the same time. */
const CALLBACK_MS = 5000;

/**
 * N2, N2h, N3: as many PHBs as there are places, a card stopped on each before anybody looks. They
 * are read from one after the other, within a millisecond.
 */
function allAtOnce(driverOf: (name: string) => DriverSpec): Script {
  return {
    sizes: { pes: 6, devs: 5, buses: 3, events: 3 },
    stage: (board, k, places) => {
      const functions = places.map((place, i) => {
        const driver = board.driver(driverOf(`nvme (PHB ${i})`));
        return at(flat(board, [place], [functionAt(place, driver)]).functions, 0);
      });
      for (const fn of functions) board.stop(fn);
      let start = 0;
      const detectors = functions.map((fn, i): Player => {
        const sent = board.completion(`failure ${i} reported`);
        const detector = mmioActor(k, fn.hardware, 'process', { start, sent });
        start = sent;
        return i === 0 ? detector : { ...detector, name: `MMIO-${i}` };
      });
      return [eehdActor(k), ...detectors];
    },
  };
}

const slowCallback = allAtOnce((name) => ({ ...CAN_RECOVER, name, blocksMs: CALLBACK_MS }));
/** Drivers that must be unplugged: 5 s of the reset are spent with pci_rescan_remove_lock held. */
const fullHotplug = allAtOnce((name) => ({ ...UNAWARE, name }));

/** How long eehd's other recovery (T22) waits for its driver. */
const PATIENCE_MS = 1000;

/**
 * T22: the card of the first PHB is reported while eehd is at something else; the card of the
 * second one fails twice: while the other one waits, and again in its own recovery.
 */
const T22: Script = {
  sizes: { pes: 4, devs: 2, buses: 2, events: 3 },
  stage: (board, k, places) => {
    const [older, newer] = [first(places), first(places, 1)];
    const told = board.completion('uevent of a recovery');
    const quiet = board.driver(CAN_RECOVER);
    const noisy = board.driver({ ...CAN_RECOVER, name: 'tg3', uevent: told });
    const waiting = at(flat(board, [older], [functionAt(older, quiet)]).functions, 0);
    const failing = at(flat(board, [newer], [functionAt(newer, noisy)]).functions, 0);
    board.stop(waiting);
    const reported = board.completion('first failure reported');
    const failed = board.completion('second card failed');
    const again = board.completion('second card failed again');
    const never = board.sign('never given');
    const { hardware, pdn } = failing;
    return [
      busyEehdActor(k, never, PATIENCE_MS),
      mmioActor(k, waiting.hardware, 'process', { sent: reported }),
      { ...phbAgainActor(k, pdn, failed, reported), name: 'PHB', daemon: false },
      { ...mmioActor(k, hardware, 'process', { start: failed }), name: 'MMIO-1' },
      phbAgainActor(k, pdn, again, told),
      { ...mmioActor(k, hardware, 'process', { start: again }), name: 'MMIO-again', daemon: true },
    ];
  },
};

export const PHB_SCRIPTS: Readonly<Record<string, Script>> = {
  N2: slowCallback,
  N2h: fullHotplug,
  N3: slowCallback,
  T22,
};

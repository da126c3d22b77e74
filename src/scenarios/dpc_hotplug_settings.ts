/** What each race of dpc-hotplug sets of the port, of the error, and of those who meet it. */
import {
  CARD_INSERTED,
  CARD_PULLED,
  CARD_STAYS,
  CARD_SWAPPED,
  FAULT_AER,
  FAULT_DPC,
  FAULT_NONE,
  FAULT_SURPRISE,
} from '../../actors/dpc/structs.ts';
import { PCI_EXP_SLTSTA_PFD } from '../../actors/hardware/pci_regs.ts';
import type { Shape } from './dpc_hotplug_host.ts';

/** Actors beside hotplug and recovery. */
export type Rival =
  | 'vfio'
  | 'reset'
  | 'driver'
  | 'unbind'
  | 'nested'
  | 'resume'
  | 'power'
  | 'button'
  | 'presence'
  | 'other'
  | 'process';

export interface Setting {
  readonly shape: Shape;
  readonly numbers: typeof plain;
  readonly rivals: readonly Rival[];
}

/** The link is back after 20 ms, the card after another 100 (PCIe r4.0, sec 6.6.1). */
const plain: Readonly<
  Record<
    | 'pcp'
    | 'inband'
    | 'sharedVector'
    | 'trainMs'
    | 'readyMs'
    | 'busyMs'
    | 'powerFault'
    | 'slowMs'
    | 'bounces'
    | 'sameModel'
    | 'chained'
    | 'above'
    | 'hotplug'
    | 'errorLateMs'
    | 'driverMs'
    | 'fault'
    | 'hand'
    | 'handMs'
    | 'swapMs',
    number
  >
> = {
  pcp: 0,
  inband: 0,
  sharedVector: 0,
  trainMs: 20,
  readyMs: 100,
  busyMs: 0,
  powerFault: 0,
  slowMs: 0,
  bounces: 0,
  sameModel: 0,
  chained: 0,
  above: 0,
  hotplug: 1,
  errorLateMs: 0,
  driverMs: 0,
  fault: FAULT_DPC,
  hand: CARD_STAYS,
  handMs: 0,
  swapMs: 500,
};

/** DPC's work is behind others for this long: less than hotplug waits for it since 5.14. */
const LATE_MS = 3500;
/** A root port that logs for a while: TRIGGER must not be cleared meanwhile. */
const BUSY_MS = 45;
/** The E810's driver was reported to take this long. */
const DRIVER_MS = 10_000;
/** Longer than the longest wait that was proposed. */
const DRIVER_LONGEST_MS = 20_000;
/** Hotplug gives a card 1100 ms after the link. */
const SLOW_CARD_MS = 1500;
/** The link is up again, the card not yet ready. */
const PULL_MS = 60;

function setting(changes: Partial<typeof plain>, ...rivals: readonly Rival[]): Setting {
  const numbers = { ...plain, ...changes };
  return { shape: shapeOf(numbers, rivals), numbers, rivals };
}

function shapeOf({ hotplug, chained, above }: typeof plain, rivals: readonly Rival[]): Shape {
  if (rivals.includes('other')) return 'slots';
  if (above !== 0) return 'below';
  if (chained !== 0 || rivals.includes('nested') || rivals.includes('resume')) return 'nested';
  return hotplug === 0 ? 'port' : 'slot';
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  a: setting({ errorLateMs: LATE_MS }),
  'a-power': setting({ pcp: 1, errorLateMs: LATE_MS }),
  b: setting({}),
  'b-power': setting({ pcp: 1 }),
  'b-inband': setting({ inband: 1 }),
  'b-busy': setting({ busyMs: BUSY_MS }),
  c: setting({ pcp: 1, slowMs: SLOW_CARD_MS }),
  'slow-driver': setting({ driverMs: DRIVER_MS }),
  'slowest-driver': setting({ driverMs: DRIVER_LONGEST_MS }),
  pull: setting({ hand: CARD_PULLED, handMs: PULL_MS }),
  swap: setting({ hand: CARD_SWAPPED, handMs: PULL_MS }),
  'swap-same': setting({ hand: CARD_SWAPPED, handMs: PULL_MS, sameModel: 1 }),
  surprise: setting({ fault: FAULT_SURPRISE, hand: CARD_PULLED, busyMs: BUSY_MS }),
  'surprise-swap': setting({
    fault: FAULT_SURPRISE,
    hand: CARD_SWAPPED,
    sameModel: 1,
    inband: 1,
  }),
  e: setting({ hotplug: 0 }, 'nested'),
  aer: setting({ fault: FAULT_AER }),
  vfio: setting({ fault: FAULT_NONE, sharedVector: 1 }, 'vfio'),
  sysfs: setting({ fault: FAULT_NONE, sharedVector: 1 }, 'reset'),
  resets: setting({ fault: FAULT_NONE, sharedVector: 1 }, 'reset', 'vfio'),
  R3: setting({ fault: FAULT_NONE, hand: CARD_PULLED }, 'vfio'),
  'R3-off': setting({ fault: FAULT_NONE, pcp: 1 }, 'vfio', 'button'),
  'R3-sysfs': setting({ fault: FAULT_NONE, pcp: 1 }, 'reset', 'button'),
  'R3-aer': setting({ fault: FAULT_AER, pcp: 1 }, 'button'),
  R9: setting({ fault: FAULT_NONE, hand: CARD_SWAPPED, swapMs: 5000 }),
  R10: setting({ fault: FAULT_NONE, hand: CARD_PULLED, powerFault: PCI_EXP_SLTSTA_PFD }),
  R12: setting({ fault: FAULT_NONE, pcp: 1 }, 'power'),
  'row-2': setting({ fault: FAULT_NONE, inband: 1 }, 'vfio', 'presence'),
  'row-8': setting({ hotplug: 0, above: 1 }),
  'row-11': setting({ fault: FAULT_NONE }, 'power'),
  'row-32': setting({ fault: FAULT_NONE, hand: CARD_INSERTED, bounces: 1 }),
  'row-34': setting({
    fault: FAULT_NONE,
    hand: CARD_SWAPPED,
    inband: 1,
    swapMs: 0,
    trainMs: 0,
  }),
  'row-4': setting({ fault: FAULT_NONE, hand: CARD_INSERTED, chained: 1 }),
  'row-13': setting({ fault: FAULT_NONE, hand: CARD_PULLED }, 'resume'),
  O1: setting({ fault: FAULT_NONE, hand: CARD_PULLED }, 'other', 'process'),
  O4: setting({ fault: FAULT_NONE }, 'driver'),
  R13: setting({ fault: FAULT_NONE, hand: CARD_PULLED }, 'nested'),
  D1: setting({ fault: FAULT_AER, hand: CARD_INSERTED }),
  D2: setting({ hotplug: 0 }, 'unbind'),
  D4: setting({}, 'vfio'),
  'D4-swap': setting(
    { fault: FAULT_NONE, hand: CARD_SWAPPED, handMs: PULL_MS, swapMs: 0, sameModel: 1 },
    'vfio',
  ),
};

/** @throws Error `[hotrace bug]` for a race without a setting. */
export function settingOf(race: string): Setting {
  const found = SETTINGS[race];
  if (found === undefined) throw new Error(`[hotrace bug] dpc-hotplug: no race ${race}`);
  return found;
}

/**
 * What is known of each cell of dpc-hotplug. A verdict is here only if a sentence of the domain
 * record says it (section, letter or row); what that derives or leaves unsaid is open.
 */
import type { Verdict } from '../oracles/verdict.ts';
import type { Design, Expectation } from './system.ts';

const SEED =
  'Lukas Wunner in: Sinan Kaya, 9 July 2018, ' +
  '"Re: [PATCH V5 3/3] PCI: Mask and unmask hotplug interrupts during reset"';
const A = 'pciehp.md 3.2.2 (a)';
const B = 'pciehp.md 3.2.2 (b)';
const V1 = 'pciehp.md 3.2.4 V1 (1): an event seen before masking is pending already';
const V4 = 'pciehp.md 3.2.4 V4';
const ROW_2 = 'Linux 5b3f7b7d062b (4.19), row 2';
const ROW_3 = 'Linux f5eff5591b8f (6.4), row 3';
const ROW_5 = 'Linux a97396c6eb13 (5.14), row 5';
const ROW_6 = 'Linux c3be50f7547c (6.16), row 6';
const ROW_7 = 'Linux 2af781a9edc4 (6.16), row 7';
const ROW_8 = 'Linux ea401499e943 (5.15), row 8';
const ROW_9 = 'Linux 8edf5332c393 (5.7), row 9';
const ROW_10 = 'Linux 23584c1ed3e1 (5.17), row 10';
const ROW_11 = 'Linux 157c1062fcd8 (5.4), row 11';
const ROW_12 = 'Linux 3e487d2e4aa4 (5.7), row 12';
const R13 = 'pciehp.md 3.3 R13: the same shape remains for a genuine event';
const ROW_13 = 'Linux 87d0f2a5536f (5.5), row 13';
const ROW_14 = 'Linux 11a1f4bc4736 (6.10), row 14';
const ROW_32 = 'Linux 6c35a1ac3da6 (4.19), row 32';
const ROW_33 = 'Linux 3943af9d01e9 (2019), row 33';
const ROW_34 = 'Linux 7b4ce26bcf69 (4.19), row 34';
const O1 = 'fengnan, November 2024, row O1';
const O2 = 'LeoLiu-oc, January 2026, row O2';
const O4 = 'tt-kmd 188, XRT 5955, SLASH 203, row O4';

/** Designs, the verdict, its source; [S] all of them. */
type Known = readonly [designs: string, verdict: Verdict | readonly Verdict[], source: string];

const SINCE_514 = '5-14 6-13 same-card 6-16';
const KERNELS = '4-18 4-19 4-20 5-14 6-13 6-16';

/** With power control, what row 33 repairs is there too, and may come first. */
const TURNED_OFF: readonly Known[] = [
  ['4-20', ['deadlock', 'lost-wakeup'], `${ROW_3}; ${ROW_33}`],
  ['5-14', 'deadlock', ROW_3],
  ['6-13', 'pass', ROW_3],
];

const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  a: [
    ['4-18', 'pass', `${A}: no 2100 ms poll, the later Link Up enables the slot`],
    ['4-19', 'hung-task', SEED],
    ['one-queue', 'hung-task', `${V4}: 2100 ms if hotplug is first; ${A}`],
    [SINCE_514, 'pass', ROW_5],
  ],
  'a-power': [
    ['4-18 4-19', 'lost-wakeup', `${A}: the slot stays OFF`],
    ['one-queue', 'lost-wakeup', `${V4}: 4100 ms and slot OFF`],
    [SINCE_514, 'pass', ROW_5],
  ],
  b: [
    ['4-18', 'assertion', `${B}: removed twice`],
    ['4-19', 'assertion', `pciehp.md 3.2.4 V2: weak (b); ${B}`],
    ['one-queue', 'hung-task', `${V4}: 2100 ms if hotplug is first`],
    ['mask', 'assertion', V1],
    ['4-20', 'assertion', `${ROW_5}: the recovered device is removed again`],
    [SINCE_514, 'pass', ROW_5],
  ],
  'b-power': [
    ['one-queue', 'lost-wakeup', `${V4}: 4100 ms and slot OFF if hotplug is first`],
    ['4-20', 'assertion', `${ROW_5}: a cold reset concurrent with DPC's`],
    [SINCE_514, 'pass', ROW_5],
  ],
  'b-inband': [
    ['5-14 6-13', 'assertion', `${ROW_6}: presence still brings the slot down`],
    ['same-card 6-16', 'pass', ROW_6],
  ],
  'b-busy': [[SINCE_514, 'pass', `${ROW_5}; pciehp.md 2.9: RP_BUSY is waited for`]],
  c: [
    ['4-20', ['hung-task', 'lost-wakeup'], `${ROW_5}; pciehp.md 3.2.2 (c)`],
    [SINCE_514, 'pass', `${ROW_5}, which names (c)`],
  ],
  'slow-driver': [
    [SINCE_514, 'assertion', `${O2}: hotplug gives up waiting and removes; unfixed in 7.3-rc7`],
    ['long-wait', 'pass', `${O2}: wait 16 s`],
  ],
  'slowest-driver': [
    [SINCE_514, 'assertion', O2],
    ['long-wait', 'assertion', 'pciehp.md 3.2.4 V12: just moves the bound'],
  ],
  pull: [
    ['ignore-hotplug', 'lost-wakeup', 'pciehp.md 3.2.4 V13: real removal is dropped too'],
    ['raw-child', 'use-after-free', ROW_14],
    ['6-13', 'pass', ROW_14],
  ],
  surprise: [['6-16', 'pass', 'pciehp.md 2.9: left to hotplug, RP_BUSY is waited for']],
  e: [['4-18 4-19', 'deadlock', 'pciehp.md 3.2.2 (e), 3.2.4 V2: deadlock with nested ports']],
  aer: [
    ['4-18 4-19', 'assertion', `pciehp.md 2.9: pciehp knows nothing of the reset; ${B}`],
    ['4-20 5-14 6-13', 'pass', `${ROW_2}; pciehp.md 2.8: AER asks the slot`],
    ['6-16', 'pass', ROW_7],
  ],
  vfio: [
    // Before 6.13 nothing shared the vector that raises it while the link trains.
    ['6-13', 'assertion', ROW_7],
    ['6-16', 'pass', ROW_7],
  ],
  sysfs: [
    ['6-13', 'assertion', `${ROW_7}; pciehp.md 3.2.1: the file calls reset_slot, too`],
    ['6-16', 'pass', ROW_7],
  ],
  'R3-sysfs': TURNED_OFF,
  'R3-off': [
    ['4-19', ['deadlock', 'lost-wakeup'], `${ROW_3}; ${ROW_33}`],
    ...TURNED_OFF,
    ['hpie-sync', 'deadlock', 'pciehp.md 3.2.4 V10: brings back row 3'],
  ],
  // AER asks the slot since 4.20.
  'R3-aer': TURNED_OFF,
  R9: [
    ['4-18 4-19 4-20', 'lost-wakeup', ROW_9],
    ['5-14 6-13 6-16', 'pass', ROW_9],
  ],
  R10: [
    ['4-18 4-19 4-20', 'pass', `${ROW_10}: only with the loop of row 9`],
    ['5-14', 'assertion', ROW_10],
    ['6-13 6-16', 'pass', ROW_10],
  ],
  R12: [
    ['4-19 4-20', 'lost-wakeup', `${ROW_33}: a slot powered off comes on again`],
    ['early-exit', 'lost-wakeup', ROW_12],
    ['5-14 6-13 6-16', 'pass', `${ROW_12}; ${ROW_33}`],
  ],
  R13: [[KERNELS, 'deadlock', R13]],
  'row-2': [
    ['threaded', 'assertion', ROW_2],
    ['4-19 4-20 5-14 6-13', 'pass', `${ROW_2}; pciehp.md 2.7`],
  ],
  'row-8': [
    ['4-20 5-14', 'assertion', ROW_8],
    ['6-13 6-16', 'pass', ROW_8],
  ],
  'row-11': [
    ['4-19 4-20', 'assertion', ROW_11],
    ['5-14 6-13 6-16', 'pass', ROW_11],
  ],
  'row-13': [
    ['4-19 4-20', 'deadlock', ROW_13],
    ['5-14 6-13 6-16', 'pass', ROW_13],
  ],
  'row-32': [
    ['threaded', 'assertion', ROW_32],
    ['4-19 4-20 5-14 6-13 6-16', 'pass', ROW_32],
  ],
  'row-34': [
    ['4-18', 'lost-wakeup', ROW_34],
    ['4-19', 'pass', ROW_34],
  ],
  O1: [['6-13 6-16', 'deadlock', `${O1}: unfixed in 7.3-rc7`]],
  O4: [
    ['6-13 6-16', 'assertion', O4],
    ['rescan-hold', 'assertion', 'pciehp.md 3.2.4 V14: the removal is only delayed'],
    ['ignore-hotplug', 'pass', 'pciehp.md 3.2.4 V13: all events are dropped'],
  ],
};

const open: Expectation = { verdict: 'open', mark: 'D', source: 'pciehp.md 3.2.4, 3.3, 4' };

/** One entry for every design. */
export function expectedOf(
  race: string,
  designs: readonly Design[],
): Readonly<Record<string, Expectation>> {
  const known = KNOWN[race] ?? [];
  return Object.fromEntries(
    designs.map(({ id }) => {
      const found = known.find(([ids]) => ids.split(' ').includes(id));
      if (found === undefined) return [id, open];
      const [, verdict, source] = found;
      return [id, { verdict: [verdict].flat(), mark: 'S', source }];
    }),
  );
}

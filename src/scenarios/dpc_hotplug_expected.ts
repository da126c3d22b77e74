/** What is known of each cell of dpc-hotplug; what the sources only derive stays open. */
import type { Verdict } from '../oracles/verdict.ts';
import type { Design, Expectation } from './system.ts';

const SEED =
  'Lukas Wunner in: Sinan Kaya, 9 July 2018, ' +
  '"Re: [PATCH V5 3/3] PCI: Mask and unmask hotplug interrupts during reset"';
const STEPS = 'pciehp.md 3.2.2';
const V4 = 'pciehp.md 3.2.4 V4';
const V5 = 'Linux a97396c6eb13 (5.14)';
const R3 = 'Linux f5eff5591b8f (6.4)';
const R8 = 'Linux 2af781a9edc4 (6.16)';
const R9 = 'Linux 8edf5332c393 (5.7)';
const R10 = 'Linux 23584c1ed3e1 (5.17)';
const R13 = 'pciehp.md 3.3 R13: the same shape remains for a genuine event';
const V8 = 'Linux c3be50f7547c';

/** Designs, the verdict, its source; [S] all of them. */
type Known = readonly [designs: string, verdict: Verdict | readonly Verdict[], source: string];

const SINCE_514 = '5-14 6-13 same-card 6-16';
const KERNELS = '4-18 4-19 4-20 5-14 6-13 6-16';

const KNOWN: Readonly<Record<string, readonly Known[]>> = {
  a: [
    ['4-18', 'pass', `${STEPS} (a): the later Link Up enables the slot`],
    ['4-19', 'hung-task', SEED],
    ['one-queue', 'hung-task', `${V4}: 2100 ms if hotplug is first, ${STEPS} (a)`],
    [SINCE_514, 'pass', V5],
  ],
  'a-power': [
    ['4-18 4-19 one-queue', 'lost-wakeup', `${STEPS} (a): the slot stays OFF`],
    [SINCE_514, 'pass', V5],
  ],
  b: [
    ['4-18 4-19', 'assertion', `${STEPS} (b): removed twice`],
    ['one-queue', 'hung-task', `${V4}: 2100 ms if hotplug is first`],
    ['mask', 'assertion', 'Sinan Kaya, 9 July 2018: no help if Link Down comes first'],
    [SINCE_514, 'pass', V5],
  ],
  'b-power': [['one-queue', 'lost-wakeup', `${V4}: 4100 ms and slot OFF if hotplug is first`]],
  'b-inband': [
    ['5-14 6-13', 'assertion', `${V8}: presence was not covered before`],
    ['same-card 6-16', 'pass', V8],
  ],
  'slow-driver': [['5-14 6-13', 'assertion', 'pciehp.md 3.2.4 V5, row O2']],
  pull: [['ignore-hotplug', 'lost-wakeup', 'pciehp.md 3.2.4 V13']],
  aer: [
    ['4-18 4-19', 'assertion', 'pciehp.md 2.9: pciehp knows nothing of the reset'],
    ['4-20 5-14 6-13 6-16', 'pass', 'pciehp.md 2.8'],
  ],
  vfio: [
    // Before 6.13 nothing shared the vector that raises it while the link trains.
    ['6-13', 'assertion', R8],
    ['6-16', 'pass', R8],
  ],
  'R3-off': [
    ['4-19 4-20 5-14', 'deadlock', R3],
    ['6-13', 'pass', R3],
    ['hpie-sync', 'deadlock', 'pciehp.md 3.2.4 V10'],
  ],
  R9: [
    ['4-18 4-19 4-20', 'lost-wakeup', R9],
    ['5-14 6-13 6-16', 'pass', R9],
  ],
  R10: [
    ['4-18 4-19 4-20', 'pass', R10],
    ['5-14', 'assertion', R10],
    ['6-13 6-16', 'pass', R10],
  ],
  R12: [
    ['early-exit', 'lost-wakeup', 'pciehp.md 3.3 R12'],
    ['5-14 6-13 6-16', 'pass', 'pciehp.md 3.3 R12'],
  ],
  R13: [[KERNELS, 'deadlock', R13]],
};

const open: Expectation = { verdict: 'open', mark: 'D', source: 'pciehp.md 3.2.4, 3.3' };

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

/** The record of pciehp-command: its races, its designs, and what is known of each cell. */
import type { Design, Expectation, Race } from './system.ts';

const MAIL =
  'Shameerali Kolothum Thodi, 13 November 2018, ' +
  '"RE: Qemu Guest kernel 4.20-rc1 PCIe hotplug issue"';
const DERIVED = 'pciehp.md 3.1.5';

export const pciehpDesigns: readonly Design[] = [
  {
    id: 'A0',
    title: 'the handler never asks whether hotplug interrupts are masked',
    source: 'Linux 4.19 (its ISR and its presence test; the rest is 4.20-rc1)',
  },
  {
    id: 'A1',
    title: 'declines when the cached slot_ctrl lacks HPIE; cached after the write',
    source: 'Linux 4.20-rc1, 720d6a671a6e',
  },
  {
    id: 'A2',
    title: 'as A1, but the computed value is cached before the write',
    source: 'Linux 4.20, "PCI: pciehp: assign slot_ctrl before the write", November 2018',
  },
  {
    id: 'A3',
    title: 'as A1, but the value read from hardware is cached, before the merge',
    source: MAIL,
  },
  { id: 'A4', title: 'the handler reads Slot Control from hardware', source: DERIVED },
  { id: 'A5', title: 'the handler clears Slot Status even when it declines', source: DERIVED },
  { id: 'A6', title: 'enabling is cached before the write, disabling after it', source: DERIVED },
  {
    id: 'A7',
    title: 'a spinlock around the write and its cache, taken by the handler',
    source: DERIVED,
  },
];

const works: Expectation = { verdict: ['pass'], mark: 'S', source: `${MAIL}: works on 4.19` };
const fixed: Expectation = {
  verdict: ['pass'],
  mark: 'S',
  source: 'pciehp.md 3.1.4; the fix stands in Linux 5.2 and every later tree',
};
// A cache that lacks what was just written is I5 broken (an assertion); where the handler runs in
// that window the vector wedges as well (I1, a lost wake-up). Which is met first is a matter of
// order.
const misplaced: Expectation = {
  verdict: ['lost-wakeup', 'assertion'],
  mark: 'S',
  source: `${MAIL}: "it doesn't help"; where exactly the assignment stood is inferred`,
};
const open: Expectation = { verdict: 'open', mark: 'D', source: DERIVED };

function wedged(where: string): Expectation {
  return { verdict: ['lost-wakeup'], mark: 'S', source: `${MAIL}: ${where}` };
}

function expected(broken: Expectation): Readonly<Record<string, Expectation>> {
  const derived = { A4: open, A5: open, A6: open, A7: open };
  return { A0: works, A1: broken, A2: fixed, A3: misplaced, ...derived };
}

/** Nobody tried: what the tables say of the port and the driver is all there is. */
function derived(id: string, title: string, section: string): Race {
  const source = `${section}; derived`;
  const cell: Expectation = { verdict: 'open', mark: 'D', source };
  const expected = Object.fromEntries(pciehpDesigns.map((design) => [design.id, cell]));
  return { id, title, section, expected, needs: NEEDS };
}

/**
 * A polled command stayed busy, whatever the design, and the next one polled in vain. At boot A0
 * has no next one.
 */
function polled(id: string, title: string): Race {
  const verdict = ['hung-task'] as const;
  const source = 'pciehp.md 2.4: "left cmd_busy=1"; Linux 92912b175178';
  const cell: Expectation = { verdict, mark: 'S', source };
  const expected = Object.fromEntries(pciehpDesigns.map((design) => [design.id, cell]));
  const A0 = id === 'probe-poll' ? open : cell;
  return { id, title, section: POLL, expected: { ...expected, A0 }, needs: NEEDS };
}

/** The same with the fix, which went into trees that cache before the write: A2. */
function polledFixed(id: string, title: string): Race {
  const race = derived(id, title, POLL);
  const source = 'pciehp.md 4 row 30: Linux 92912b175178 clears cmd_busy';
  return { ...race, expected: { ...race.expected, A2: { verdict: ['pass'], mark: 'S', source } } };
}

const NEEDS = 'a hot-plug slot';

/** The races that were reported. */
const reported: readonly Race[] = [
  {
    id: 'probe',
    title: 'boot with an empty slot: the first command completes before slot_ctrl is cached',
    section: 'pciehp.md 3.1.2, 3.1.4',
    expected: expected(wedged('eight lines of log at boot')),
    needs: NEEDS,
  },
  {
    id: 'hot-add',
    title: 'boot with an empty slot, then device_add: does the slot become ON?',
    section: 'pciehp.md 3.1.4, 3.1.6 I3',
    expected: expected(wedged('device_add does not work either')),
    needs: NEEDS,
  },
  {
    id: 'hot-remove',
    title: 'boot with a device in the slot, then device_del: does the slot become OFF?',
    section: 'pciehp.md 3.1.4, 3.1.6 I3',
    expected: expected(wedged('hot remove does not work')),
    needs: NEEDS,
  },
];

const QEMU_7_2 = 'pciehp.md 1.7, 3.1.4';
const ASYNC = 'pciehp.md 3.1.2, 2.4 step 9';
const LEVEL = 'pciehp.md 3.1.2, 1.7';
const ERRATUM = 'pciehp.md 2.4 step 9';
const MASKED = 'pciehp.md 3.1.5 A2, A6';
const SHARED = 'pciehp.md 1.5, 3.1.5 A0, A5';
const POLL = 'pciehp.md 2.4 to 2.6';

/** Other ports, other interrupts, other moments. */
const derivedRaces: readonly Race[] = [
  derived('probe-7-2', 'as probe, in QEMU 7.2: no link without a card', QEMU_7_2),
  derived('hot-add-7-2', 'as hot-add, in QEMU 7.2: no link without a card', QEMU_7_2),
  derived('hot-remove-7-2', 'as hot-remove, in QEMU 7.2: the link goes with the card', QEMU_7_2),
  derived('probe-async', 'as probe, the port completes a command at any later time', ASYNC),
  derived('hot-add-async', 'as hot-add, the port completes a command at any later time', ASYNC),
  derived('hot-remove-async', 'as hot-remove, commands complete at any later time', ASYNC),
  derived('probe-async-no-erratum', 'as probe-async, the driver waits for every command', ASYNC),
  derived('probe-slow', 'as probe, the port takes milliseconds over a command', ASYNC),
  derived('hot-add-slow', 'as hot-add, the port takes milliseconds over a command', ASYNC),
  derived('hot-remove-slow', 'as hot-remove, commands take milliseconds', ASYNC),
  derived('probe-intx', 'as probe, by level INTx: a declined interrupt comes again', LEVEL),
  derived('hot-add-intx', 'as hot-add, by level INTx: a declined interrupt comes again', LEVEL),
  derived('hot-remove-intx', 'as hot-remove, by level INTx', LEVEL),
  derived('probe-no-erratum', 'as probe, erratum CF118 not assumed (pcie-root-port)', ERRATUM),
  derived('hot-add-no-erratum', 'as hot-add, erratum CF118 not assumed', ERRATUM),
  derived('hot-remove-no-erratum', 'as hot-remove, erratum CF118 not assumed', ERRATUM),
  derived('probe-erratum', 'as probe, on a port that has erratum CF118', ERRATUM),
  derived('hot-add-erratum', 'as hot-add, on a port that has erratum CF118', ERRATUM),
  derived('hot-remove-erratum', 'as hot-remove, on a port that has erratum CF118', ERRATUM),
  derived('probe-erratum-no-rule', 'on a port with erratum CF118, which is not assumed', ERRATUM),
  polled('probe-poll', 'as probe, in polling mode: each command is polled for'),
  polled('hot-add-poll', 'as hot-add, in polling mode: each command is polled for'),
  polled('hot-remove-poll', 'as hot-remove, in polling mode: each command is polled for'),
  polledFixed('probe-poll-fixed', 'as probe-poll with Linux 92912b175178'),
  polledFixed('hot-add-poll-fixed', 'as hot-add-poll with Linux 92912b175178'),
  polledFixed('hot-remove-poll-fixed', 'as hot-remove-poll with Linux 92912b175178'),
  derived('disable', 'device_del while the driver masks its interrupt for suspend', MASKED),
  derived('disable-hot-add', 'device_add while the driver masks its interrupt', MASKED),
  derived('disable-no-resend', 'as disable, the port is silent at re-enable', MASKED),
  derived('shared-vector', 'as disable, and another service signals on the vector', SHARED),
  derived('disable-hot-add-7-2', 'as disable-hot-add, in QEMU 7.2', MASKED),
  derived('shared-vector-hot-add-7-2', 'the same with another service', SHARED),
];

export const pciehpRaces: readonly Race[] = [...reported, ...derivedRaces];

/** What goes wrong where it goes wrong: the finding, not only its kind. */
import { describe, expect, test } from 'vitest';
import { searched } from './eeh_pe_cell.ts';

const { HAND_SWITCHES } = await import('../../src/scenarios/eeh_pe_races.ts');

function finding(race: string, design: string, bound = 2) {
  const { counterexample } = searched(race, design, bound);
  if (counterexample === undefined) throw new Error(`${race} ${design} passed`);
  return counterexample;
}

describe('minimised counterexamples', () => {
  for (const [race, table] of Object.entries(HAND_SWITCHES)) {
    test(`${race} needs at most three context switches more than the document's table`, () => {
      expect(finding(race, 'none').contextSwitches).toBeLessThanOrEqual(table + 3);
    });
  }

  test('T1 and T2 need no preemption, T3 needs one', () => {
    expect(finding('T1', 'none').preemptions).toBe(0);
    expect(finding('T2', 'none').preemptions).toBe(0);
    expect(finding('T3', 'none').preemptions).toBe(1);
  });
});

describe('findings', () => {
  test('T1: eehd reads the freed PE of its event', () => {
    const { message } = finding('T1', 'none').finding;
    expect(message).toBe('slab-use-after-free: read access at PE#2.type');
  });

  test('T2: the walk follows the poison of a removed edev, also where PEs are counted', () => {
    for (const design of ['none', 'keep-flag', 'refcount']) {
      expect(finding('T2', design).finding.message).toContain('read access at LIST_POISON1');
    }
  });

  test('T3 with reference counts fails over a pci_dev, not over a PE', () => {
    expect(finding('T3', 'refcount').finding.message).toMatch(/pci_dev#1|edev|LIST_POISON/);
  });

  test('T3 with reference counts: a traversal may end early, and says so', () => {
    const most = (design: string) =>
      searched('T3', design, 1).measures.find(({ name }) => name === 'traversals cut short')?.max;
    expect(most('refcount')).toBe(1);
    expect(most('keep-flag')).toBe(0);
  });

  test('T6: the mutex of the new pci_dev is unlocked', () => {
    const { message } = finding('T6', 'none').finding;
    expect(message).toBe('unlock of pci_dev#1.dev.mutex: it is not held');
  });

  test('T6 after the fix: a rescan saves the base address that a reset has just wiped', () => {
    const { oracle, message } = finding('T6', 'keep-flag').finding;
    expect(oracle).toBe('clean-after-success');
    expect(message).toContain('without its base address');
  });

  test('T6 until 5.7: the removed pci_dev still points to the edev of its successor', () => {
    expect(finding('T6', 'refcount').finding.oracle).toBe('device-links');
  });

  test('T8: the cached bus is a stale one with the lock, too', () => {
    for (const design of ['rescan-lock', 'rescan-lock-nolock']) {
      expect(finding('T8', design).finding.message).toContain('bus 01');
    }
  });

  test('T9, T9a: what was given up or emptied stays in the tree', () => {
    for (const race of ['T9', 'T9a']) {
      expect(finding(race, 'rescan-lock-nolock').finding.oracle).toBe('zombie-pe');
    }
  });

  test('T10, T11a: eehd waits for itself', () => {
    for (const race of ['T10', 'T11a']) {
      const { message } = finding(race, 'rescan-lock').finding;
      expect(message).toBe('recursive locking of pci_rescan_remove_lock');
    }
  });

  test('T11e: eehd and the writer of sriov_numvfs wait for each other', () => {
    const { message } = finding('T11e', 'rescan-lock-nolock').finding;
    expect(message).toMatch(/eehd waits for .* held by sriov_numvfs, sriov_numvfs waits for/);
  });

  test('two-lock: the second loop over a snapshot takes an edev whose device has gone', () => {
    for (const race of ['T2', 'T9a']) {
      expect(finding(race, 'two-lock').finding.message).toMatch(/^NULL pointer .*: lock access/);
    }
  });
});

test('T11d: the lock over a recovery outlives the thread that recovers', () => {
  for (const design of ['rescan-lock', 'rescan-lock-nolock', 'deferral']) {
    expect(finding('T11d', design).finding.message).toBe(
      'sysfs-remove waits for pci_rescan_remove_lock held by eehd, ' +
        'eehd sleeps on driver nvme.do_exit',
    );
  }
  expect(searched('T11d', 'refcount', Number.POSITIVE_INFINITY).verdict).toBe('pass');
});

test('T7: a failure between thaw and the end of ISOLATED is taken for the first one', () => {
  const { oracle, message } = finding('T7', 'rescan-lock-nolock').finding;
  expect(oracle).toBe('clean-after-success');
  expect(message).toContain('its PE is still frozen');
});

test('T16: the failure of a replacement card is counted as a read of the old one', () => {
  expect(finding('T16', 'rescan-lock-nolock').finding.oracle).toBe('unreported-failure');
});

test('T19: after a second failure nothing keeps the PE, whatever the first recovery holds', () => {
  expect(finding('T19', 'rescan-lock-nolock').finding.message).toBe(
    'slab-use-after-free: read access at PE#2.type',
  );
});

test('T20: a failure is lost with its event, also where only suspects are recorded', () => {
  expect(finding('T20', 'rescan-lock-nolock').finding.oracle).toBe('lost-event');
  expect(finding('T20', 'deferral').finding.oracle).toBe('unreported-failure');
});

describe('deferral', () => {
  const longest = (race: string): number | undefined =>
    searched(race, 'deferral', 1).measures.find(({ name }) => name === 'recovery makespan')?.max;

  test('recovers what detectors have only named', () => {
    // T2: a callback of five seconds.
    expect(longest('T2')).toBe(5000);
  });

  test('isolates later where eehd is at another recovery', () => {
    const { measures } = searched('T1', 'deferral', 1);
    const latency = measures.find(({ name }) => name === 'decision latency');
    expect(latency?.max).toBe(1000);
  });
});

describe('a lock over the whole recovery', () => {
  test('T11b: an eeh_dev without a pci_dev makes the report write its answer to NULL', () => {
    for (const design of ['rescan-lock-nolock', 'deferral']) {
      const { message } = finding('T11b', design).finding;
      expect(message).toBe('NULL pointer dereference: write access at NULL');
    }
  });

  test('T11c: a writer of sysfs is blocked for more than two minutes', () => {
    expect(finding('T11c', 'rescan-lock-nolock').finding.message).toBe(
      'task sysfs-remove blocked for more than 120 seconds on pci_rescan_remove_lock',
    );
  });

  test('T11f: a callback that removes devices takes the lock of its caller again', () => {
    const { message } = finding('T11f', 'rescan-lock-nolock').finding;
    expect(message).toBe('recursive locking of pci_rescan_remove_lock');
    expect(finding('T11f', 'global-mutex').finding.message).toBe('recursive locking of eeh_mutex');
  });

  test('repairs the look-up of a bus through a device that is being freed', () => {
    const { message } = finding('B6', 'keep-flag').finding;
    expect(message).toBe('slab-use-after-free: read access at 0002:01:00.0.bus');
  });
});

test('T22: the second event of one PE overtakes the event of another one', () => {
  const { message } = finding('T22', 'rescan-lock-nolock').finding;
  expect(message).toBe('an event was overtaken 2 times by those of 1 other PEs');
});

test('T17: a detector and the firmware make two recoveries of one freeze', () => {
  for (const design of ['none', 'rescan-lock-nolock']) {
    const { oracle, message } = finding('T17', design).finding;
    expect(oracle).toBe('counted-once');
    expect(message).toContain('counts 2 freezes, the hardware made 1');
  }
});

describe('what the RFCs add themselves', () => {
  test('T12: the orphan tracker looks at a PE after its own put', () => {
    const { message } = finding('T12', 'refcount').finding;
    expect(message).toMatch(/^slab-use-after-free: read access at PE#2\.(parent|state)$/);
  });

  test('T12b: the reference of an event without memory is never given back', () => {
    const { message } = finding('T12b', 'refcount').finding;
    expect(message).toBe('PE#2 was unlinked and is never freed');
  });

  test('T13: a mutex in an interrupt, one that is kept, one that is not held', () => {
    expect(finding('T13', 'two-lock').finding.message).toContain('in hardirq context');
    expect(finding('T13b', 'two-lock').finding.message).toBe(
      'eehd waits for eeh_mutex held by vfio, which has ended',
    );
    expect(finding('T13c', 'two-lock').finding.message).toBe('unlock of eeh_mutex: it is not held');
  });
});

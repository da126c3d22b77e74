import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/oracles/verdict.ts';
import { COLUMNS_DEFAULTS } from '../../src/trace/columns.ts';
import { waitChain } from '../../src/trace/hung.ts';
import type { Trace } from '../../src/trace/record.ts';
import { explanation, reportOf } from '../../src/trace/report.ts';
import { Symbols } from '../../src/trace/symbols.ts';
import {
  brokenInvariant,
  bugOn,
  FINDINGS,
  hungTask,
  illegalTransition,
  inversion,
  livelock,
  lostWakeup,
  passing,
  recursiveLock,
  useAfterFree,
} from './fixtures.ts';
import { Recorder } from './recorder.ts';

function linesOf(trace: Trace): string[] {
  return reportOf(trace)?.text.split('\n') ?? [];
}

const HEADLINES: Readonly<Record<string, RegExp>> = {
  useAfterFree: /^BUG: KASAN: use-after-free in eeh_pe_next /,
  poisonedLink: /^general protection fault, .*LIST_POISON1/,
  nullDereference: /^BUG: Kernel NULL pointer dereference on read/,
  doubleFree: /^BUG: KASAN: double-free in eeh_pe_free /,
  refcountFromZero: /^refcount_t: addition on 0; use-after-free\.$/,
  leak: /^kmemleak: /,
  dataRace: /^BUG: KCSAN: data-race in /,
  recursiveLock: /^WARNING: possible recursive locking detected$/,
  selfDeadlock: /^INFO: task eehd:928 blocked for more than 120 seconds\.$/,
  inversion: /^WARNING: possible circular locking dependency detected$/,
  abbaDeadlock: /^INFO: task eehd:928 blocked/,
  irqUnsafe: /^WARNING: inconsistent lock state$/,
  sleepingInAtomic: /^BUG: sleeping function called from invalid context at /,
  badUnlock: /^WARNING: bad unlock balance detected!$/,
  wrongOwner: /^DEBUG_LOCKS_WARN_ON/,
  lostWakeup: /^INFO: task eehd:928 blocked/,
  hungTask: /^INFO: task sysfs-remove:1411 blocked/,
  brokenInvariant: /^BUG: invariant link-symmetry does not hold: /,
  bugOn: /^kernel BUG at actors\/eeh\/eeh_pe\.ts:95!$/,
  illegalTransition: /^BUG: illegal transition: /,
  livelock: /^watchdog: BUG: soft lockup - CPU#0 stuck! \[eehd:928\]$/,
};

test.each(Object.entries(FINDINGS))(
  'the report of %s has the headline its readers know',
  (name, make) => {
    expect(reportOf(make())?.headline).toMatch(HEADLINES[name] ?? /nothing/);
  },
);

test.each(Object.entries(FINDINGS))('the report of %s never shows a hole', (_, make) => {
  expect(reportOf(make())?.text).not.toMatch(/undefined|NaN|\[object|\?\/0|unknown/);
});

test('no finding, no report', () => {
  expect(reportOf(passing())).toBe(undefined);
});

test.each<Verdict>(['pass', 'limit-reached', 'diverged', 'wild-device-access'])(
  '%s is told in its own words',
  (verdict) => {
    const trace = passing();
    const finding = { verdict, oracle: 'worker', message: 'why it ended', addr: 0 };
    expect(reportOf({ ...trace, finding })?.headline).toContain('why it ended');
  },
);

test.each(Object.keys(HEADLINES))('%s of an empty trace is still a report', (name) => {
  const finding = FINDINGS[name]?.().finding;
  const empty = new Recorder().end(finding);
  expect(reportOf(empty)?.text.length).toBeGreaterThan(0);
});

describe('waiting for ever', () => {
  const chain = (trace: Trace): string => {
    const [first] = trace.waits;
    return first === undefined ? '' : waitChain(trace, new Symbols(trace), first);
  };

  test('for each other is one chain', () => {
    expect(chain(inversion(true))).toBe(
      'eehd waits for sriov_lock, held by sriov-store since step 0, ' +
        'which waits for pci_rescan_remove_lock, held by eehd since step 1',
    );
    expect(linesOf(inversion(true)).filter((line) => /waits for/.test(line))).toHaveLength(2);
  });

  test('for oneself', () => {
    expect(chain(recursiveLock(true))).toBe(
      'eehd waits for pci_rescan_remove_lock, held by itself since step 0',
    );
  });

  test('for one that went away with the lock', () => {
    expect(chain(hungTask())).toBe(
      'sysfs-remove waits for eeh_dev#0.lock, held by eehd since step 0, ' +
        'which never released it (its last step was 0)',
    );
  });

  test('of a third actor leads into the circle of the others', () => {
    const r = new Recorder();
    const [a, b, c] = [r.actor('a', 1), r.actor('b', 2), r.actor('c', 3)];
    const { rescan_lock, sriov_lock } = r.at;
    r.op(a, 1, 'mutex_lock', [rescan_lock]).op(b, 1, 'mutex_lock', [sriov_lock]);
    r.wait(c, 1, 'mutex_lock', rescan_lock, a).wait(a, 2, 'mutex_lock', sriov_lock, b);
    r.wait(b, 2, 'mutex_lock', rescan_lock, a);
    expect(chain(r.end(undefined))).toMatch(/^c waits .* which waits .*held by a.*\(a cycle\)$/);
  });

  test('for a wake-up that came too early', () => {
    expect(linesOf(lostWakeup()).slice(-4)).toEqual([
      'eehd sleeps on eeh_eventlist_wq; the wake-up at step 2 came before the sleep at step 3:',
      ' step 0: R eeh_pe#0.state = 0, eehd in eeh_event_handler (actors/eeh/eeh_event.ts:40)',
      ' step 2: wake_up(eeh_eventlist_wq), mmio in eeh_send_failure_event ' +
        '(actors/eeh/eeh_event.ts:91)',
      ' step 3: prepare_to_wait(eeh_eventlist_wq), eehd in eeh_event_handler ' +
        '(actors/eeh/eeh_event.ts:42)',
    ]);
  });

  test('for a wake-up that never came', () => {
    const r = new Recorder();
    const a = r.actor('eehd', 1);
    r.call(a, 'f', 'actors/x.ts').op(a, 1, 'prepare_to_wait', [r.at.wq]);
    r.wait(a, 2, 'schedule', r.at.wq, -1);
    const finding = {
      verdict: 'lost-wakeup',
      oracle: 'hung-task',
      message: '',
      addr: r.at.wq,
    } as const;
    expect(linesOf(r.end(finding)).at(-1)).toBe(
      'eehd sleeps on eeh_eventlist_wq; no wake-up of it ever came.',
    );
  });
});

test('an invariant names the last writer of the word, not the last step', () => {
  expect(linesOf(brokenInvariant())).toEqual([
    'BUG: invariant link-symmetry does not hold: ' +
      'eeh_pe#1 is in no child_list, but its parent is eeh_pe#0',
    'eeh_pe#1.parent was last written by task sysfs-rescan/1400 at step 4:',
    ' eeh_pe_tree_insert (actors/eeh/eeh_pe.ts:214)',
  ]);
});

test('an illegal transition shows the legal ones before it', () => {
  expect(linesOf(illegalTransition()).slice(-2)).toEqual([
    ' step 8: WAIT -> P3 on EVENT',
    ' step 34: P3 -> P5 on NEED_RESET',
  ]);
});

test('a livelock shows where everybody spins', () => {
  expect(linesOf(livelock())).toContain(' pci_wait_cfg (actors/pci/access.ts:12)');
  expect(linesOf(bugOn())).toContain(' eeh_pe_next (actors/eeh/eeh_pe.ts:95)');
});

test('an explanation is report, race in one line, columns and the replay line', () => {
  const text = explanation(useAfterFree(), COLUMNS_DEFAULTS, 'hotrace replay ht1.x');
  const order = ['BUG: KASAN', '<sysfs-rescan: ', 'CPU0 eehd', 'replay: hotrace replay ht1.x'];
  const places = order.map((part) => text.indexOf(part));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places.every((place) => place >= 0)).toBe(true);
});

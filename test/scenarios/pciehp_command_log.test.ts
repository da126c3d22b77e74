import { describe, expect, test } from 'vitest';
import { dmesg } from '../../src/trace/dmesg.ts';
import { programOf, sampled, searched, undisturbed } from './pciehp_cell.ts';

// Shameerali Kolothum Thodi, 13 November 2018, "RE: Qemu Guest kernel 4.20-rc1 PCIe hotplug issue".
// The microseconds there are 1.327852, 1.335842, ...: those of the wheel are 840 throughout.
const PREFIX = 'pciehp 0000:00:01.0:pcie004: ';
const EIGHT_LINES = [
  [' 1.327840', 'Timeout on hotplug command 0x03f1 (issued 1016 msec ago)'],
  [' 1.335840', 'Timeout on hotplug command 0x03f1 (issued 1024 msec ago)'],
  [' 3.847840', 'Failed to check link status'],
  [' 3.855840', 'Timeout on hotplug command 0x02f1 (issued 2520 msec ago)'],
  [' 4.879840', 'Timeout on hotplug command 0x06f1 (issued 1024 msec ago)'],
  [' 5.911840', 'Timeout on hotplug command 0x06f1 (issued 2056 msec ago)'],
  [' 6.927840', 'Timeout on hotplug command 0x07f1 (issued 1016 msec ago)'],
  [' 7.951840', 'Timeout on hotplug command 0x0771 (issued 1024 msec ago)'],
].map(([time, text]) => `[   ${time}] ${PREFIX}${text}`);

/** Without the information lines that the mail left out. */
function troubles(log: string): string[] {
  return log.split('\n').filter((line) => /Timeout|Failed/.test(line));
}

/** Milliseconds of virtual time, and what ctrl->state became. */
function states(race: string, design: string): string[] {
  const program = programOf(race, design);
  const [watched] = program.watched;
  const { trace } = undisturbed(program);
  return trace.steps
    .filter(({ operands }) => operands.length === 2 && operands[0] === watched?.addr)
    .map(({ timeMs, operands }) => `${timeMs} ${watched?.states[operands[1] ?? 0]}`);
}

describe('A1 at boot', () => {
  test('prints the eight lines of the mail: order, commands and ages', () => {
    const trace = searched('probe', 'A1', 1).counterexample?.trace;
    expect(troubles(dmesg(trace ?? { log: [], clockOffsetUs: 0 }))).toEqual(EIGHT_LINES);
  });

  test('prints them in every interleaving that fails, whoever finds it', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const trace = sampled('probe', 'A1', seed, 200).counterexample?.trace;
      expect(troubles(dmesg(trace ?? { log: [], clockOffsetUs: 0 }))).toEqual(EIGHT_LINES);
    }
  });

  test('goes no further after device_add: the same log, nothing of a button', () => {
    const trace = searched('hot-add', 'A1', 1).counterexample?.trace;
    const log = dmesg(trace ?? { log: [], clockOffsetUs: 0 });
    expect(troubles(log)).toEqual(EIGHT_LINES);
    expect(log).not.toContain('button');
  });

  test('is silent with a card at boot, and after device_del', () => {
    expect(searched('hot-remove', 'A1', 1).counterexample?.trace.log).toEqual([]);
  });
});

describe('A2', () => {
  test('still cycles power at boot, as the link is always active, without a Timeout', () => {
    const log = dmesg(undisturbed(programOf('probe', 'A2')).trace);
    expect(troubles(log)).toEqual([`[    2.823840] ${PREFIX}Failed to check link status`]);
    expect(states('probe', 'A2')).toEqual(['311 OFF', '311 POWERON', '3855 OFF']);
  });

  test('brings a plugged card up: its presence cancels the five seconds of its button', () => {
    const log = dmesg(undisturbed(programOf('hot-add', 'A2')).trace);
    const lines = log.split('\n').slice(2, 6);
    expect(lines.map((line) => line.split(PREFIX)[1])).toEqual([
      'Slot(0): Attention button pressed',
      'Slot(0) Powering on due to button press',
      'Slot(0): Card present',
      'Slot(0): Link Up',
    ]);
    expect(states('hot-add', 'A2').slice(3)).toEqual([
      '30703 BLINKINGON',
      '30703 POWERON',
      '31823 ON',
    ]);
  });

  test('takes a card down, then tries once more in vain, as the link is always active', () => {
    expect(states('hot-remove', 'A2')).toEqual([
      '311 ON',
      '30703 BLINKINGOFF',
      '35823 POWEROFF',
      '36847 OFF',
      '36847 POWERON',
      '40399 OFF',
    ]);
  });
});

test('A0 tests presence alone and does not touch an empty slot at boot', () => {
  expect(undisturbed(programOf('probe', 'A0')).trace.log).toEqual([]);
});

test('A3 prints the same times and ages with the commands of one write before', () => {
  const log = troubles(dmesg(undisturbed(programOf('probe', 'A3')).trace));
  const times = (lines: readonly string[]) => lines.map((l) => l.replace(/0x[0-9a-f]{4}/, ''));
  expect(times(log)).toEqual(times(EIGHT_LINES));
  expect(log[0]).toContain('0x07f1');
});

import { expect, test } from 'vitest';
import { searched, undisturbed } from './eeh_pe_cell.ts';

const { dmesg } = await import('../../src/trace/dmesg.ts');

function logOf(race: string, design: string): string[] {
  return dmesg(undisturbed(race, design).trace).split('\n');
}

const failed = '[    1.000000] EEH: This PCI device has failed 1 times in the last hour';
const finished = "[    1.000000] EEH: Finished:'error_detected(IO frozen)'";

test('a recovery with a partial hotplug prints the phases with their virtual times', () => {
  expect(logOf('T11a', 'keep-flag')).toEqual([
    '[    1.000000] EEH: Recovering PHB#0-PE#2',
    '[    1.000000] EEH: PE location: N/A, PHB location: N/A',
    '[    1.000000] EEH: Frozen PHB#0-PE#2 detected',
    '[    1.000000] EEH: Call Trace:',
    `${failed} and will be permanently disabled after 5 failures.`,
    '[    1.000000] EEH: Notify device drivers to shutdown',
    "[    1.000000] EEH: Beginning: 'error_detected(IO frozen)'",
    '[    1.000000] PCI 0000:01:00.0#0002: EEH: Invoking nvme->error_detected(IO frozen)',
    "[    1.000000] PCI 0000:01:00.0#0002: EEH: nvme driver reports: 'need reset'",
    '[    1.000000] PCI 0000:01:00.1#0002: EEH: driver not EEH aware',
    `${finished} with aggregate recovery state:'need reset'`,
    '[    1.000000] EEH: Collect temporary log',
    '[    1.000000] EEH: of node=0000:01:00.0',
    '[    1.000000] EEH: PCI device/vendor: 00011014',
    '[    1.000000] EEH: of node=0000:01:00.1',
    '[    1.000000] EEH: PCI device/vendor: 00011014',
    '[    1.000000] EEH: Reset without hotplug activity',
    '[    1.000000] EEH: Removing 0000:01:00.1 without EEH sensitive driver',
    // 250 ms of reset, 1800 ms to settle.
    '[    3.050000] EEH: Sleep 5s ahead of partial hotplug',
    '[    8.050000] PCI: Finishing adding to hotplug bus 0000:01',
    "[    8.050000] EEH: Beginning: 'slot_reset'",
    '[    8.050000] PCI 0000:01:00.0#0002: EEH: Invoking nvme->slot_reset()',
    "[    8.050000] PCI 0000:01:00.0#0002: EEH: nvme driver reports: 'recovered'",
    '[    8.050000] PCI 0000:01:00.1#0002: EEH: driver not EEH aware',
    "[    8.050000] EEH: Finished:'slot_reset' with aggregate recovery state:'recovered'",
    '[    8.050000] EEH: Notify device driver to resume',
    "[    8.050000] EEH: Beginning: 'resume'",
    '[    8.050000] PCI 0000:01:00.0#0002: EEH: Invoking nvme->resume()',
    "[    8.050000] PCI 0000:01:00.0#0002: EEH: nvme driver reports: 'none'",
    '[    8.050000] PCI 0000:01:00.1#0002: EEH: driver not EEH aware',
    "[    8.050000] EEH: Finished:'resume'",
    '[    8.050000] EEH: Recovery successful.',
  ]);
});

test('a PE whose devices are gone is found empty, and given up from 6.10 on', () => {
  const { counterexample } = searched('T9', 'rescan-lock-nolock', 0);
  const log = counterexample?.trace.log.map(({ text }) => text) ?? [];
  expect(log[0]).toBe('pci 0002:01     : [PE# 02] Releasing PE');
  expect(log[1]).toBe('EEH: Frozen PHB#2-PE#2 is empty!');
  expect(log[2]).toMatch(/^EEH: Unable to recover from failure from PHB#2-PE#2\.\n/);
});

test('a guest finds no bus once the last device of the PE is gone', () => {
  expect(logOf('T1', 'keep-flag')).toEqual([
    '[    1.000000] eeh_handle_normal_event: Cannot find PCI bus for PHB#2-PE#2',
  ]);
});

test('DLPAR says which slot it moved', () => {
  const log = logOf('T10', 'rescan-lock-nolock').map((line) => line.slice(15));
  const slot = log.filter((line) => line.startsWith('rpadlpar_io'));
  expect(slot).toEqual(['rpadlpar_io: slot 2 removed', 'rpadlpar_io: slot 2 added']);
});

/** The record of dpc-hotplug: its races, its designs, and what is known of each cell. */
import { expectedOf } from './dpc_hotplug_expected.ts';
import { NEEDS } from './dpc_hotplug_host.ts';
import { settingOf } from './dpc_hotplug_settings.ts';
import type { Design, Race } from './system.ts';

const MAIL =
  'Sinan Kaya, 9 July 2018, "Re: [PATCH V5 3/3] PCI: Mask and unmask hotplug interrupts"';

export const dpcDesigns: readonly Design[] = [
  { id: '4-18', title: 'workqueue per slot; fatal errors remove and rescan', source: 'Linux 4.18' },
  { id: 'threaded', title: 'the threads of 4.19 at first', source: 'Linux 7b4ce26bcf69 (2018)' },
  { id: '4-19', title: 'threaded pciehp; fatal errors remove and rescan', source: 'Linux 4.19' },
  { id: 'one-queue', title: 'V4: one ordered workqueue for all services of a port', source: MAIL },
  { id: '4-20', title: 'recovery by callbacks, hotplug not told', source: 'Linux 4.20' },
  { id: '5-14', title: 'V5: hotplug waits 4 s for DPC', source: 'Linux 5.14, a97396c6eb13' },
  {
    id: 'annotated',
    title: 'as 5-14; reset_lock of a class for each depth',
    source: 'Linux 085a9f43433f',
  },
  { id: '6-13', title: 'as 5-14; reset_lock dropped around drivers', source: 'Linux 6.4 to 6.15' },
  { id: 'same-card', title: 'V8: presence too, and is it the same card', source: 'c3be50f7547c' },
  { id: '6-16', title: 'V9: any announced reset is ignored', source: 'Linux 6.16, 2af781a9edc4' },
  { id: 'no-surprise', title: 'as 6-16; DPC recovers from any error', source: 'pciehp.md 2.9' },
  {
    id: 'skip-gone',
    title: 'as 6-16; vfio resets no unplugged device',
    source: 'pciehp.md row O1',
  },
  { id: 'mask', title: 'V1: hotplug is masked during recovery', source: 'Sinan Kaya, V5, 2018' },
  { id: 'offline-poll', title: 'V6: polls end when the port has an error', source: MAIL },
  {
    id: 'pending-check',
    title: 'V7: recovery consumes a pending event',
    source: 'Sinan Kaya, 2018',
  },
  { id: 'hpie-sync', title: 'V10: HPIE off, thread waited for', source: 'Ilpo Järvinen, 2025' },
  {
    id: 'enabled-only',
    title: 'V11: the ISR takes enabled events only',
    source: 'Lukas Wunner, 2025',
  },
  { id: 'ignore-hotplug', title: 'V13: the driver has hotplug ignored', source: 'pciehp.md 3.2.4' },
  {
    id: 'rescan-hold',
    title: 'V14: rescan lock held over the reset',
    source: 'Xilinx SLASH, 2026',
  },
  {
    id: 'early-exit',
    title: 'as 5-14; a run without events leaves early',
    source: 'pciehp.md R12',
  },
  { id: 'raw-child', title: 'as 6-13; polls a child unpinned', source: 'Linux 6.4 to 6.9' },
  { id: 'long-wait', title: 'V12: hotplug waits 16 s for DPC', source: 'LeoLiu-oc, 2026' },
];

function race(id: string, title: string, section: string): Race {
  const needs = NEEDS[settingOf(id).shape];
  return {
    id,
    title,
    section: `pciehp.md ${section}`,
    expected: expectedOf(id, dpcDesigns),
    needs,
  };
}

export const dpcRaces: readonly Race[] = [
  race('a', 'hotplug first, DPC late; no power control', '3.2.2 (a)'),
  race('a-power', 'hotplug first, DPC late; the slot has power control', '3.2.2 (a)'),
  race('b', 'both at once; no power control', '3.2.2 (b)'),
  race('b-power', 'both at once; the slot has power control', '3.2.2 (b)'),
  race('b-inband', 'both at once; in-band presence', '3.2.4 V5, V8'),
  race('b-busy', 'both at once; the root port is busy for 45 ms', '1.3, 3.2.5 J9'),
  race('c', 'the card answers just after hotplug gave up', '3.2.2 (c)'),
  race('slow-driver', 'error_detected lasts 10 s', '3.2.4 V5, row O2'),
  race('slowest-driver', 'error_detected lasts 20 s', '3.2.4 V12'),
  race('pull', 'the card is pulled during recovery', '3.2.5 J5'),
  race('swap', 'the card is swapped during recovery', '3.2.5 J5'),
  race('swap-same', 'the same with a card of the same model', '3.2.4 V9, row D4'),
  race('surprise', 'the card is pulled: Surprise Down, the root port is busy for 45 ms', '2.9'),
  race('surprise-swap', 'a card of the same model follows it at once; in-band presence', '2.9'),
  race('e', 'recovery above a hotplug port that has an event of its own', '3.2.2 (e)'),
  race('aer', 'AER resets the bus; no DPC', '3.2.1, 3.2.2 (d)'),
  race('vfio', 'vfio resets the slot on a shared vector', '3.3 R8'),
  race('sysfs', 'the file `reset` of sysfs on a shared vector', '2.8, 3.3 R8'),
  race('resets', 'that file and vfio at once', '2.8'),
  race('R3', 'vfio resets the slot while the card is pulled', '3.3 R3, 3.2.4 V1'),
  race('R3-off', 'vfio resets the slot while its button turns it off', '3.3 R3, row 3'),
  race('R3-sysfs', 'the file `reset` while the button turns the slot off', '3.3 R3, row 3'),
  race('R3-aer', 'AER resets the slot while its button turns it off', '3.3 R3, row 3'),
  race('R9', 'a card is pulled and pushed in again', '3.3 R9'),
  race('R10', 'a card is pulled while a power fault lasts', '3.3 R10'),
  race('R12', 'the power file turns the slot off; it has power control', '3.3 R12, rows 12, 33'),
  race('row-2', 'a resume looks at presence while vfio resets the slot', '4 row 2'),
  race('row-4', 'a card with a hotplug port of its own is pushed in', '4 row 4'),
  race('row-8', 'recovery at a port above the one with the slot', '4 row 8'),
  race('row-11', 'the power file turns the slot off; no power control', '4 row 11'),
  race('row-13', 'a nested port resumes while it is unplugged', '4 row 13'),
  race('row-32', 'the link of a new card is unstable at first', '4 row 32'),
  race('row-34', 'a card is swapped before anybody looks; in-band presence', '4 row 34'),
  race('O1', 'two vfio devices of one process are unplugged at once', '4 row O1'),
  race('O4', 'the driver of the card resets the bus itself', '4 row O4'),
  race('R13', 'the card is a hotplug port with an event of its own', '3.3 R13, 3.2.2 (e)'),
  race('D1', 'an error reported while a new card is brought up', '3.3 D1'),
  race('D2', 'recovery against the unbind of a PF', '3.3 D2'),
  race('D4', 'DPC recovers while vfio resets the slot', '4 row D4'),
  race('D4-swap', 'a card of the same model is swapped in while vfio resets the slot', '4 row D4'),
];

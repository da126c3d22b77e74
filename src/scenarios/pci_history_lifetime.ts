/** Rows 16, 22 and 23 of pciehp.md 4: objects that go too early, and flags that lie. */
import { held_slot, moment, pci_function_regs } from '../../actors/pci/history_structs.ts';
import {
  type AddedDesign,
  assign_added_atomic,
  assign_added_bit_field,
  driver_attach_async,
  is_added_atomic,
  is_added_bit_field,
  pci_bus_add_device,
  pci_stop_dev,
  set_busmaster_bit_field,
} from '../../actors/pci/is_added.ts';
import {
  type PortRemovalDesign,
  pci_stop_and_remove_port,
  remove_bus_then_driver,
  stop_then_remove,
} from '../../actors/pci/remove_port.ts';
import {
  hotplug_port_removed,
  type SlotDesign,
  slot_gets_bus,
  slot_puts_bus,
  slot_takes_no_ref,
  slot_user,
} from '../../actors/pci/slot_release.ts';
import { pci_bus, pci_dev } from '../../actors/pci/structs.ts';
import { rw_semaphore } from '../memory/kernel_structs.ts';
import { busWithDevice } from './pci_history_bus.ts';
import { caller, endsWith, type HistoryRace, historyRace } from './pci_history_race.ts';

const slotBus = historyRace<SlotDesign>(
  {
    id: 'slot-bus',
    row: '16',
    title: 'a slot that somebody holds outlives its bus',
    commit: 'Linux c7acef99642b, October 2024, CVE-2024-53194',
    mark: 'S',
    before: ['use-after-free'],
    after: ['pass'],
  },
  {
    before: { slot_get_bus: slot_takes_no_ref, slot_put_bus: slot_takes_no_ref },
    after: { slot_get_bus: slot_gets_bus, slot_put_bus: slot_puts_bus },
  },
  (memory, design, request) => {
    memory.cache(pci_bus, 1, request.quarantine);
    memory.cache(held_slot, 1, request.quarantine);
    const bus = memory.alloc(pci_bus);
    memory.poke(bus + pci_bus.devices.next, bus + pci_bus.devices.at);
    memory.poke(bus + pci_bus.devices.prev, bus + pci_bus.devices.at);
    memory.poke(bus + pci_bus.dev.refcount, 1);
    const k = Object.freeze({
      bus,
      pci_bus_sem: memory.static_('pci_bus_sem', rw_semaphore),
      endpoint: memory.static_('endpoint', pci_dev),
      created: memory.static_('slot_created', moment),
      ...design,
    });
    return {
      actors: [
        caller('hotplug', 0, hotplug_port_removed, [k]),
        caller('slot-user', 1, slot_user, [k]),
      ],
      invariants: [],
    };
  },
);

const twoPhases = historyRace<PortRemovalDesign>(
  {
    id: 'stop-first',
    row: '22',
    title: 'a port is removed: its bus goes before its driver has let go',
    commit: 'Linux 7ae0567fd3f4, 2009',
    mark: 'S',
    before: ['null-dereference', 'use-after-free'],
    after: ['pass'],
  },
  {
    before: { remove_port: remove_bus_then_driver },
    after: { remove_port: stop_then_remove },
  },
  (memory, design, request) => {
    const { dev, ...core } = busWithDevice(memory, request);
    memory.cache(pci_bus, 1, request.quarantine);
    const secondary = memory.alloc(pci_bus, 'secondary_bus');
    memory.poke(secondary + pci_bus.dev.refcount, 1);
    memory.poke(dev + pci_dev.subordinate, secondary);
    const k = Object.freeze({ ...core, port: dev, ...design });
    return { actors: [caller('remove', 0, pci_stop_and_remove_port, [k])], invariants: [] };
  },
);

const isAdded = historyRace<AddedDesign>(
  {
    id: 'is-added',
    row: '23',
    title: 'is_added and is_busmaster are bits of one word',
    commit: 'Linux 44bda4b7d26e, 4.18',
    mark: 'S',
    before: ['assertion'],
    after: ['pass'],
  },
  {
    before: {
      pci_dev_assign_added: assign_added_bit_field,
      pci_dev_is_added: is_added_bit_field,
      set_busmaster: set_busmaster_bit_field,
    },
    after: {
      pci_dev_assign_added: assign_added_atomic,
      pci_dev_is_added: is_added_atomic,
      set_busmaster: set_busmaster_bit_field,
    },
  },
  (memory, design) => {
    const dev = memory.static_('pci_dev', pci_dev);
    const regs = memory.static_('function', pci_function_regs);
    const k = Object.freeze({
      dev,
      regs,
      attached: memory.static_('attached', moment),
      added: memory.static_('added', moment),
      probed: memory.static_('probed', moment),
      ...design,
    });
    const cite = 'pciehp.md 4 row 23';
    const bound = 'the device was removed and its driver is still bound';
    return {
      actors: [
        caller('rescan', 0, pci_bus_add_device, [k]),
        caller('async-probe', 1, driver_attach_async, [k]),
        caller('sysfs-remove', 2, pci_stop_dev, [k]),
      ],
      invariants: [endsWith('driver-released', cite, dev + pci_dev.driver, 0, 'assertion', bound)],
    };
  },
);

export const lifetimeRaces: readonly HistoryRace[] = [slotBus, twoPhases, isAdded];

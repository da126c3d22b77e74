/** What must hold when a race of eeh-history is over. They read memory and know no design. */
import {
  DRIVER_ERROR_DETECTED,
  DRIVER_PERM_FAILURE,
  DRIVER_PROBE,
  DRIVER_REMOVE,
  HISTORY,
  pci_driver,
} from '../../actors/driver/structs.ts';
import { eeh_dev, eeh_pe } from '../../actors/eeh/structs.ts';
import { pci_dev } from '../../actors/pci/structs.ts';
import type { Invariant, MemoryView } from '../actor/program.ts';
import type { Verdict } from '../oracles/verdict.ts';
import { edevsOf, entries, isPhbPe } from './eeh_pe_invariants.ts';

/** A breach as a text and a place; the verdict says what kind of trouble it is. */
export function atEnd(
  name: string,
  cite: string,
  verdict: Verdict,
  check: (memory: MemoryView) => readonly [string, number] | undefined,
): Invariant {
  return {
    name,
    cite,
    when: 'end',
    check: (memory) => {
      const breach = check(memory);
      if (breach === undefined) return;
      const [message, addr] = breach;
      return { verdict, oracle: name, message, addr };
    },
  };
}

function historyOf(memory: MemoryView, driver: number): readonly number[] {
  const length = Math.min(memory.read(driver + pci_driver.history_length), HISTORY);
  return Array.from({ length }, (_, i) => memory.read(driver + pci_driver.history.at + i));
}

/** error_detected was called, for a frozen channel or for one that is given up. */
function tells(code: number): boolean {
  return code === DRIVER_ERROR_DETECTED || code === DRIVER_PERM_FAILURE;
}

/** Each driver hears once that its device failed, and before it has to let it go. */
export function driversTold(cite: string): Invariant {
  return atEnd('driver-told', cite, 'assertion', (memory) => {
    for (const driver of memory.live(pci_driver.typeid)) {
      const history = historyOf(memory, driver);
      const told = history.filter(tells).length;
      if (told !== 1) return [`${memory.name(driver)} was told ${told} times`, driver];
      const removed = history.indexOf(DRIVER_REMOVE);
      if (removed >= 0 && removed < history.findIndex(tells)) {
        return [`${memory.name(driver)} was told after its remove()`, driver];
      }
    }
    return;
  });
}

/** A PE without a device that is there, which nobody is going to free. */
export function emptyPesFreed(cite: string): Invariant {
  return atEnd('empty-pe-freed', cite, 'leak', (memory) => {
    const empty = memory.live(eeh_pe.typeid).find((pe) => {
      if (isPhbPe(memory, pe)) return false;
      if (edevsOf(memory, pe).some((edev) => memory.read(edev + eeh_dev.pdev) !== 0)) return false;
      return entries(memory, pe + eeh_pe.child_list.at).length === 0;
    });
    return empty === undefined
      ? undefined
      : [`${memory.name(empty)} has no device any more and stays in the tree`, empty];
  });
}

/** A device that is announced has an eeh_dev that is its own, in a PE. */
export function devicesBound(cite: string): Invariant {
  return atEnd('device-bound', cite, 'assertion', (memory) => {
    for (const dev of memory.live(pci_dev.typeid)) {
      if (memory.read(dev + pci_dev.is_added) === 0) continue;
      const edev = memory.read(dev + pci_dev.edev);
      const bound = edev !== 0 && memory.read(edev + eeh_dev.pdev) === dev;
      if (!bound) return [`${memory.name(dev)} has no eeh_dev of its own`, dev];
      if (memory.read(edev + eeh_dev.pe) === 0) {
        return [`${memory.name(dev)} is in no PE: its failures will not be seen`, dev];
      }
    }
    return;
  });
}

/** Each driver was told after its last probe(). */
export function driversToldLast(cite: string): Invariant {
  return atEnd('driver-told', cite, 'assertion', (memory) => {
    const deaf = memory.live(pci_driver.typeid).find((driver) => {
      const history = historyOf(memory, driver);
      return history.findLastIndex(tells) <= history.lastIndexOf(DRIVER_PROBE);
    });
    return deaf === undefined
      ? undefined
      : [`${memory.name(deaf)} was not told of the failure`, deaf];
  });
}

import { expect, test } from 'vitest';
import { slot } from '../../../machines/slot.ts';
import { tableOf } from '../../../src/actor/table.ts';
import { eventCodes } from '../../../src/ops/events.ts';

/** Every move of pciehp.md 5.1 that writes ctrl->state, and the two of pcie_init(). */
const MOVES = [
  'NONE EMPTY_AT_PROBE OFF',
  'NONE POPULATED_AT_PROBE ON',
  'OFF BUTTON BLINKINGON',
  'OFF OCCUPIED POWERON',
  'OFF DISABLE POWEROFF',
  'BLINKINGON BUTTON OFF',
  'BLINKINGON OCCUPIED POWERON',
  'BLINKINGON DISABLE POWEROFF',
  'POWERON BROUGHT_UP ON',
  'POWERON FAILED OFF',
  'ON BUTTON BLINKINGOFF',
  'ON CHANGED POWEROFF',
  'ON DISABLE POWEROFF',
  'BLINKINGOFF BUTTON ON',
  'BLINKINGOFF CHANGED POWEROFF',
  'BLINKINGOFF DISABLE POWEROFF',
  'POWEROFF BROUGHT_DOWN OFF',
];

test('the slot moves as documented and in no other way', () => {
  const table = tableOf({ machine: slot, procedures: {} });
  const events = [...new Set(MOVES.map((move) => move.split(' ')[1] ?? ''))];
  const found = table.states.flatMap(({ name }, state) =>
    events.flatMap((event) => {
      const to = table.next(state, eventCodes(event)[event] ?? 0);
      return to < 0 ? [] : [`${name} ${event} ${table.states[to]?.name}`];
    }),
  );
  expect(found.toSorted()).toEqual(MOVES.toSorted());
  expect(table.states).toHaveLength(7);
});

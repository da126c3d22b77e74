import { describe, expect, test } from 'vitest';
import { controller, pciehp_ghost } from '../../actors/pciehp/structs.ts';
import type { Program } from '../../src/actor/program.ts';
import { brokenInvariants } from './pciehp_cell.ts';

/** A word of the laid out memory by its name. */
function wordOf(program: Program, object: string, field: number): number {
  const found = program.layout.objects.find(({ name }) => name === object);
  return (found?.base ?? 0) + field;
}

describe('the invariants of pciehp.md 3.1.6', () => {
  test('none is broken by the fix', () => {
    for (const race of ['probe', 'hot-add', 'hot-remove']) {
      expect(brokenInvariants(race, 'A2')).toEqual([]);
    }
  });

  test('I1, I4 and I2 are broken by 4.20-rc1 at boot', () => {
    expect(brokenInvariants('probe', 'A1')).toEqual([
      'event-delivered: lost-wakeup',
      'interrupt-not-declined: lost-wakeup',
      'command-completes: hung-task',
    ]);
  });

  test('I3 is broken by 4.20-rc1 for device_add and device_del', () => {
    const name = 'slot-follows-user: lost-wakeup';
    expect(brokenInvariants('hot-add', 'A1')).toContain(name);
    expect(brokenInvariants('hot-remove', 'A1')).toContain(name);
  });

  test('I5 is broken by the misplaced assignment', () => {
    expect(brokenInvariants('probe', 'A3')).toContain('slot-ctrl-tells-enables: assertion');
  });

  test('I6 is broken by a command that stays busy', () => {
    const busy = brokenInvariants('probe', 'A2', (words, program) => {
      words[wordOf(program, 'ctrl', controller.cmd_busy)] = 1;
    });
    expect(busy).toEqual(['command-engine-idle: assertion']);
  });

  test('I3’s times are broken by a slot that comes to rest too late', () => {
    const late = brokenInvariants('hot-add', 'A2', (words, program) => {
      const at = wordOf(program, 'ghost', pciehp_ghost.requested_at);
      words[at] = (words[at] ?? 0) - 10_000;
    });
    expect(late).toEqual(['slot-follows-in-time: hung-task']);
  });
});

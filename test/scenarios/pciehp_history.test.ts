import { describe, expect, test } from 'vitest';
import { PCI_EXP_SLTCTL_PCC } from '../../actors/hardware/pci_regs.ts';
import { qemu_port } from '../../actors/hardware/qemu_port_regs.ts';
import type { Program } from '../../src/actor/program.ts';
import { Engine } from '../../src/explore/engine.ts';
import { viewOf } from '../../src/explore/quiescence.ts';
import { replay } from '../../src/explore/replay.ts';
import { VERDICTS } from '../../src/oracles/verdict.ts';
import { dmesg } from '../../src/trace/dmesg.ts';
import { defaultMachine, searchedProgram, undisturbed } from './pciehp_cell.ts';

const { system } = await import('../../src/scenarios/pciehp_history.ts');

function programOf(race: string, design: string): Program {
  const machineName = 'default';
  return system.build({ race, design, machine: defaultMachine, machineName, quarantine: 8 });
}

/** What each row's driver does before the fix. */
const BEFORE: Readonly<Record<string, string>> = {
  'row-30': 'hung-task command-completes',
  'row-34': 'lost-wakeup hung-task',
  'row-35': 'lost-wakeup slot-follows-user',
  'row-37': 'hung-task command-completes',
  D3: 'lost-wakeup slot-follows-user',
};

for (const { id, expected } of system.races) {
  describe(`pciehp-history/${id}`, () => {
    test.each([
      ['before', BEFORE[id]],
      ['after', 'pass'],
    ])('%s: %s', (design, outcome) => {
      const { verdict, counterexample } = searchedProgram(programOf(id, design), 1);
      const wanted = expected[design]?.verdict ?? [];
      expect(wanted === 'open' ? VERDICTS : wanted).toContain(verdict);
      const oracle = counterexample?.finding.oracle;
      expect(oracle === undefined ? verdict : `${verdict} ${oracle}`).toBe(outcome);
    });
  });
}

test('row 37 prints the line of the report', () => {
  const { trace } = undisturbed(programOf('row-37', 'before'));
  expect(dmesg(trace)).toContain('Timeout on hotplug command 0x1038 (issued 65284 msec ago)');
});

test('row 34 needs a preemption between the publication and the interrupt', () => {
  const program = programOf('row-34', 'before');
  expect(searchedProgram(program, 0).verdict).toBe('pass');
  expect(searchedProgram(program, 1).counterexample?.preemptions).toBe(1);
});

test('power-follows-state: an OFF slot whose power is on is no good end', () => {
  const program = programOf('row-34', 'after');
  const engine = new Engine(program);
  replay(engine, { actors: [], choices: [] }, 20_000);
  const invariant = program.invariants.find(({ name }) => name === 'power-follows-state');
  expect(invariant?.check(viewOf(engine))).toBeUndefined();
  const at = program.layout.objects.find(({ name }) => name === 'ioh3420')?.base ?? 0;
  const control = at + qemu_port.sltctl;
  engine.W[control] = (engine.W[control] ?? 0) & ~PCI_EXP_SLTCTL_PCC;
  expect(invariant?.check(viewOf(engine))?.message).toBe('the slot is OFF, its power is on');
});

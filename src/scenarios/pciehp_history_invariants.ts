/** What a restore of config space must leave alone. */
import { PCI_EXP_SLTCAP_PCP, PCI_EXP_SLTCTL_PCC } from '../../actors/hardware/pci_regs.ts';
import { qemu_port } from '../../actors/hardware/qemu_port_regs.ts';
import { controller, OFF_STATE, ON_STATE } from '../../actors/pciehp/structs.ts';
import type { Invariant, MemoryView } from '../actor/program.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Watched } from './pciehp_command_invariants.ts';

/** All is quiet: a slot that is ON has power, one that is OFF has none. */
export function powerFollowsState(at: Watched): Invariant {
  return {
    name: 'power-follows-state',
    cite: 'pciehp.md 4 D3; assertion: somebody else wrote the power bit of Slot Control',
    when: 'end',
    check: (memory) => checkPower(memory, at),
  };
}

function checkPower(memory: MemoryView, { port, ctrl }: Watched): Finding | undefined {
  if ((memory.read(port + qemu_port.sltcap) & PCI_EXP_SLTCAP_PCP) === 0) return undefined;
  const addr = port + qemu_port.sltctl;
  const powered = (memory.read(addr) & PCI_EXP_SLTCTL_PCC) === 0;
  const state = memory.read(ctrl + controller.state);
  if ((state !== ON_STATE || powered) && (state !== OFF_STATE || !powered)) return undefined;
  const what = powered ? 'OFF, its power is on' : 'ON, its power is off';
  return { verdict: 'assertion', oracle: '', message: `the slot is ${what}`, addr };
}

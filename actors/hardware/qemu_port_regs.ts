/**
 * The state of a QEMU hotplug port of late 2018 (ioh3420), and what its registers hold after reset.
 * Source: pciehp.md 1.7.
 */
import { work_struct } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';
import {
  PCI_EXP_SLTCAP_ABP,
  PCI_EXP_SLTCAP_AIP,
  PCI_EXP_SLTCAP_EIP,
  PCI_EXP_SLTCAP_HPC,
  PCI_EXP_SLTCAP_HPS,
  PCI_EXP_SLTCAP_PCP,
  PCI_EXP_SLTCAP_PIP,
  PCI_EXP_SLTCAP_PSN_SHIFT,
  PCI_EXP_SLTCTL_ABPE,
  PCI_EXP_SLTCTL_AIC,
  PCI_EXP_SLTCTL_ATTN_IND_OFF,
  PCI_EXP_SLTCTL_CCIE,
  PCI_EXP_SLTCTL_EIC,
  PCI_EXP_SLTCTL_HPIE,
  PCI_EXP_SLTCTL_PCC,
  PCI_EXP_SLTCTL_PDCE,
  PCI_EXP_SLTCTL_PIC,
  PCI_EXP_SLTCTL_PWR_IND_OFF,
  PCI_EXP_SLTCTL_PWR_IND_ON,
  PCI_EXP_SLTCTL_PWR_OFF,
  PCI_EXP_SLTSTA_ABP,
  PCI_EXP_SLTSTA_CC,
  PCI_EXP_SLTSTA_PDC,
  PCI_EXP_SLTSTA_PDS,
} from './pci_regs.ts';

const BQL = 'the big QEMU lock';

/** One register is one word, whatever its width. */
export const qemu_port = struct('qemu_port', {
  lnkcap: word('Link Capabilities', 'const'),
  lnkctl: word('Link Control', BQL),
  lnksta: word('Link Status; in 2018 DLLLA is hard-wired (x-pcie-lnksta-dllla)', BQL),
  sltcap: word('Slot Capabilities', 'const'),
  sltctl: word('Slot Control', BQL),
  sltsta: word('Slot Status', BQL),
  hpev_notified: word('the aggregate of enabled events as last told to the guest', BQL),
  irq: word('irq_desc that the message ends at', 'const'),
  card: word('vendor and device id of function 0 on the bus behind, 0 = empty', BQL),
  card_command: word('Command register of that function', BQL),
  command: embed(work_struct, 'a command not completed yet, where that takes time'),
  overlaps: word('bookkeeping: commands written while one was outstanding'),
});

/** Events that this port can report; enable and status bits have the same positions. */
export const HPEV_MASK = PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC;

/** Bits of Slot Control that a write can change; all others read back 0. */
export const SLTCTL_WRITABLE =
  PCI_EXP_SLTCTL_PIC |
  PCI_EXP_SLTCTL_AIC |
  PCI_EXP_SLTCTL_HPIE |
  PCI_EXP_SLTCTL_CCIE |
  PCI_EXP_SLTCTL_PDCE |
  PCI_EXP_SLTCTL_ABPE |
  PCI_EXP_SLTCTL_EIC |
  PCI_EXP_SLTCTL_PCC;

/** Enable bits of Slot Control that the port implements. */
export const SLTCTL_ENABLES =
  PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_CCIE | PCI_EXP_SLTCTL_PDCE | PCI_EXP_SLTCTL_ABPE;

const ASPM_L0S = 0x400;
const WIDTH_X1 = 0x10;
const SPEED_2_5GT = 0x1;

/** Static values of pciehp.md 1.7: no link-active reporting at 2.5 GT/s, yet DLLLA reads 1. */
export const IOH3420_LNKCAP = ASPM_L0S | WIDTH_X1 | SPEED_2_5GT;
export const IOH3420_LNKSTA_2018 = WIDTH_X1 | SPEED_2_5GT | 0x2000;

export function ioh3420SlotCapabilities(slotNumber: number): number {
  const bits =
    PCI_EXP_SLTCAP_EIP |
    PCI_EXP_SLTCAP_PIP |
    PCI_EXP_SLTCAP_AIP |
    PCI_EXP_SLTCAP_ABP |
    PCI_EXP_SLTCAP_HPS |
    PCI_EXP_SLTCAP_HPC |
    PCI_EXP_SLTCAP_PCP;
  return (slotNumber << PCI_EXP_SLTCAP_PSN_SHIFT) | bits | 0;
}

/** Slot Control after reset: attention LED off; powered and lit only when populated. */
export function slotControlAtReset(populated: boolean): number {
  const power = populated
    ? PCI_EXP_SLTCTL_PWR_IND_ON
    : PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF;
  return PCI_EXP_SLTCTL_ATTN_IND_OFF | power;
}

/** Slot Status after reset: presence is a state, no event is pending. */
export function slotStatusAtReset(populated: boolean): number {
  return populated ? PCI_EXP_SLTSTA_PDS : 0;
}

/** An ixgbevf virtual function (8086:10ed), as in the mail: device id above vendor id. */
export const IXGBEVF_ID = 0x10ed8086;

/** The rows of pciehp.md 4: the slot each plays on, who calls, and what the fix changed. */
import {
  PCI_EXP_SLTCAP_HPC,
  PCI_EXP_SLTCAP_HPS,
  PCI_EXP_SLTCAP_PCP,
  PCI_EXP_SLTCAP_PSN_SHIFT,
  PCI_EXP_SLTCTL_PCC,
} from '../../actors/hardware/pci_regs.ts';
import {
  IOH3420_LNKSTA_2018,
  ioh3420SlotCapabilities,
  slotControlAtReset,
  slotStatusAtReset,
} from '../../actors/hardware/qemu_port_regs.ts';
import type { PciehpDesign, PciehpMode } from '../../actors/pciehp/design.ts';
import { occupied_by_presence } from '../../actors/pciehp/designs.ts';
import { polled_is_done, polled_stays_busy } from '../../actors/pciehp/pciehp_poll.ts';
import type { PciehpRow } from '../../actors/pciehp/record_design.ts';
import {
  quirk_listed,
  quirk_not_listed,
  restored_by_command,
  restored_directly,
  slot_not_published,
  slot_published,
} from '../../actors/pciehp/record_designs.ts';
import { REQUESTED_ADD, REQUESTED_DEL } from '../../actors/pciehp/structs.ts';
import { type Board, LNKSTA_DOWN } from './pciehp_command_board.ts';
import { designProcedures } from './pciehp_command_designs.ts';
import { erratum, type PortProcedures, qemu72, qemu2018 } from './pciehp_command_ports.ts';

export type Visitor = 'none' | 'user' | 'kexec' | 'restore';

/** All that a row may differ in. */
export type RowProcedures = PciehpDesign & PciehpRow & Pick<PciehpMode, 'command_polled'>;

export interface Row {
  readonly board: (slot: number) => Board;
  readonly port: PortProcedures;
  readonly pollMode: boolean;
  /** What the monitor does at 30 s; 0 nothing. */
  readonly request: number;
  /** The card was plugged before the driver came, and is wanted. */
  readonly wanted: boolean;
  readonly visitor: Visitor;
  readonly before: RowProcedures;
  readonly after: RowProcedures;
}

/** 4.20 with the fix of seed 004; what a row is about is written beside it. */
const linux420: RowProcedures = {
  ...designProcedures('A2'),
  command_polled: polled_stays_busy,
  quirk_cmd_compl: quirk_not_listed,
  slot_initialised: slot_not_published,
  slot_added: slot_published,
  restore_slot_ctrl: restored_directly,
};

function ioh3420(populated: boolean, slot: number): Board {
  return {
    lnksta: populated ? IOH3420_LNKSTA_2018 : LNKSTA_DOWN,
    sltcap: ioh3420SlotCapabilities(slot),
    sltctl: slotControlAtReset(populated),
    sltsta: slotStatusAtReset(populated),
    plugged: populated,
    enumerated: populated,
    erratumAssumed: true,
  };
}

/** Presence is wired to zero, there is no power control, and boot did not look behind the port. */
function presenceWiredToZero(slot: number): Board {
  const board = ioh3420(false, slot);
  return {
    ...board,
    lnksta: IOH3420_LNKSTA_2018,
    sltcap: board.sltcap & ~PCI_EXP_SLTCAP_PCP,
    sltctl: board.sltctl & ~PCI_EXP_SLTCTL_PCC,
    plugged: true,
  };
}

/** Neither button nor indicators nor power control: enabling notification writes 0x1038. */
function plain(slot: number): Board {
  const sltcap = PCI_EXP_SLTCAP_HPC | PCI_EXP_SLTCAP_HPS | (slot << PCI_EXP_SLTCAP_PSN_SHIFT);
  return { ...ioh3420(true, slot), sltcap, sltctl: 0, erratumAssumed: false };
}

const boot: Row = {
  board: (slot) => ioh3420(false, slot),
  port: qemu72,
  pollMode: false,
  request: 0,
  wanted: false,
  visitor: 'none',
  before: linux420,
  after: linux420,
};

const ROWS: Readonly<Record<string, Row>> = {
  'row-30': {
    ...boot,
    pollMode: true,
    request: REQUESTED_ADD,
    after: { ...linux420, command_polled: polled_is_done },
  },
  'row-34': {
    ...boot,
    visitor: 'user',
    before: { ...linux420, slot_initialised: slot_published, slot_added: slot_not_published },
  },
  'row-35': {
    ...boot,
    board: presenceWiredToZero,
    port: qemu2018,
    wanted: true,
    before: { ...linux420, slot_occupied: occupied_by_presence },
  },
  'row-37': {
    ...boot,
    board: plain,
    port: erratum,
    visitor: 'kexec',
    // Completion is polled for once the interrupt is off.
    before: { ...linux420, command_polled: polled_is_done },
    after: { ...linux420, command_polled: polled_is_done, quirk_cmd_compl: quirk_listed },
  },
  D3: {
    ...boot,
    board: (slot) => ioh3420(true, slot),
    request: REQUESTED_DEL,
    visitor: 'restore',
    after: { ...linux420, restore_slot_ctrl: restored_by_command },
  },
};

export function rowOf(race: string): Row {
  const row = ROWS[race];
  if (row === undefined) throw new Error(`[hotrace bug] pciehp-history: no race ${race}`);
  return row;
}

export function proceduresOf(row: Row, design: string): RowProcedures {
  if (design === 'before' || design === 'after') return row[design];
  throw new Error(`[hotrace bug] pciehp-history: no design ${design}`);
}

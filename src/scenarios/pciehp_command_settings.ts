/** What sets one race of pciehp-command apart from another: who acts, on which port, and how. */
import { REQUESTED_ADD, REQUESTED_DEL } from '../../actors/pciehp/structs.ts';
import { type PortProcedures, qemu72, qemu2018 } from './pciehp_command_ports.ts';

export interface Setting {
  /** What the monitor does once the guest is quiet; 0 nothing. */
  readonly request: number;
  readonly port: PortProcedures;
  /** The link is active whether or not a card is there. */
  readonly linkHardWired: boolean;
}

const probe: Setting = { request: 0, port: qemu2018, linkHardWired: true };
const hotAdd: Setting = { ...probe, request: REQUESTED_ADD };
const hotRemove: Setting = { ...probe, request: REQUESTED_DEL };
const in72 = { port: qemu72, linkHardWired: false } as const;

const SETTINGS: Readonly<Record<string, Setting>> = {
  probe,
  'hot-add': hotAdd,
  'hot-remove': hotRemove,
  'probe-7-2': { ...probe, ...in72 },
  'hot-add-7-2': { ...hotAdd, ...in72 },
  'hot-remove-7-2': { ...hotRemove, ...in72 },
};

export function settingOf(race: string): Setting {
  const setting = SETTINGS[race];
  if (setting === undefined) throw new Error(`[hotrace bug] pciehp-command: no race ${race}`);
  return setting;
}

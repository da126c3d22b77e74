/** What sets one race of pciehp-command apart from another: who acts, on which port, and how. */
import { REQUESTED_ADD, REQUESTED_DEL } from '../../actors/pciehp/structs.ts';
import {
  asynchronous,
  erratum,
  intx,
  type PortProcedures,
  qemu72,
  qemu2018,
  slow,
} from './pciehp_command_ports.ts';

export interface Setting {
  /** What the monitor does once the guest is quiet; 0 nothing. */
  readonly request: number;
  readonly port: PortProcedures;
  /** The link is active whether or not a card is there. */
  readonly linkHardWired: boolean;
  /** The port takes its time over commands: an actor of its own. */
  readonly sequencer: boolean;
  /** The driver takes the port for one with erratum CF118. */
  readonly erratumAssumed: boolean;
}

const probe: Setting = {
  request: 0,
  port: qemu2018,
  linkHardWired: true,
  sequencer: false,
  erratumAssumed: true,
};
const hotAdd: Setting = { ...probe, request: REQUESTED_ADD };
const hotRemove: Setting = { ...probe, request: REQUESTED_DEL };
const in72 = { port: qemu72, linkHardWired: false } as const;
const takesTime = { port: asynchronous, sequencer: true } as const;
const takesLong = { port: slow, sequencer: true } as const;
const noErratum = { erratumAssumed: false } as const;

const SETTINGS: Readonly<Record<string, Setting>> = {
  probe,
  'hot-add': hotAdd,
  'hot-remove': hotRemove,
  'probe-7-2': { ...probe, ...in72 },
  'hot-add-7-2': { ...hotAdd, ...in72 },
  'hot-remove-7-2': { ...hotRemove, ...in72 },
  'probe-async': { ...probe, ...takesTime },
  'hot-add-async': { ...hotAdd, ...takesTime },
  'hot-remove-async': { ...hotRemove, ...takesTime },
  'probe-async-no-erratum': { ...probe, ...takesTime, ...noErratum },
  'probe-slow': { ...probe, ...takesLong },
  'hot-add-slow': { ...hotAdd, ...takesLong },
  'probe-intx': { ...probe, port: intx },
  'hot-add-intx': { ...hotAdd, port: intx },
  'hot-remove-intx': { ...hotRemove, port: intx },
  'probe-no-erratum': { ...probe, ...noErratum },
  'probe-erratum': { ...probe, port: erratum },
  'probe-erratum-no-rule': { ...probe, port: erratum, ...noErratum },
};

export function settingOf(race: string): Setting {
  const setting = SETTINGS[race];
  if (setting === undefined) throw new Error(`[hotrace bug] pciehp-command: no race ${race}`);
  return setting;
}

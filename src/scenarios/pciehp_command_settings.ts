/** What sets one race of pciehp-command apart from another: who acts, on which port, and how. */
import type { PciehpMode } from '../../actors/pciehp/design.ts';
import { polled_is_done, polled_stays_busy } from '../../actors/pciehp/pciehp_poll.ts';
import { REQUESTED_ADD, REQUESTED_DEL } from '../../actors/pciehp/structs.ts';
import {
  asynchronous,
  erratum,
  intx,
  noResend,
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
  readonly mode: PciehpMode;
  /** What the slot's times grow by: two intervals of the poll thread, or a suspension. */
  readonly awayMs: number;
  /** The system sleeps while the monitor acts. */
  readonly suspends: boolean;
  /** Another service of the port signals on the same vector meanwhile. */
  readonly sharedVector: boolean;
  /** The driver takes the port for one with erratum CF118. */
  readonly erratumAssumed: boolean;
}

/** 4.20-rc1 with interrupts; it never polls while they are on. */
const byInterrupt: PciehpMode = { pciehp_poll_mode: 0, command_polled: polled_stays_busy };
const byPolling: PciehpMode = { pciehp_poll_mode: 1, command_polled: polled_stays_busy };
const byPollingFixed: PciehpMode = { pciehp_poll_mode: 1, command_polled: polled_is_done };

/** Once for the event, once for what the button's work asks for. */
const polls = { mode: byPolling, awayMs: 2 * 2048 } as const;
const pollsFixed = { mode: byPollingFixed, awayMs: 2 * 2048 } as const;

/** Commands are polled for while masked: with 92912b175178, or no design would get through. */
const suspends = {
  suspends: true,
  mode: { pciehp_poll_mode: 0, command_polled: polled_is_done },
  awayMs: 512,
} as const;

const probe: Setting = {
  request: 0,
  port: qemu2018,
  linkHardWired: true,
  sequencer: false,
  mode: byInterrupt,
  awayMs: 0,
  suspends: false,
  sharedVector: false,
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
  'hot-remove-slow': { ...hotRemove, ...takesLong },
  'probe-intx': { ...probe, port: intx },
  'hot-add-intx': { ...hotAdd, port: intx },
  'hot-remove-intx': { ...hotRemove, port: intx },
  'probe-no-erratum': { ...probe, ...noErratum },
  'hot-add-no-erratum': { ...hotAdd, ...noErratum },
  'hot-remove-no-erratum': { ...hotRemove, ...noErratum },
  'probe-poll': { ...probe, ...polls },
  'hot-add-poll': { ...hotAdd, ...polls },
  'hot-remove-poll': { ...hotRemove, ...polls },
  'probe-poll-fixed': { ...probe, ...pollsFixed },
  'hot-add-poll-fixed': { ...hotAdd, ...pollsFixed },
  'hot-remove-poll-fixed': { ...hotRemove, ...pollsFixed },
  disable: { ...hotRemove, ...suspends },
  'disable-hot-add': { ...hotAdd, ...suspends },
  'disable-no-resend': { ...hotRemove, ...suspends, port: noResend },
  'shared-vector': { ...hotRemove, ...suspends, sharedVector: true },
  'disable-hot-add-7-2': { ...hotAdd, ...suspends, ...in72 },
  'shared-vector-hot-add-7-2': { ...hotAdd, ...suspends, ...in72, sharedVector: true },
  'probe-erratum': { ...probe, port: erratum },
  'hot-add-erratum': { ...hotAdd, port: erratum },
  'hot-remove-erratum': { ...hotRemove, port: erratum },
  'probe-erratum-no-rule': { ...probe, port: erratum, ...noErratum },
};

export function settingOf(race: string): Setting {
  const setting = SETTINGS[race];
  if (setting === undefined) throw new Error(`[hotrace bug] pciehp-command: no race ${race}`);
  return setting;
}

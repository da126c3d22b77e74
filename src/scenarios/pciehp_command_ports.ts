/** Which port each race of pciehp-command plays on: frozen records of hardware procedures. */
import type { PortModel } from '../../actors/hardware/port_model.ts';
import {
  always_powered,
  cleared_by_message,
  clears_only_what_is_set,
  clears_what_is_written,
  complete_at_once,
  consents_by_change,
  consents_by_value,
  dropped_if_all,
  dropped_if_any,
  enable_silently,
  link_follows_card,
  link_hard_wired,
  notify_enabled,
  powered_by_control,
  return_from_edge,
  tell_by_message,
  unplug_by_button,
  unplug_by_state,
} from '../../actors/hardware/port_models.ts';
import {
  cleared_by_level,
  complete_controls_only,
  complete_later,
  complete_soon,
  return_from_level,
  tell_by_level,
} from '../../actors/hardware/port_timing.ts';

/** The big lock is the machine's. */
export type PortProcedures = Omit<PortModel, 'bql'>;

/** ioh3420 of late 2018 with MSI. */
export const qemu2018: PortProcedures = {
  port_tell: tell_by_message,
  port_cleared: cleared_by_message,
  port_enables_written: notify_enabled,
  port_complete: complete_at_once,
  port_drops_event: dropped_if_any,
  port_consents: consents_by_value,
  port_link: link_hard_wired,
  port_clears: clears_what_is_written,
  port_unplug: unplug_by_button,
  port_powers: always_powered,
  irq_return: return_from_edge,
};

/** The same of QEMU 7.2. */
export const qemu72: PortProcedures = {
  ...qemu2018,
  port_drops_event: dropped_if_all,
  port_consents: consents_by_change,
  port_link: link_follows_card,
  port_clears: clears_only_what_is_set,
  port_unplug: unplug_by_state,
  port_powers: powered_by_control,
};

/** Completes commands on its own, some time after the write. */
export const asynchronous: PortProcedures = { ...qemu2018, port_complete: complete_soon };

/** Completes commands milliseconds after the write. */
export const slow: PortProcedures = { ...qemu2018, port_complete: complete_later };

/** Has erratum CF118 for real. */
export const erratum: PortProcedures = { ...qemu2018, port_complete: complete_controls_only };

/** Without MSI. */
export const intx: PortProcedures = {
  ...qemu2018,
  port_tell: tell_by_level,
  port_cleared: cleared_by_level,
  irq_return: return_from_level,
};

/** Does not tell of events that are pending when they are enabled: the specification's option. */
export const noResend: PortProcedures = {
  ...qemu2018,
  port_enables_written: enable_silently,
};

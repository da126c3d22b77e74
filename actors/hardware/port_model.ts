/**
 * What one hotplug port does differently from another: a frozen record of procedures, called under
 * the big QEMU lock (except irq_return, which is the interrupt controller's).
 */
import type { Proc, Ptr } from '#ops';

export interface PortModel {
  /** The big QEMU lock: the port's state changes under it. */
  readonly bql: Ptr;
  /** The aggregate of enabled events became `next`. */
  readonly port_tell: (port: Ptr, next: number) => Proc<void>;
  /** Events were cleared, and the aggregate computed again. */
  readonly port_cleared: (port: Ptr) => Proc<void>;
  /** The aggregate after a write to Slot Control: an event may have become enabled. */
  readonly port_enables_written: (port: Ptr, d: PortModel) => Proc<void>;
  /** A command was written that changed these bits: Command Completed, now or later. */
  readonly port_complete: (port: Ptr, changed: number, d: PortModel) => Proc<void>;
  /** 1 when an event is dropped because of what Slot Status holds already. */
  readonly port_drops_event: (sltsta: number, events: number) => Proc<number>;
  /** 1 when this write to Slot Control lets the device go. */
  readonly port_consents: (old: number, value: number) => Proc<number>;
  /** A device came (1) or went (0): what the link shows. */
  readonly port_link: (port: Ptr, active: number) => Proc<void>;
  /** The bits of Slot Status that a write of `value` clears. */
  readonly port_clears: (sltsta: number, value: number) => Proc<number>;
  /** device_del. */
  readonly port_unplug: (port: Ptr, d: PortModel) => Proc<void>;
  /** 1 while function 0 behind the port answers config reads. */
  readonly port_powers: (port: Ptr) => Proc<number>;
  /** After a handler that declined (1) or served (0) its interrupt. */
  readonly irq_return: (irq: Ptr, action: Ptr, declined: number) => Proc<void>;
}

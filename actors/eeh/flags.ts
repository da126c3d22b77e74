/** Bit values of EEH (eeh.md 1.3.1). EEH_PE_INVALID is a type bit, EEH_PE_ISOLATED a state bit. */

// eeh_pe.type
export const EEH_PE_INVALID = 0x01;
export const EEH_PE_PHB = 0x02;
export const EEH_PE_DEVICE = 0x04;
export const EEH_PE_BUS = 0x08;

// eeh_pe.state
export const EEH_PE_ISOLATED = 0x01;
export const EEH_PE_RECOVERING = 0x02;
export const EEH_PE_CFG_BLOCKED = 0x04;
export const EEH_PE_RESET = 0x08;
/** RFC-A: removed from the tree and still referenced. */
export const EEH_PE_ORPHAN = 0x10;
export const EEH_PE_KEEP = 0x100;
export const EEH_PE_CFG_RESTRICTED = 0x200;
export const EEH_PE_REMOVED = 0x400;
export const EEH_PE_PRI_BUS = 0x800;

// eeh_dev.mode
export const EEH_DEV_BRIDGE = 0x01;
export const EEH_DEV_IRQ_DISABLED = 0x08;
export const EEH_DEV_DISCONNECTED = 0x10;
export const EEH_DEV_NO_HANDLER = 0x100;
export const EEH_DEV_REMOVED = 0x400;

// get_state
export const EEH_STATE_UNAVAILABLE = 0x01;
export const EEH_STATE_NOT_SUPPORT = 0x02;
export const EEH_STATE_RESET_ACTIVE = 0x04;
export const EEH_STATE_MMIO_ACTIVE = 0x08;
export const EEH_STATE_DMA_ACTIVE = 0x10;
export const EEH_STATE_MMIO_ENABLED = 0x20;
export const EEH_STATE_DMA_ENABLED = 0x40;
export const EEH_STATE_RUNNING =
  EEH_STATE_MMIO_ACTIVE | EEH_STATE_DMA_ACTIVE | EEH_STATE_MMIO_ENABLED | EEH_STATE_DMA_ENABLED;

// set_option
export const EEH_OPT_THAW_MMIO = 2;
export const EEH_OPT_THAW_DMA = 3;
export const EEH_OPT_FREEZE_PE = 4;

// reset
export const EEH_RESET_DEACTIVATE = 0;
export const EEH_RESET_HOT = 1;
export const EEH_RESET_FUNDAMENTAL = 3;

/** Reads on a frozen PE before the "reads ignored" warning. */
export const EEH_MAX_FAILS = 2_100_000;
export const EEH_MAX_FREEZES = 5;
export const FREEZE_WINDOW_MS = 3_600_000;
export const RESET_HOLD_MS = 250;
export const RESET_SETTLE_MS = 1800;
export const RESET_WAIT_MS = 300_000;
export const MAX_WAIT_FOR_RECOVERY_MS = 300_000;
export const STATE_WAIT_MIN_MS = 1000;
export const STATE_WAIT_MAX_MS = 300_000;
export const OPAL_TEMP_UNAVAIL_MS = 1000;
export const HOTPLUG_SETTLE_MS = 5000;
export const ATTEMPTS = 3;

/** get_state answers bits and, above them, how many ms the firmware wants to be left alone. */
const DELAY_SHIFT = 7;

export function with_delay(bits: number, delayMs: number): number {
  return bits | (delayMs << DELAY_SHIFT);
}

export function state_bits(answer: number): number {
  return answer & ((1 << DELAY_SHIFT) - 1);
}

export function state_delay_ms(answer: number): number {
  return answer >>> DELAY_SHIFT;
}

/** MMIO and DMA both run. */
export function eeh_state_active(answer: number): number {
  const both = EEH_STATE_MMIO_ACTIVE | EEH_STATE_DMA_ACTIVE;
  return (answer & both) === both ? 1 : 0;
}

// Callback phases, as eeh_pe_report() is told them.
export const REPORT_ERROR = 1;
export const REPORT_MMIO_ENABLED = 2;
export const REPORT_RESET = 3;
export const REPORT_RESUME = 4;
export const REPORT_FAILURE = 5;

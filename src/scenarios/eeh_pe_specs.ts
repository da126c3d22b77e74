/** What a board is made of, as the scripts of the races state it. */

export interface DriverSpec {
  readonly name: string;
  /** HAS_* bits. */
  readonly handlers: number;
  readonly errorDetected: number;
  readonly mmioEnabled: number;
  readonly slotReset: number;
  /** How long error_detected and remove block. */
  readonly blocksMs: number;
  readonly removeMs: number;
  /** Listens to its uevents; 0 = nobody. */
  readonly uevent: number;
  readonly usesMsi: boolean;
  /** error_detected removes what is behind its bridge. */
  readonly removesChildren?: boolean;
}

export interface FunctionSpec {
  /** As the machine names it. */
  readonly address: string;
  readonly devfn: number;
  readonly peNumber: number;
  readonly isBridge: boolean;
  /** Bus number behind a bridge. */
  readonly secondary: number;
  readonly driver: number;
  /** In a hotplug slot (pci_slot); 0 = not. */
  readonly slot: number;
  /** Line of its INTx interrupt; 0: MSI. */
  readonly irq: number;
}

/** A function on the board: hardware, device-tree node and eeh_dev are always there. */
export interface BoardFunction {
  readonly spec: FunctionSpec;
  readonly bus: number;
  readonly hardware: number;
  readonly pdn: number;
  readonly edev: number;
}

/** Slots of the slab caches beyond what exists at the start. */
export interface Spare {
  readonly pes: number;
  readonly devs: number;
  readonly buses: number;
  /** Events that memory is left for; 2 unless told. */
  readonly events?: number;
}

/** The systems that come with hotrace. Loaded late: a lowering must be installed before. */
import type { System } from './system.ts';

export interface SystemEntry {
  readonly id: string;
  readonly url: string;
}

export const SYSTEMS: readonly SystemEntry[] = [
  { id: 'eeh-pe', url: new URL('./eeh_pe.ts', import.meta.url).href },
  { id: 'phb-irq-map', url: new URL('./phb_irq_map.ts', import.meta.url).href },
  { id: 'vmap-alias', url: new URL('./vmap_alias.ts', import.meta.url).href },
  { id: 'pciehp-command', url: new URL('./pciehp_command.ts', import.meta.url).href },
  { id: 'pciehp-history', url: new URL('./pciehp_history.ts', import.meta.url).href },
  { id: 'dpc-hotplug', url: new URL('./dpc_hotplug.ts', import.meta.url).href },
  { id: 'pci-history', url: new URL('./pci_history.ts', import.meta.url).href },
  { id: 'eeh-history', url: new URL('./eeh_history.ts', import.meta.url).href },
];

/** Systems that are no subsystem of the kernel: found by their id, not part of `matrix`. */
export const BENCHES: readonly SystemEntry[] = [
  { id: 'locks', url: new URL('./locks.ts', import.meta.url).href },
];

/** The system of an id, if hotrace has it. */
export function systemEntry(id: string): SystemEntry | undefined {
  return [...SYSTEMS, ...BENCHES].find((entry) => entry.id === id);
}

/**
 * Loads a system module: it must export `system`.
 * @throws Error when the module has no such export.
 */
export async function loadSystem(url: string): Promise<System> {
  const module: unknown = await import(url);
  if (typeof module === 'object' && module !== null && 'system' in module) {
    // A system's own tests check its shape; a user's module is checked by isSystem.
    if (isSystem(module.system)) return module.system;
  }
  throw new Error(`${url} does not export a \`system\` (see docs/writing-a-system.md)`);
}

function isSystem(value: unknown): value is System {
  if (typeof value !== 'object' || value === null) return false;
  return 'id' in value && 'races' in value && 'designs' in value && 'build' in value;
}

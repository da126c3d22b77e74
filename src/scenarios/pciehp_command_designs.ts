/** The designs of pciehp.md 3.1.5 as frozen records of procedures. */
import type { PciehpDesign } from '../../actors/pciehp/design.ts';
import {
  copy_after_write,
  copy_before_merge,
  copy_before_write,
  copy_set_before_clear_after,
  copy_under_lock,
  masked_by_copy,
  masked_by_copy_clearing,
  masked_by_copy_locked,
  masked_by_register,
  never_masked,
  occupied_by_presence,
  occupied_by_presence_or_link,
} from '../../actors/pciehp/designs.ts';

const rc1: PciehpDesign = {
  hotplug_masked: masked_by_copy,
  commit_slot_ctrl: copy_after_write,
  slot_occupied: occupied_by_presence_or_link,
};

const DESIGNS: Readonly<Record<string, PciehpDesign>> = {
  A0: { ...rc1, hotplug_masked: never_masked, slot_occupied: occupied_by_presence },
  A1: rc1,
  A2: { ...rc1, commit_slot_ctrl: copy_before_write },
  A3: { ...rc1, commit_slot_ctrl: copy_before_merge },
  A4: { ...rc1, hotplug_masked: masked_by_register },
  A5: { ...rc1, hotplug_masked: masked_by_copy_clearing },
  A6: { ...rc1, commit_slot_ctrl: copy_set_before_clear_after },
  A7: { ...rc1, hotplug_masked: masked_by_copy_locked, commit_slot_ctrl: copy_under_lock },
};

export function designProcedures(design: string): PciehpDesign {
  const record = DESIGNS[design];
  if (record === undefined) throw new Error(`[hotrace bug] pciehp-command: no design ${design}`);
  return record;
}

/** rpaphp asks the firmware whether a slot is occupied (77583f77ed9b; eeh.md 3 #19). */
import { msleep, type Proc, type Ptr, read } from '#ops';
import { EEH_PE_RECOVERING } from '../eeh/flags.ts';
import { eeh_pe } from '../eeh/structs.ts';

/** Extended busy (9902) until the slot's reset would be through: about 6 s in all. */
const BUSY_MS = 1000;
const BUSY_TIMES = 6;

/** Before: asks until there is an answer. */
export function* get_sensor_busy(_pe: Ptr): Proc<void> {
  for (let i = 0; i < BUSY_TIMES; i++) yield msleep(BUSY_MS);
}

/** 77583f77ed9b: -EBUSY to whoever recovers the PE. */
export function* get_sensor_unless_recovering(pe: Ptr): Proc<void> {
  if (((yield read(pe + eeh_pe.state)) & EEH_PE_RECOVERING) !== 0) return;
  yield* get_sensor_busy(pe);
}

/** The locks that are timed, as records of two procedures: take it, release it. */
import { mutexes, rwsems, spinlocks } from '../sync/zoo.ts';

/** By `kind/name`; a readers-writer lock once for each side. */
export function lockDesigns(): ReadonlyMap<string, object> {
  const designs = new Map<string, object>();
  for (const [kind, locks] of Object.entries({ spinlock: spinlocks, mutex: mutexes })) {
    for (const [name, { lock, unlock }] of Object.entries(locks)) {
      designs.set(`${kind}/${name}`, Object.freeze({ lock, unlock }));
    }
  }
  for (const [name, d] of Object.entries(rwsems)) {
    const write = Object.freeze({ lock: d.down_write, unlock: d.up_write });
    designs.set(`rwsem/${name} write`, write);
    const read = Object.freeze({ lock: d.down_read, unlock: d.up_read });
    designs.set(`rwsem/${name} read`, read);
  }
  return designs;
}

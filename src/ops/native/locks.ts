/**
 * What stands behind the lock operations of a native run. The algorithms live in src/sync, above
 * this folder, so they are handed in: each is a procedure after lowering, that is a plain function.
 */

export interface NativeLocks {
  readonly spin_lock: (lock: number) => void;
  readonly spin_unlock: (lock: number) => void;
  readonly spin_trylock: (lock: number) => number;
  readonly mutex_lock: (lock: number) => void;
  readonly mutex_unlock: (lock: number) => void;
  readonly mutex_trylock: (lock: number) => number;
  readonly down_read: (lock: number) => void;
  readonly up_read: (lock: number) => void;
  readonly down_write: (lock: number) => void;
  readonly up_write: (lock: number) => void;
}

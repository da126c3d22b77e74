/** Memory of the lock conformance suite. */
import { mutex, rw_semaphore, spinlock } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word } from '../../src/memory/layout.ts';

export const arena = struct('lock_arena', {
  spinlock: embed(spinlock, 'the lock under test, if it spins'),
  mutex: embed(mutex, 'the lock under test, if it sleeps'),
  rwsem: embed(rw_semaphore, 'the lock under test, if it has readers'),
  counter: word('written without atomics', 'the lock under test'),
  copy: word('equal to counter', 'the lock under test'),
  missed: word('turns in which a trylock failed', 'the lock under test'),
  torn: word('1 if a reader saw counter and copy differ'),
});

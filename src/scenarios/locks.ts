/** The lock zoo and its broken twins as a system: `hotrace explore locks/ticket --design 3x2`. */
import { BROKEN } from '../sync/broken/index.ts';
import { ZOO } from '../sync/zoo.ts';
import { lockSystem } from './lock_system.ts';

const title = 'the lock algorithms and their broken twins';
export const system = lockSystem('locks', title, [...ZOO, ...BROKEN]);

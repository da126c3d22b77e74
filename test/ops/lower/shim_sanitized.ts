/** As shim_native.ts, with the site that the sanitized form puts first. */
import { siteOf } from '../../../src/ops/sites.ts';
import * as native from './shim_native.ts';

function sited<A extends readonly number[], R>(op: (...operands: A) => R) {
  return (site: number, ...operands: A): R => {
    if (siteOf(site) === undefined) throw new Error(`site ${site} is not registered`);
    return op(...operands);
  };
}

export const read = sited(native.read);
export const write = sited(native.write);
export const xchg = sited(native.xchg);
export const cmpxchg = sited(native.cmpxchg);
export const atomic_fetch_add = sited(native.atomic_fetch_add);
export const ctx_get = sited(native.ctx_get);
export const ctx_set = sited(native.ctx_set);

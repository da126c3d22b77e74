/** Binaryen writes and optimises the WebAssembly form. Large and optional: loaded on demand. */
import type binaryen from 'binaryen';

export type Binaryen = typeof binaryen;
export type BinaryenModule = binaryen.Module;

/** A package that only some commands need is not installed. The user's to mend, not ours. */
class MissingPackageError extends Error {
  override readonly name = 'MissingPackageError';
}

/** @throws MissingPackageError when the package is not installed. */
export async function loadBinaryen(
  load: () => Promise<{ readonly default: Binaryen }> = () => import('binaryen'),
): Promise<Binaryen> {
  try {
    return (await load()).default;
  } catch (error) {
    const missing = error instanceof Error && 'code' in error;
    if (!missing || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new MissingPackageError(
      'the WebAssembly form needs the package binaryen: npm install binaryen@132',
      { cause: error },
    );
  }
}

/** The node of a card leaves the device tree while somebody has its device open (eeh.md 3 #23). */
import { kfree, type Proc, type Ptr, read, refcount_dec_and_test, write } from '#ops';
import { eventCodes } from '../../src/ops/events.ts';
import { PCI_DN_FLAG_DEAD, pnv_dev, pnv_pdn } from './structs.ts';

const ev = eventCodes('DONE');

export type PdnDesign = Readonly<{
  /** pci_remove_device_node_info(), while the device is known to be there or not. */
  mark_pdn: (pdn: Ptr) => Proc<void>;
  remove_pdn: (pdn: Ptr) => Proc<void>;
}>;

export function* pdn_not_touched(_pdn: Ptr): Proc<void> {
  // It is left to the other place.
}

export function* pdn_freed(pdn: Ptr): Proc<void> {
  yield kfree(pdn);
}

/** A pci_dev was found for it: whoever releases that one frees the node. */
export function* pdn_marked_dead(pdn: Ptr): Proc<void> {
  yield write(pdn + pnv_pdn.flags, (yield read(pdn + pnv_pdn.flags)) | PCI_DN_FLAG_DEAD);
}

/** pcibios_release_device(): the PE of the device is asked for. */
function* put_pnv_dev(dev: Ptr): Proc<void> {
  if ((yield refcount_dec_and_test(dev + pnv_dev.ref.refcount)) === 0) return;
  const pdn = yield read(dev + pnv_dev.pdn);
  yield read(pdn + pnv_pdn.pe_number);
  if (((yield read(pdn + pnv_pdn.flags)) & PCI_DN_FLAG_DEAD) !== 0) yield kfree(pdn);
  yield kfree(dev);
}

export function* pnv_dev_close(_k: PdnDesign, _start: Ptr, _done: Ptr, dev: Ptr): Proc<number> {
  yield* put_pnv_dev(dev);
  return ev.DONE;
}

/** pnv_php's worker takes the card away: device, node. */
export function* pnv_php_rmv(
  k: PdnDesign,
  _start: Ptr,
  _done: Ptr,
  dev: Ptr,
  pdn: Ptr,
): Proc<number> {
  yield* k.mark_pdn(pdn);
  yield* put_pnv_dev(dev);
  yield* k.remove_pdn(pdn);
  return ev.DONE;
}

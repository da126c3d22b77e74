/** F5, 450be4960a0f (eeh.md 1.1.4): INTx users are counted in a global list under intx_mutex. */
import {
  GFP_KERNEL,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  read,
  refcount_dec_and_test,
  refcount_inc,
  refcount_set,
  write,
} from '#ops';
import { list_head } from '../../src/memory/kernel_structs.ts';
import { list_add_tail, list_del } from '../list.ts';
import { irq_create_mapping, irq_dispose_mapping } from './irqdomain.ts';
import type { IrqKernel } from './kernel.ts';
import { pci_intx_virq, phb_dev, phb_dn, phb_globals } from './structs.ts';

/** intx_mutex is held. */
function* intx_find(k: IrqKernel, virq: number): Proc<Ptr> {
  const head = k.g + phb_globals.intx_list.at;
  let node = yield read(head + list_head.next);
  while (node !== head) {
    const entry = node - pci_intx_virq.list_node.at;
    if ((yield read(entry + pci_intx_virq.virq)) === virq) return entry;
    node = yield read(node + list_head.next);
  }
  return 0;
}

/** The new entry comes first, so that a failure leaves no mapping behind. */
export function* pci_read_irq_line(k: IrqKernel, dev: Ptr): Proc<void> {
  const source = yield read((yield read(dev + phb_dev.dn)) + phb_dn.source);
  if (source === 0) return;
  const fresh = yield kzalloc(pci_intx_virq.typeid, GFP_KERNEL);
  if (fresh === 0) return;
  const virq = yield* irq_create_mapping(k, source);
  yield write(dev + phb_dev.irq, virq);
  yield mutex_lock(k.g + phb_globals.intx_mutex.at);
  const known = yield* intx_find(k, virq);
  if (known !== 0) {
    yield refcount_inc(known + pci_intx_virq.kref.refcount);
    yield kfree(fresh);
  } else {
    yield write(fresh + pci_intx_virq.virq, virq);
    yield refcount_set(fresh + pci_intx_virq.kref.refcount, 1);
    const head = k.g + phb_globals.intx_list.at;
    yield* list_add_tail(fresh + pci_intx_virq.list_node.at, head);
  }
  yield mutex_unlock(k.g + phb_globals.intx_mutex.at);
}

/** Proposed in August 2024: a device that comes back without a scan gets its mapping back. */
export function* remap_irq_line(k: IrqKernel, dev: Ptr): Proc<void> {
  if ((yield read(dev + phb_dev.irq)) !== 0) yield* pci_read_irq_line(k, dev);
}

/** ppc_pci_intx_release() by way of the bus notifier: by pdev->irq as it is now. */
export function* ppc_pci_unmap_irq_line(k: IrqKernel, dev: Ptr): Proc<void> {
  yield mutex_lock(k.g + phb_globals.intx_mutex.at);
  const virq = yield read(dev + phb_dev.irq);
  const entry = yield* intx_find(k, virq);
  if (entry !== 0) {
    if ((yield refcount_dec_and_test(entry + pci_intx_virq.kref.refcount)) !== 0) {
      yield* list_del(entry + pci_intx_virq.list_node.at);
      yield* irq_dispose_mapping(k, virq);
      yield kfree(entry);
    }
  }
  yield mutex_unlock(k.g + phb_globals.intx_mutex.at);
}

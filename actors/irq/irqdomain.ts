/**
 * virqs and what they are mapped to: irq_create_mapping(), irq_dispose_mapping(), and XIVE's part
 * of it, the ESB pages that are ioremapped for each source (eeh.md 1.1.2, 1.1.3).
 */
import {
  atomic_fetch_add,
  disable_irq_nosync,
  enable_irq,
  GFP_KERNEL,
  ghost_read,
  ghost_write,
  kfree,
  kzalloc,
  mutex_lock,
  mutex_unlock,
  type Proc,
  type Ptr,
  printk,
  read,
  synchronize_hardirq,
  write,
} from '#ops';
import type { IrqKernel } from './kernel.ts';
import {
  ACTIONS,
  FIRST_VIRQ,
  irq_table,
  MSI_HWIRQ,
  phb_ghost,
  phb_globals,
  VIRQS,
  virq_desc,
  xive_irq_data,
  xive_source,
} from './structs.ts';

/** irq_to_desc(): NULL for what is no virq, such as the contents of freed memory. */
export function* irq_to_desc(k: IrqKernel, virq: number): Proc<Ptr> {
  if (virq < FIRST_VIRQ || virq >= FIRST_VIRQ + VIRQS) return 0;
  return yield read(k.irq_table + irq_table.slot.at + virq - FIRST_VIRQ);
}

/** A descriptor under the first free number; 0 when there is none. irq_domain_mutex is held. */
function* irq_alloc_desc(k: IrqKernel): Proc<number> {
  for (let i = 0; i < VIRQS; i++) {
    const slot = k.irq_table + irq_table.slot.at + i;
    if ((yield read(slot)) === 0) {
      const desc = yield kzalloc(virq_desc.typeid, GFP_KERNEL);
      if (desc === 0) return 0;
      yield write(slot, desc);
      return FIRST_VIRQ + i;
    }
  }
  return 0;
}

/** ioremap() of one ESB page: from now on the hypervisor counts a translation. */
function* ioremap(source: Ptr): Proc<Ptr> {
  yield atomic_fetch_add(source + xive_source.translations, 1);
  return source;
}

function* iounmap(page: Ptr): Proc<void> {
  yield atomic_fetch_add(page + xive_source.translations, -1);
}

/** xive_irq_domain_map(). */
function* xive_irq_domain_map(desc: Ptr, source: Ptr): Proc<void> {
  const xd = yield kzalloc(xive_irq_data.typeid, GFP_KERNEL);
  yield write(xd + xive_irq_data.eoi_mmio, yield* ioremap(source));
  yield write(xd + xive_irq_data.trig_mmio, yield* ioremap(source));
  yield write(desc + virq_desc.chip_data, xd);
}

function* xive_irq_domain_unmap(desc: Ptr): Proc<void> {
  const xd = yield read(desc + virq_desc.chip_data);
  yield* iounmap(yield read(xd + xive_irq_data.eoi_mmio));
  yield* iounmap(yield read(xd + xive_irq_data.trig_mmio));
  yield kfree(xd);
}

/** The virq of a source: that which it has already, or a new one. */
export function* irq_create_mapping(k: IrqKernel, source: Ptr): Proc<number> {
  yield mutex_lock(k.g + phb_globals.irq_domain_mutex.at);
  let virq = yield read(source + xive_source.virq);
  if (virq === 0) {
    virq = yield* irq_alloc_desc(k);
    const fresh = yield* irq_to_desc(k, virq);
    if (fresh !== 0) {
      yield write(fresh + virq_desc.hwirq, yield read(source + xive_source.hwirq));
      yield write(fresh + virq_desc.source, source);
      yield* xive_irq_domain_map(fresh, source);
      yield write(source + xive_source.virq, virq);
    }
  }
  const desc = yield* irq_to_desc(k, virq);
  if (desc !== 0) yield* k.irq_mapping_get(desc);
  yield mutex_unlock(k.g + phb_globals.irq_domain_mutex.at);
  return virq;
}

/** One MSI vector. */
export function* msi_create_mapping(k: IrqKernel): Proc<number> {
  yield mutex_lock(k.g + phb_globals.irq_domain_mutex.at);
  const virq = yield* irq_alloc_desc(k);
  const desc = yield* irq_to_desc(k, virq);
  if (desc !== 0) {
    yield write(desc + virq_desc.hwirq, MSI_HWIRQ + virq);
    yield* k.irq_mapping_get(desc);
  }
  yield mutex_unlock(k.g + phb_globals.irq_domain_mutex.at);
  return virq;
}

/** It does not look whether a handler is still installed. */
export function* irq_dispose_mapping(k: IrqKernel, virq: number): Proc<void> {
  if (virq === 0) return;
  yield mutex_lock(k.g + phb_globals.irq_domain_mutex.at);
  const desc = yield* irq_to_desc(k, virq);
  if (desc !== 0 && (yield* k.irq_mapping_put(desc)) !== 0) {
    yield* note_use(k, desc, virq);
    const source = yield read(desc + virq_desc.source);
    if (source !== 0) yield* irq_domain_disassociate(desc, source);
    yield write(k.irq_table + irq_table.slot.at + virq - FIRST_VIRQ, 0);
    // The grace period before the descriptor goes: no handler is inside it any more.
    if (source !== 0) yield synchronize_hardirq(source + xive_source.line.at);
    yield kfree(desc);
  }
  yield mutex_unlock(k.g + phb_globals.irq_domain_mutex.at);
}

/** irq_shutdown(): masked until the first handler is installed again. */
export function* irq_mask(source: Ptr): Proc<void> {
  const line = source + xive_source.line.at;
  if ((yield read(source + xive_source.line.depth)) === 0) yield disable_irq_nosync(line);
}

/** irq_startup(). */
export function* irq_unmask(source: Ptr): Proc<void> {
  const line = source + xive_source.line.at;
  while ((yield read(source + xive_source.line.depth)) > 0) yield enable_irq(line);
}

/** Masks the source, waits for a handler that runs, and takes the mapping apart. */
function* irq_domain_disassociate(desc: Ptr, source: Ptr): Proc<void> {
  yield* irq_mask(source);
  yield synchronize_hardirq(source + xive_source.line.at);
  yield* xive_irq_domain_unmap(desc);
  yield write(source + xive_source.virq, 0);
}

/** For the invariant that no mapping is disposed of in use (eeh.md 2.1.4 #5). */
function* note_use(k: IrqKernel, desc: Ptr, virq: number): Proc<void> {
  for (let i = 0; i < ACTIONS; i++) {
    if ((yield ghost_read(desc + virq_desc.actions.at + i)) !== 0) {
      yield printk('irq %d is disposed of with a handler installed', virq);
      if ((yield ghost_read(k.ghost + phb_ghost.disposed_in_use)) === 0) {
        yield ghost_write(k.ghost + phb_ghost.disposed_in_use, virq);
      }
    }
  }
}

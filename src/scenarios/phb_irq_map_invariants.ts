/**
 * What must hold of INTx mappings when everything is quiet: eeh.md 2.1.4, invariants 3 to 7 (1 and
 * 2 are KASAN's). Judged at the end, so that a run that violates one still shows what came of it.
 * They read memory; no design is known here.
 */
import {
  BYSTANDER_VALUE,
  FIRST_VIRQ,
  irq_table,
  kmalloc_16,
  MSI_HWIRQ,
  pci_intx_virq,
  phb_dev,
  phb_dn,
  phb_ghost,
  phb_globals,
  VIRQS,
  virq_desc,
  xive_source,
} from '../../actors/irq/structs.ts';
import type { Invariant, Measure, MemoryView } from '../actor/program.ts';
import type { Finding, Verdict } from '../oracles/verdict.ts';

/** Addresses of what is looked at. */
export interface Looked {
  readonly g: number;
  readonly irq_table: number;
  readonly ghost: number;
  readonly sources: readonly number[];
  /** Words that may be somebody else’s, where there is such a one. */
  readonly foreign: readonly number[];
}

type Check = (memory: MemoryView, at: Looked) => Finding | undefined;

export function irqInvariants(at: Looked): readonly Invariant[] {
  const end = (name: string, cite: string, check: Check): Invariant => {
    return { name, cite, when: 'end', check: (memory) => check(memory, at) };
  };
  return [
    end(
      'interrupt-delivered',
      'eeh.md 2.1.1 I0-C; lost-wakeup: a function with a driver asserts INTx and nobody comes',
      checkDelivered,
    ),
    end(
      'mapping-outlives-handlers',
      'eeh.md 2.1.4 #5; assertion: a mapping was disposed of while a handler was installed',
      checkDisposed,
    ),
    end(
      'virq-means-one-line',
      'eeh.md 2.1.4 #7; assertion: the virq that a live function holds is another line’s now',
      checkOtherLine,
    ),
    end(
      'irq-is-mapped',
      'eeh.md 2.1.4 #3; assertion: the virq that a live function holds means nothing',
      checkMapped,
    ),
    end('count-is-users', 'eeh.md 2.1.4 #4; refcount: counted and real users differ', checkCount),
    end(
      'last-user-unmaps',
      'eeh.md 2.1.4 #6; leak: nobody uses the mapping, its ESB pages stay mapped',
      checkLeft,
    ),
    {
      name: 'bystander-intact',
      cite: 'eeh.md 2.1.2; use-after-free: memory that was freed is written by its former owner',
      when: at.foreign,
      check: (memory) => checkBystander(memory, at),
    },
  ];
}

export function irqMeasures({ ghost, sources }: Looked): readonly Measure[] {
  const word = (name: string, unit: string, field: number): Measure => {
    return { name, unit, read: (memory) => memory.read(ghost + field) };
  };
  return [
    {
      name: 'ESB pages mapped at the end',
      unit: 'pages',
      read: (memory) =>
        sources.reduce((sum, at) => sum + memory.read(at + xive_source.translations), 0),
    },
    word('interrupts waited for in vain', 'times', phb_ghost.timeouts),
    word('request_irq refused', 'times', phb_ghost.refused),
    word('mappings not recorded', 'times', phb_ghost.unregistered),
    word('isolate refused (-9001)', 'times', phb_ghost.isolate_refused),
  ];
}

function finding(verdict: Verdict, message: string, addr: number): Finding {
  // The engine writes the invariant's name here.
  return { verdict, oracle: '', message, addr };
}

interface User {
  readonly dev: number;
  /** Its function's node. */
  readonly dn: number;
  readonly source: number;
  /** Its INTx virq: pci_dev.irq, or what MSI has put aside. */
  readonly virq: number;
}

/** Functions that are announced and have an INTx virq. */
function usersOf(memory: MemoryView): readonly User[] {
  return memory.live(phb_dev.typeid).flatMap((dev) => {
    if (memory.read(dev + phb_dev.is_added) === 0) return [];
    const msi = memory.read(dev + phb_dev.msi_enabled) !== 0;
    const virq = memory.read(dev + (msi ? phb_dev.default_irq : phb_dev.irq));
    const dn = memory.read(dev + phb_dev.dn);
    return virq === 0 ? [] : [{ dev, dn, source: memory.read(dn + phb_dn.source), virq }];
  });
}

function descOf(memory: MemoryView, at: Looked, virq: number): number {
  const index = virq - FIRST_VIRQ;
  const known = index >= 0 && index < VIRQS;
  return known ? memory.read(at.irq_table + irq_table.slot.at + index) : 0;
}

function hwirq(memory: MemoryView, source: number): string {
  return `0x${memory.read(source + xive_source.hwirq).toString(16)}`;
}

function checkDelivered(memory: MemoryView): Finding | undefined {
  const { read } = memory;
  for (const { dev, dn, virq } of usersOf(memory)) {
    if (read(dn + phb_dn.asserts) === 0) continue;
    const message = `${memory.name(dn)} asserts INTx, its driver waits on irq ${virq} in vain`;
    return finding('lost-wakeup', message, dev + phb_dev.irq);
  }
  return undefined;
}

function checkDisposed(memory: MemoryView, at: Looked): Finding | undefined {
  const addr = at.ghost + phb_ghost.disposed_in_use;
  const virq = memory.read(addr);
  if (virq === 0) return undefined;
  return finding('assertion', `irq ${virq} was disposed of with a handler installed`, addr);
}

function checkOtherLine(memory: MemoryView, at: Looked): Finding | undefined {
  for (const { dev, dn, source, virq } of usersOf(memory)) {
    const desc = descOf(memory, at, virq);
    if (desc === 0) continue;
    const mapped = memory.read(desc + virq_desc.source);
    if (mapped === source) continue;
    const now = mapped === 0 ? 'an MSI vector' : `line ${hwirq(memory, mapped)}`;
    const message =
      `${memory.name(dn)} is on line ${hwirq(memory, source)} and holds irq ${virq}, ` +
      `which is ${now} now`;
    return finding('assertion', message, dev + phb_dev.irq);
  }
  return undefined;
}

function checkMapped(memory: MemoryView, at: Looked): Finding | undefined {
  for (const { dev, dn, virq } of usersOf(memory)) {
    if (descOf(memory, at, virq) !== 0) continue;
    const message = `${memory.name(dn)} holds irq ${virq}, which is not mapped any more`;
    return finding('assertion', message, dev + phb_dev.irq);
  }
  return undefined;
}

function checkCount(memory: MemoryView, at: Looked): Finding | undefined {
  const using = (virq: number): number =>
    usersOf(memory).filter((user) => user.virq === virq).length;
  for (const entry of memory.live(pci_intx_virq.typeid)) {
    const virq = memory.read(entry + pci_intx_virq.virq);
    const addr = entry + pci_intx_virq.kref.refcount;
    const off = differs(virq, memory.read(addr), using(virq), addr);
    if (off !== undefined) return off;
  }
  for (let virq = FIRST_VIRQ; virq < FIRST_VIRQ + VIRQS; virq++) {
    const desc = descOf(memory, at, virq);
    // 0: this kernel counts no users of mappings. MSI vectors are their driver’s affair.
    if (desc === 0 || memory.read(desc + virq_desc.hwirq) >= MSI_HWIRQ) continue;
    const refs = memory.read(desc + virq_desc.refs);
    const off = refs === 0 ? undefined : differs(virq, refs, using(virq), desc + virq_desc.refs);
    if (off !== undefined) return off;
  }
  return undefined;
}

function differs(virq: number, counted: number, real: number, addr: number): Finding | undefined {
  if (counted === real || real === 0) return undefined;
  return finding('refcount', `irq ${virq} counts ${counted} users and has ${real}`, addr);
}

function checkLeft(memory: MemoryView, at: Looked): Finding | undefined {
  for (const source of at.sources) {
    const pages = memory.read(source + xive_source.translations);
    if (pages === 0 || usersOf(memory).some((user) => user.source === source)) continue;
    const virq = memory.read(source + xive_source.virq);
    const message =
      `line ${hwirq(memory, source)} has no user and is still mapped as irq ${virq}, with ` +
      `${pages} ESB pages: RTAS refuses to isolate it (-9001)`;
    return finding('leak', message, source + xive_source.translations);
  }
  return undefined;
}

function checkBystander(memory: MemoryView, { g }: Looked): Finding | undefined {
  const object = memory.read(g + phb_globals.bystander);
  if (object === 0) return undefined;
  for (let i = 0; i < kmalloc_16.entry.length; i++) {
    const word = memory.read(object + kmalloc_16.entry.at + i);
    if (word === (i === 0 ? BYSTANDER_VALUE : 0)) continue;
    const addr = object + kmalloc_16.entry.at + i;
    const message =
      `word ${i} of ${memory.name(object)}, which is somebody else’s by now, was overwritten ` +
      `with 0x${word.toString(16)}`;
    return finding('use-after-free', message, addr);
  }
  return undefined;
}

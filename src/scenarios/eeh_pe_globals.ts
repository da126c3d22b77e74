/** The kernel's global objects of an eeh-pe run, and how an image is written word by word. */
import type { Globals } from '../../actors/eeh/kernel.ts';
import { eeh_ledger, eeh_snapshots } from '../../actors/eeh/structs.ts';
import { pci_function, pe_regs, phb_regs } from '../../actors/hardware/phb_regs.ts';
import { pci_controller } from '../../actors/pci/structs.ts';
import type { AnyStruct, ImageBuilder } from '../memory/image.ts';
import { completion, list_head, mutex, rw_semaphore, spinlock } from '../memory/kernel_structs.ts';
import { struct, word } from '../memory/layout.ts';

/** eehd's stack, as far as others get its address. */
const eehd_stack = struct('eehd_stack', {
  result: word('aggregate of the answers of drivers', 'eehd only'),
});

/** Writes initial words: fields and lists. */
export class Poker {
  readonly #builder: ImageBuilder;

  constructor(builder: ImageBuilder) {
    this.#builder = builder;
  }

  set(base: number, words: readonly (readonly [number, number])[]): void {
    for (const [offset, value] of words) this.#builder.poke(base + offset, value);
  }

  emptyList(head: number): void {
    this.set(head, [
      [list_head.next, head],
      [list_head.prev, head],
    ]);
  }

  listAddTail(entry: number, head: number): void {
    const last = this.#builder.peek(head + list_head.prev);
    this.set(entry, [
      [list_head.next, head],
      [list_head.prev, last],
    ]);
    this.set(last, [[list_head.next, entry]]);
    this.set(head, [[list_head.prev, entry]]);
  }
}

/** `result` on the stack of a recovery thread. */
export function resultWord(builder: ImageBuilder, name: string): number {
  return builder.static_(name, eehd_stack) + eehd_stack.result;
}

type LateGlobals = Pick<Globals, 'eeh_mutex' | 'eeh_snapshots'>;
type EarlyGlobals = Omit<Globals, keyof LateGlobals>;

/** What single designs need beside them; behind the slab caches, so that nothing else moves. */
export function layOutLateGlobals(builder: ImageBuilder): LateGlobals {
  return {
    eeh_mutex: builder.static_('eeh_mutex', mutex),
    eeh_snapshots: builder.static_('eeh_snapshots', eeh_snapshots),
  };
}

export function layOutGlobals(builder: ImageBuilder, poker: Poker): EarlyGlobals {
  const make = (name: string, type: AnyStruct): number => builder.static_(name, type);
  const list = (name: string): number => {
    const head = make(name, list_head);
    poker.emptyList(head);
    return head;
  };
  return {
    pci_rescan_remove_lock: make('pci_rescan_remove_lock', mutex),
    pci_bus_sem: make('pci_bus_sem', rw_semaphore),
    rpadlpar_mutex: make('rpadlpar_mutex', mutex),
    confirm_error_lock: make('confirm_error_lock', spinlock),
    eeh_eventlist_lock: make('eeh_eventlist_lock', spinlock),
    eeh_eventlist: list('eeh_eventlist'),
    eeh_eventlist_event: make('eeh_eventlist_event', completion),
    eeh_phb_pe: list('eeh_phb_pe'),
    piar_lock: make('piar_lock', spinlock),
    pci_io_addr_cache: list('pci_io_addr_cache'),
    rtas_lock: make('rtas_lock', spinlock),
    eeh_pe_lock: make('eeh_pe_lock', spinlock),
    eeh_orphan_lock: make('eeh_orphan_lock', spinlock),
    eeh_orphan_pes: list('eeh_orphan_pes'),
    eehd_result: resultWord(builder, 'eehd_stack'),
    ledger: make('ledger', eeh_ledger),
  };
}

/** Registers of a PE number, made with its first function; all functions of it are chained. */
export function peRegisters(
  builder: ImageBuilder,
  poker: Poker,
  phb: number,
  number: number,
  hardware: number,
): number {
  const phbRegs = builder.peek(phb + pci_controller.private_data);
  const first = builder.peek(phbRegs + phb_regs.pes);
  let regs = first;
  while (regs !== 0 && builder.peek(regs + pe_regs.number) !== number) {
    regs = builder.peek(regs + pe_regs.next);
  }
  if (regs === 0) {
    regs = builder.static_(`PE#${number.toString(16)} registers`, pe_regs);
    poker.set(regs, [
      [pe_regs.number, number],
      [pe_regs.next, first],
    ]);
    poker.set(phbRegs, [[phb_regs.pes, regs]]);
  }
  const before = builder.peek(regs + pe_regs.functions);
  poker.set(hardware, [[pci_function.pe_sibling, before]]);
  poker.set(regs, [[pe_regs.functions, hardware]]);
  return regs;
}

/** EEH's objects (eeh.md 1.3.1): only fields that the models use, with what guards them in fact. */
import { kref, list_head } from '../../src/memory/kernel_structs.ts';
import { embed, struct, word, words } from '../../src/memory/layout.ts';

/** Saved return addresses that the models keep of stack_trace[64]. */
const STACK_TRACE_WORDS = 1;

export const eeh_pe = struct('eeh_pe', {
  type: word('EEH_PE_* type bits; rewritten by tree insert and remove'),
  state: word('EEH_PE_* state bits; non-atomic read-modify-write from every context'),
  addr: word('PE number', 'const'),
  phb: word('pci_controller', 'const'),
  bus: word('cached primary bus, valid with EEH_PE_PRI_BUS (powernv)'),
  check_count: word('reads of ~0 since it was isolated', 'confirm_error_lock'),
  freeze_count: word('freezes in the current hour', 'eehd only'),
  tstamp: word('virtual ms at which that hour began', 'eehd only'),
  false_positives: word('reads of ~0 that were no freeze', 'confirm_error_lock'),
  pass_dev_cnt: word('devices handed to a guest', 'eeh_dev_mutex'),
  parent: word('PE above; guarded by eeh_pe_lock in RFC-A, by nothing elsewhere'),
  child_list: embed(list_head, 'PEs below; guarded by eeh_pe_lock in RFC-A, else by nothing'),
  child: embed(list_head, 'link in parent->child_list, or in eeh_phb_pe for a PHB PE'),
  edevs: embed(list_head, 'eeh_devs in it; no lock in any design but those under the mutex'),
  trace_entries: word('entries of stack_trace'),
  stack_trace: words(STACK_TRACE_WORDS, 'where the failure was noticed'),
  kref: embed(kref, 'RFC-A: 1 for being in the tree, one more for each stored pointer'),
  orphan: embed(list_head, 'RFC-A: link in eeh_orphan_pes; guarded by eeh_orphan_lock'),
});

export const eeh_dev = struct('eeh_dev', {
  mode: word('EEH_DEV_* bits'),
  bdfn: word('bus << 8 | devfn', 'const'),
  controller: word('pci_controller', 'const'),
  pe_config_addr: word('number of the PE it belongs to'),
  config_space: word('saved config space: the base address stands for all 16 words'),
  pe: word('the PE it is in; read by detectors without a lock'),
  entry: embed(list_head, 'link in pe->edevs'),
  pdn: word('pci_dn that it was allocated with', 'const'),
  pdev: word('the pci_dev bound to it; read by detectors and eehd without a lock'),
  in_error: word('error_detected was called and resume was not', 'eehd only'),
  seen_in: word('bookkeeping: number of the report at whose start it was there'),
  visits: word('bookkeeping: visits by that report'),
});

export const eeh_event = struct('eeh_event', {
  list: embed(list_head, 'link in eeh_eventlist; guarded by eeh_eventlist_lock'),
  pe: word('the PE that failed', 'const'),
  edev: word('deferral: the suspect, whose PE nobody has looked at yet', 'const'),
  recorded_ms: word('bookkeeping: virtual ms at which the suspect was recorded'),
  overtaken: word('bookkeeping: events that came later and were taken first'),
});

export const pci_io_addr_range = struct('pci_io_addr_range', {
  list: embed(list_head, 'link in the address cache (an rb-tree in the kernel); piar_lock'),
  addr: word('address of the device', 'const'),
  edev: word('whose it is: used after piar_lock was dropped', 'const'),
  pcidev: word('the pci_dev that it was inserted for', 'const'),
});

/** Threads, and how much one of them can collect: entries of two words (PE, or edev and pdev). */
const THREADS = 10;
export const SNAPSHOT_MAX = 6;

/** The temporary list of a thread that walks a snapshot; one after the other, by its number. */
export const eeh_snapshots = struct('eeh_snapshots', {
  count: words(THREADS, 'entries collected; 0: no walk is going on', 'that thread only'),
  at: words(THREADS, 'entry that the walk is at', 'that thread only'),
  first: words(THREADS * SNAPSHOT_MAX, 'PEs, referenced; or eeh_devs', 'that thread only'),
  second: words(THREADS * SNAPSHOT_MAX, 'pci_devs, referenced', 'that thread only'),
  undecided_ms: word('bookkeeping: longest time from recording a suspect to the decision'),
});

/** Words that the laboratory keeps beside the kernel: for measures and end conditions only. */
export const eeh_ledger = struct('eeh_ledger', {
  freezes: word('freezes that the hardware made'),
  detected_ms: word('virtual ms of the first report of a failure'),
  recovered_ms: word('virtual ms at which eehd last finished an event'),
  events_handled: word('events that eehd finished'),
  successes: word('recoveries that ended with "Recovery successful."'),
  rescan_since_ms: word('virtual ms at which pci_rescan_remove_lock was last taken'),
  rescan_hold_ms: word('longest hold of pci_rescan_remove_lock'),
  report: word('number of the current report'),
  edevs_existing: word('edevs there through a whole report, over all reports'),
  edevs_visited: word('of these: visited exactly once'),
  detector_ms: word('longest time from a failing read to its event in the queue'),
  overtaken: word('most often that one event was overtaken in the queue'),
  traversals_incomplete: word('"Traversal possibly incomplete" (RFC-A)'),
});

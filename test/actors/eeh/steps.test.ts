/** Procedures step by step, held against the order in the document. */
import { describe, expect, test } from 'vitest';
import { eeh_check_state } from '../../../actors/eeh/eeh_check.ts';
import { eeh_pe_get, eeh_pe_state_clear } from '../../../actors/eeh/eeh_pe.ts';
import {
  EEH_PE_INVALID,
  EEH_PE_ISOLATED,
  EEH_PE_KEEP,
  EEH_PE_RECOVERING,
  EEH_PE_REMOVED,
} from '../../../actors/eeh/flags.ts';
import { eeh_dev, eeh_pe } from '../../../actors/eeh/structs.ts';
import { list_add, list_add_tail, list_del } from '../../../actors/list.ts';
import { pci_dev } from '../../../actors/pci/structs.ts';
import { LoneActor } from './lone_actor.ts';

const FN = '0002:01:00.0';
const EDEV = `edev ${FN}`;

/** What one procedure did on a fresh board, without reads. */
function did(race: string, design: string, run: (actor: LoneActor) => void): LoneActor {
  const actor = new LoneActor(race, design);
  run(actor);
  return actor;
}

/** The steps that match, in order. */
function only(actor: LoneActor, pattern: RegExp): string[] {
  return actor.done.filter((step) => pattern.test(step));
}

describe('lists', () => {
  test('list_del unlinks, then poisons', () => {
    const entry = `${EDEV}.entry`;
    const { done } = did('T5', 'none', (a) => a.run(list_del(a.at(EDEV, eeh_dev.entry.at))));
    expect(done).toEqual([
      'W PE#2.edevs.prev = &PE#2.edevs.next',
      'W PE#2.edevs.next = &PE#2.edevs.next',
      `W ${entry}.next = LIST_POISON1`,
      `W ${entry}.prev = LIST_POISON2`,
    ]);
  });

  test('the last write of an insertion makes the entry reachable from the front', () => {
    const entry = 'W edev 0000:01:00.1.entry';
    for (const insert of [list_add, list_add_tail]) {
      const actor = new LoneActor('T2', 'none');
      const head = actor.at('PE#2', eeh_pe.edevs.at);
      actor.run(insert(actor.at('PHB#0-PE', eeh_pe.orphan.at), head));
      expect(actor.done.at(-1)).toMatch(/\.next = &PHB#0-PE\.orphan\.next$/);
      expect(actor.done[0]).toMatch(/\.prev = &PHB#0-PE\.orphan\.next$/);
      const tail = insert === list_add_tail;
      expect(actor.done.at(-1)?.startsWith(entry)).toBe(tail);
    }
  });
});

describe('the tree', () => {
  test('a lookup walks from the PHB PE to the PE with the number', () => {
    const actor = new LoneActor('T8', 'none');
    const found = actor.run(eeh_pe_get(actor.k, actor.at('PHB#0'), 2));
    expect(found).toBe(actor.at('PE#2'));
    expect(actor.run(eeh_pe_get(actor.k, actor.at('PHB#0'), 9))).toBe(0);
  });

  test('4.19 frees an empty PE although it recovers; from 5.4 on it becomes INVALID', () => {
    const remove = (a: LoneActor): void => {
      a.W[a.at('PE#2', eeh_pe.state)] = EEH_PE_RECOVERING;
      a.run(a.k.eeh_pe_tree_remove(a.k, a.at(EDEV)));
    };
    expect(did('T5', 'none', remove).done.at(-1)).toBe('kfree(PE#2)');
    const kept = did('T5', 'keep-flag', remove);
    expect(kept.done.at(-1)).toBe('W PE#2.type = 0x5');
    expect(kept.word('PE#2', eeh_pe.type) & EEH_PE_INVALID).toBe(EEH_PE_INVALID);
  });

  test('a PE that comes back is revived, without its old state being looked at', () => {
    const actor = new LoneActor('T5', 'keep-flag');
    actor.W[actor.at('PE#2', eeh_pe.state)] = EEH_PE_KEEP | EEH_PE_RECOVERING;
    actor.run(actor.k.eeh_pe_tree_remove(actor.k, actor.at(EDEV)));
    actor.run(actor.k.eeh_pe_tree_insert(actor.k, actor.at(EDEV), 0));
    expect(actor.word('PE#2', eeh_pe.type) & EEH_PE_INVALID).toBe(0);
    expect(actor.word(EDEV, eeh_dev.pe)).toBe(actor.at('PE#2'));
  });

  test('a new PE is linked below its parent before it has an edev', () => {
    const actor = new LoneActor('T3', 'none');
    const edev = 'edev 0000:01:00.0';
    const parent = actor.at('PE#1');
    actor.run(actor.k.eeh_pe_tree_insert(actor.k, actor.at(edev), parent));
    const linked = actor.done.findIndex((s) => /^W PE#1\.child_list\.next/.test(s));
    const joined = actor.done.findIndex((s) => s.startsWith(`W ${edev}.entry`));
    expect(linked).toBeGreaterThan(0);
    expect(joined).toBeGreaterThan(linked);
    expect(actor.done.at(-1)).toMatch(new RegExp(`^W ${edev}\\.pe = eeh_pe#`));
  });

  test('REMOVED PEs are skipped by state_clear', () => {
    const actor = new LoneActor('T5', 'keep-flag');
    actor.W[actor.at('PE#2', eeh_pe.state)] = EEH_PE_REMOVED | EEH_PE_ISOLATED;
    actor.run(eeh_pe_state_clear(actor.k, actor.at('PE#2'), EEH_PE_ISOLATED, 1));
    expect(actor.done).toEqual([]);
  });
});

describe('teardown of a device', () => {
  const steps = /edev = NULL|pdev = NULL|\.mode|piar_lock|in_error|entry\.next = LIST/;

  test('4.19 leaves the PE before the address cache', () => {
    const remove = (a: LoneActor): void => a.run(a.k.eeh_release_device(a.k, a.at(FN)));
    expect(only(did('T5', 'none', remove), steps)).toEqual([
      `W ${EDEV}.pdev = NULL`,
      `W ${EDEV}.in_error = 0x0`,
      `W ${FN}.edev = NULL`,
      `W ${EDEV}.entry.next = LIST_POISON1`,
      `W ${EDEV}.mode = 0x100`,
      'spin_lock_irqsave(piar_lock)',
      'spin_unlock_irqrestore(piar_lock)',
    ]);
  });

  test('5.8 leaves the address cache before the PE, inside device_del', () => {
    const remove = (a: LoneActor): void => a.run(a.k.eeh_del_device(a.k, a.at(FN)));
    expect(only(did('T5', 'keep-flag', remove), steps)).toEqual([
      `W ${EDEV}.pdev = NULL`,
      `W ${EDEV}.mode = 0x100`,
      'spin_lock_irqsave(piar_lock)',
      'spin_unlock_irqrestore(piar_lock)',
      `W ${EDEV}.in_error = 0x0`,
      `W ${FN}.edev = NULL`,
      `W ${EDEV}.entry.next = LIST_POISON1`,
    ]);
  });

  test('with KEEP the edev stays in its PE, DISCONNECTED', () => {
    const actor = new LoneActor('T5', 'keep-flag');
    actor.W[actor.at('PE#2', eeh_pe.state)] = EEH_PE_KEEP | EEH_PE_RECOVERING;
    actor.run(actor.k.eeh_del_device(actor.k, actor.at(FN)));
    expect(actor.done.at(-1)).toBe(`W ${EDEV}.mode = 0x110`);
    expect(actor.word(EDEV, eeh_dev.pe)).toBe(actor.at('PE#2'));
    expect(actor.word(FN, pci_dev.edev)).toBe(0);
  });
});

describe('detection', () => {
  const events = /state|eventlist|complete/;

  test('4.19 queues the event and marks nothing; from 5.4 on RECOVERING comes first', () => {
    const send = (a: LoneActor): void => a.run(a.k.eeh_send_failure_event(a.k, a.at('PE#2')));
    expect(only(did('T5', 'none', send), /state = /)).toEqual([]);
    const steps = only(did('T5', 'keep-flag', send), events);
    expect(steps[0]).toBe('W PE#2.state = 0x802');
    expect(steps[1]).toBe('spin_lock_irqsave(eeh_eventlist_lock)');
    expect(steps.at(-1)).toBe('complete(eeh_eventlist_event)');
  });

  test('a frozen PE is isolated, with its devices, under confirm_error_lock', () => {
    const actor = new LoneActor('T4', 'rescan-lock-nolock');
    expect(actor.run(eeh_check_state(actor.k, actor.at(EDEV)))).toBe(actor.at('PE#2'));
    const steps = only(actor, /confirm|PE#2\.state|error_state/);
    expect(steps.at(-1)).toBe('spin_unlock_irqrestore(confirm_error_lock)');
    expect(steps).toContain('W PE#2.state = 0x801');
    expect(steps).toContain(`W ${FN}.error_state = 0x2`);
  });

  test('a second read on an isolated PE is only counted', () => {
    const actor = new LoneActor('T4', 'none');
    actor.W[actor.at('PE#2', eeh_pe.state)] = EEH_PE_ISOLATED;
    expect(actor.run(eeh_check_state(actor.k, actor.at(EDEV)))).toBeLessThan(0);
    expect(actor.word('PE#2', eeh_pe.check_count)).toBe(1);
  });

  test('a read of all ones from a running PE is a false positive', () => {
    const actor = new LoneActor('T5', 'none');
    expect(actor.run(eeh_check_state(actor.k, actor.at(EDEV)))).toBeLessThan(0);
    expect(actor.word('PE#2', eeh_pe.false_positives)).toBe(1);
  });
});

/** The queue of events: whose list, and what a purge takes out of it. */
import { describe, expect, test } from 'vitest';
import { eeh_send_failure_event } from '../../../actors/eeh/eeh_event.ts';
import { eeh_remove_event, eeh_send_special_event } from '../../../actors/eeh/eehd_special.ts';
import { EEH_PE_ISOLATED, EEH_PE_RECOVERING } from '../../../actors/eeh/flags.ts';
import { eeh_put_pe } from '../../../actors/eeh/refcount.ts';
import { eeh_pe } from '../../../actors/eeh/structs.ts';
import { pci_controller } from '../../../actors/pci/structs.ts';
import { LoneActor } from './lone_actor.ts';

function only(actor: LoneActor, pattern: RegExp): string[] {
  return actor.done.filter((step) => pattern.test(step));
}

describe('an event', () => {
  test('goes to the one list, after RECOVERING', () => {
    const a = new LoneActor('T5', 'keep-flag');
    a.run(eeh_send_failure_event(a.k, a.at('PE#2')));
    expect(only(a, /state =|complete/)).toEqual([
      expect.stringMatching(/^W PE#2\.state = /),
      'complete(eeh_eventlist_event)',
    ]);
    expect(a.word('PE#2', eeh_pe.state) & EEH_PE_RECOVERING).toBe(EEH_PE_RECOVERING);
  });

  test('goes to the list of its PHB where each PHB has a thread', () => {
    const a = new LoneActor('T5', 'per-phb-thread');
    a.run(a.k.eeh_send_failure_event(a.k, a.at('PE#2')));
    const phb = 'PHB#2';
    expect(only(a, /complete/)).toEqual([`complete(&${phb}.eeh_eventlist_event.done)`]);
    const head = pci_controller.eeh_eventlist.next;
    expect(a.word(phb, head)).not.toBe(a.at(phb, pci_controller.eeh_eventlist.at));
  });

  test('about no PE goes to the list of the first PHB', () => {
    const a = new LoneActor('T5', 'per-phb-thread');
    a.run(eeh_send_special_event(a.k));
    expect(only(a, /complete/)).toHaveLength(1);
    expect(only(a, /complete/)[0]).toContain('PHB#2.eeh_eventlist_event');
  });
});

describe('a purge', () => {
  const queued = (state: number): LoneActor => {
    const a = new LoneActor('T5', 'keep-flag');
    a.run(eeh_send_failure_event(a.k, a.at('PE#2')));
    a.W[a.at('PE#2', eeh_pe.state)] = state;
    a.done.length = 0;
    return a;
  };

  test('of everything keeps events of PEs that are ISOLATED', () => {
    const kept = queued(EEH_PE_ISOLATED);
    kept.run(eeh_remove_event(kept.k, 0, 0));
    expect(only(kept, /kfree/)).toEqual([]);
    const gone = queued(0);
    gone.run(eeh_remove_event(gone.k, 0, 0));
    expect(only(gone, /kfree/)).toHaveLength(1);
  });

  test('by force takes the events of one PE, and of a whole PHB', () => {
    for (const name of ['PE#2', 'PHB#2-PE']) {
      const a = queued(EEH_PE_ISOLATED);
      a.run(eeh_remove_event(a.k, a.at(name), 1));
      expect(only(a, /kfree/)).toHaveLength(1);
    }
  });

  test('leaves the RECOVERING of its PE set', () => {
    const a = queued(EEH_PE_RECOVERING);
    a.run(eeh_remove_event(a.k, 0, 0));
    expect(a.word('PE#2', eeh_pe.state)).toBe(EEH_PE_RECOVERING);
  });
});

describe('without memory for the event', () => {
  const lost = (design: string): number => {
    const a = new LoneActor('T12b', design);
    const before = a.word('PE#2', eeh_pe.kref.refcount);
    expect(() => a.run(a.k.eeh_send_failure_event(a.k, a.at('PE#2')))).toThrow('nothing left');
    return a.word('PE#2', eeh_pe.kref.refcount) - before;
  };

  test('RFC-A has counted a reference already', () => {
    expect(lost('refcount')).toBe(1);
    expect(lost('keep-flag')).toBe(0);
  });
});

test('a put that is not the last one frees nothing', () => {
  const a = new LoneActor('T12', 'refcount');
  a.run(eeh_put_pe(a.k, a.at('PE#2')));
  expect(only(a, /kfree/)).toEqual([]);
  a.run(eeh_put_pe(a.k, a.at('PE#2')));
  expect(only(a, /kfree/)).toEqual(['kfree(PE#2)']);
});

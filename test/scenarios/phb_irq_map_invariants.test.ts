import { describe, expect, test } from 'vitest';
import {
  irq_table,
  pci_intx_virq,
  phb_dev,
  phb_dn,
  phb_ghost,
  virq_desc,
  xive_source,
} from '../../actors/irq/structs.ts';
import { brokenInvariants } from './phb_irq_map_cell.ts';

const SECOND = 'function 0030:04:00.0';

describe('the invariants of eeh.md 2.1.4', () => {
  test('none is broken where two functions live on after boot, remove and rescan', () => {
    for (const design of ['F3', 'F4', 'F5', 'F6']) {
      expect(brokenInvariants('I0-C', design)).toEqual([]);
    }
  });

  test('a disposed line breaks 5, 7 and the delivery of interrupts under the seed’s patch', () => {
    expect(brokenInvariants('I0-C', 'F2')).toEqual([
      'interrupt-delivered',
      'mapping-outlives-handlers',
      'virq-means-one-line',
    ]);
  });

  test('interrupt-delivered: a function still asserts its line', () => {
    const broken = brokenInvariants('I0-C', 'F5', (words, at) => {
      words[at(SECOND) + phb_dn.asserts] = 1;
    });
    expect(broken).toEqual(['interrupt-delivered']);
  });

  test('5: a mapping was disposed of with a handler installed', () => {
    const broken = brokenInvariants('I0-C', 'F5', (words, at) => {
      words[at('ghost') + phb_ghost.disposed_in_use] = 24;
    });
    expect(broken).toEqual(['mapping-outlives-handlers']);
  });

  test('7: the virq of a live function is another line’s', () => {
    const broken = brokenInvariants('I0-C', 'F3', (words, at) => {
      words[at('virq_desc#0') + virq_desc.source] = at('LSI 0x21');
    });
    expect(broken).toEqual(['virq-means-one-line']);
  });

  test('3: the virq of a live function is not mapped', () => {
    const broken = brokenInvariants('I0-C', 'F3', (words, at) => {
      words[at('irq_desc_tree') + irq_table.slot.at] = 0;
    });
    expect(broken).toEqual(['irq-is-mapped']);
  });

  test('4: the count of intx_list, and that of the mapping, is not that of its users', () => {
    const listed = brokenInvariants('I0-C', 'F5', (words, at) => {
      words[at('pci_intx_virq#0') + pci_intx_virq.kref.refcount] = 2;
    });
    expect(listed).toEqual(['count-is-users']);
    const mapped = brokenInvariants('I0-C', 'F4', (words, at) => {
      words[at('virq_desc#0') + virq_desc.refs] = 3;
    });
    expect(mapped).toEqual(['count-is-users']);
  });

  test('6: ESB pages of a line without a user stay mapped', () => {
    const left = brokenInvariants('I0-A', 'F5', (words, at) => {
      words[at('LSI 0x20') + xive_source.translations] = 1;
    });
    expect(left).toEqual(['last-user-unmaps']);
  });

  test('a function that is not announced uses nothing', () => {
    const broken = brokenInvariants('I0-C', 'F3', (words, at) => {
      const dev = words[at(SECOND) + phb_dn.pdev] ?? 0;
      words[dev + phb_dev.is_added] = 0;
    });
    expect(broken).toEqual(['last-user-unmaps']);
  });
});

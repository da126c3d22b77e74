import { expect, test } from 'vitest';
import {
  hardware_entry,
  MAPPINGS_MAX,
  mapping_of,
  PTE_BUSY,
  PTE_HASHPTE,
  PTE_VALID,
  page_of,
  translation,
} from '../../../actors/mm/structs.ts';

test('a translation gives back its page and its mapping', () => {
  for (let mapping = 1; mapping <= MAPPINGS_MAX; mapping++) {
    for (const page of [0, 1, 2, 0xfffff]) {
      const entry = translation(mapping, page);
      expect([page_of(entry), mapping_of(entry)]).toEqual([page, mapping]);
      expect(entry & PTE_VALID).toBe(PTE_VALID);
    }
  }
});

test('the hash table does not see what only Linux knows of an entry', () => {
  const entry = translation(3, 7);
  expect(hardware_entry(entry | PTE_BUSY | PTE_HASHPTE)).toBe(entry);
});

import { describe, expect, test } from 'vitest';
import { programOf, type Setting, searched, undisturbed } from './phb_irq_map_cell.ts';

const { reportOf } = await import('../../src/trace/report.ts');

function reportText(race: string, design: string): string {
  const trace = searched(race, design, 0).counterexample?.trace;
  return trace === undefined ? '' : (reportOf(trace)?.text ?? '');
}

function logOf(race: string, design: string, setting: Setting = {}): readonly string[] {
  return undisturbed(programOf(race, design, setting)).trace.log.map(({ text }) => text);
}

describe('I0-A under 3a3181e16fbd, as the log of October 2020 has it', () => {
  test('was allocated by pcibios_scan_phb at boot and freed by pcibios_remove_bus', () => {
    const text = reportText('I0-A', 'F0');
    expect(text).toMatch(/Allocated by task swapper\/0\S* at step \d+:\n pcibios_scan_phb \(/);
    expect(text).toMatch(/Freed by task bash\S* at step \d+:\n pcibios_remove_bus \(/);
    expect(text).toContain('which belongs to the cache kmalloc-16 of size 16');
  });

  test('fails at the second of the nested buses', () => {
    expect(logOf('I0-A', 'F0')).toEqual([
      'pci_bus 0035:08: busn_res: [bus 08-08] is released',
      'PCI: Clearing interrupt mappings for PHB 0035:01...',
      'pci_bus 0035:0d: busn_res: [bus 0d-0d] is released',
      'PCI: Clearing interrupt mappings for PHB 0035:01...',
    ]);
  });
});

describe('symptoms of eeh.md 2.1.2', () => {
  test('memory of somebody else is written when a freed record is used again', () => {
    const { finding } = undisturbed(programOf('I0-B', 'F0', { quarantine: 0 })).trace;
    expect(finding?.oracle).toBe('bystander-intact');
    expect(finding?.message).toMatch(/^word 1 of kmalloc-16#0, .* overwritten with 0x18$/);
  });

  test('a sibling waits in vain, frees what is another line’s, and attaches to that', () => {
    expect(logOf('I0-C', 'F2').slice(1)).toEqual([
      'PCI: Clearing interrupt mappings for PHB 0030:02...',
      'irq 24 is disposed of with a handler installed',
      'transmit queue timed out: no interrupt',
      'Trying to free already-free IRQ 24',
    ]);
  });

  test('a sibling cannot request its line again', () => {
    expect(logOf('I0-D', 'F2').slice(-2)).toEqual([
      'transmit queue timed out: no interrupt',
      'request_irq(24) failed: -22',
    ]);
  });

  test('isolate is refused while a mapping is left', () => {
    const refused = 'rtas: set-indicator isolate failed: -9001';
    expect(logOf('dlpar-phb', 'F3')).toContain(refused);
    expect(logOf('I0-F', 'F5')).toContain(refused);
    expect(logOf('dlpar-phb', 'F5')).not.toContain(refused);
  });
});

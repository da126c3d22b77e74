import { describe, expect, test } from 'vitest';
import { defaultTopology } from '../../src/topology/default-topology.ts';
import { formatTree } from '../../src/topology/tree.ts';

describe('the default topology', () => {
  test('is a machine with ten PHBs, a switch with four drives and an empty slot', () => {
    expect(formatTree(defaultTopology)).toBe(
      [
        '-+-[0000:00]---00.0-[01]--+-00.0',
        ' |                        \\-00.1',
        ' +-[0001:00]---00.0-[01]--',
        ' +-[0002:00]---00.0-[01]----00.0',
        ' +-[0003:00]---00.0-[01]----00.0',
        ' +-[0004:00]---00.0-[01]--+-00.0',
        ' |                        \\-00.1',
        ' +-[0005:00]---00.0-[01-02]----00.0-[02]----00.0',
        ' +-[0030:00]---00.0-[01-07]----00.0-[02-07]--+-00.0-[03]----00.0',
        ' |                                           +-01.0-[04]----00.0',
        ' |                                           +-02.0-[05]----00.0',
        ' |                                           +-03.0-[06]----00.0',
        ' |                                           \\-04.0-[07]--',
        ' +-[0031:00]---00.0-[01]----00.0',
        ' +-[0032:00]---00.0-[01]--',
        ' \\-[0033:00]---00.0-[01]--',
        '',
      ].join('\n'),
    );
  });

  test('has hot-plug slots with attention button and power controller, AER and DPC', () => {
    const ports = defaultTopology.devices.filter((device) => device.pcie?.slot != null);
    expect(ports).toHaveLength(5);
    for (const port of ports) {
      expect(port.pcie?.slot).toMatchObject({
        attentionButton: true,
        powerController: true,
        hotplug: true,
        noCommandCompleted: false,
        powerLimitMilliwatts: 25_000,
      });
      expect(port.pcie).toMatchObject({ portType: 6, link: { linkActive: true } });
      expect(port.aer).not.toBeNull();
      expect(port.dpc).not.toBeNull();
    }
  });

  test('has nothing odd and nothing guessed', () => {
    expect(defaultTopology.notes).toEqual([]);
    expect(defaultTopology.devices.some((device) => device.bridge?.inferred)).toBe(false);
  });
});

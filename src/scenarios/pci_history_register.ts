/** Rows 15, 27 and 31 of pciehp.md 4: registers that two write at once. */
import { aer_enter, aer_exit, aer_irq, error_messages } from '../../actors/aer/root_status.ts';
import {
  type BridgeDesign,
  clear_and_set_locked,
  clear_and_set_unlocked,
  drop_bridge_mutex,
  type LinkControlDesign,
  no_bridge_lock,
  pci_enable_device,
  pcie_config_aspm_link,
  pciehp_power_on_slot,
  take_bridge_mutex,
} from '../../actors/pci/bridge_enable.ts';
import {
  PCI_COMMAND_MASTER,
  PCI_COMMAND_MEMORY,
  PCI_ERR_ROOT_COR_RCV,
  PCI_ERR_ROOT_MULTI_COR_RCV,
  PCI_EXP_LNKCTL_ASPM_L1,
  PCI_EXP_LNKCTL_LD,
  pci_function_regs,
  root_port,
} from '../../actors/pci/history_structs.ts';
import { pci_vector } from '../../machines/pci_vector.ts';
import { mutex } from '../memory/kernel_structs.ts';
import { caller, endsWith, type HistoryRace, historyRace, vector } from './pci_history_race.ts';

const MESSAGES = 2;

const aerMulti = historyRace<Readonly<{ handled_bits: number }>>(
  {
    id: 'aer-multi',
    row: '15',
    title: 'a second error between read and clear leaves MULTI_COR_RCV alone',
    commit: 'Linux 203926da2bff, April 2022',
    mark: 'S',
    before: ['lost-wakeup'],
    after: ['pass'],
  },
  {
    before: { handled_bits: PCI_ERR_ROOT_COR_RCV },
    after: { handled_bits: PCI_ERR_ROOT_COR_RCV | PCI_ERR_ROOT_MULTI_COR_RCV },
  },
  (memory, design) => {
    const port = memory.static_('root_port', root_port);
    const k = Object.freeze({ port, messages: MESSAGES, ...design });
    const status = port + root_port.root_status;
    const left = 'errors are pending that no handler takes';
    return {
      actors: [
        caller('port', 0, error_messages, [k]),
        vector('irq-aer', 1, pci_vector, { enter: aer_enter, handle: aer_irq, exit: aer_exit }, [
          k,
        ]),
      ],
      invariants: [
        endsWith('errors-are-taken', 'pciehp.md 4 row 15', status, 0, 'lost-wakeup', left),
      ],
    };
  },
);

const bridgeEnable = historyRace<BridgeDesign>(
  {
    id: 'bridge-enable',
    row: '27',
    title: 'two siblings enable the bridge above them',
    commit: 'Linux 40f11adc7cd9, 2017',
    mark: 'S',
    before: ['assertion'],
    after: ['pass'],
  },
  {
    before: { bridge_lock: no_bridge_lock, bridge_unlock: no_bridge_lock },
    after: { bridge_lock: take_bridge_mutex, bridge_unlock: drop_bridge_mutex },
  },
  (memory, design) => {
    const bridge = memory.static_('bridge', pci_function_regs);
    const a = memory.static_('function-0', pci_function_regs);
    const b = memory.static_('function-1', pci_function_regs);
    const pci_bridge_mutex = memory.static_('pci_bridge_mutex', mutex);
    const k = Object.freeze({ bridge, pci_bridge_mutex, ...design });
    const command = bridge + pci_function_regs.command;
    const both = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
    const dead = 'memory decoding or bus mastering of the bridge is off';
    return {
      actors: [
        caller('probe-0', 0, pci_enable_device, [k, a]),
        caller('probe-1', 1, pci_enable_device, [k, b]),
      ],
      invariants: [
        endsWith('bridge-is-enabled', 'pciehp.md 4 row 27', command, both, 'assertion', dead),
      ],
    };
  },
);

const lnkctl = historyRace<LinkControlDesign>(
  {
    id: 'lnkctl',
    row: '31',
    title: 'pciehp and ASPM change Link Control of one port',
    commit: 'locked accessors, July 2023',
    mark: 'M',
    before: ['assertion'],
    after: ['pass'],
  },
  {
    before: { clear_and_set: clear_and_set_unlocked },
    after: { clear_and_set: clear_and_set_locked },
  },
  (memory, design) => {
    const port = memory.static_('port', pci_function_regs);
    const word = port + pci_function_regs.lnkctl;
    memory.poke(word, PCI_EXP_LNKCTL_LD);
    const k = Object.freeze({ port, ...design });
    const lost = 'one of two changes is lost';
    return {
      actors: [
        caller('irq-pciehp', 0, pciehp_power_on_slot, [k]),
        caller('aspm', 1, pcie_config_aspm_link, [k]),
      ],
      invariants: [
        endsWith(
          'link-control-has-both',
          'pciehp.md 4 row 31',
          word,
          PCI_EXP_LNKCTL_ASPM_L1,
          'assertion',
          lost,
        ),
      ],
    };
  },
);

export const registerRaces: readonly HistoryRace[] = [aerMulti, bridgeEnable, lnkctl];

/**
 * Memory of an eeh-pe run: global objects, hardware, and the objects that exist before it starts,
 * linked as the procedures would have linked them (tree insert, probe, driver attach).
 */
import { pci_driver } from '../../actors/driver/structs.ts';
import {
  EEH_DEV_BRIDGE,
  EEH_PE_BUS,
  EEH_PE_DEVICE,
  EEH_PE_PHB,
  EEH_PE_PRI_BUS,
} from '../../actors/eeh/flags.ts';
import type { Globals } from '../../actors/eeh/kernel.ts';
import {
  eeh_dev,
  eeh_event,
  eeh_ledger,
  eeh_pe,
  pci_io_addr_range,
} from '../../actors/eeh/structs.ts';
import {
  OPAL_EEH_STOPPED_MMIO_DMA_FREEZE,
  pci_function,
  pe_regs,
  phb_regs,
} from '../../actors/hardware/phb_regs.ts';
import {
  file,
  hotplug_slot,
  pci_bus,
  pci_channel_io_normal,
  pci_controller,
  pci_dev,
  pci_dn,
  pci_slot,
  sign,
} from '../../actors/pci/structs.ts';
import { ImageBuilder } from '../memory/image.ts';
import { completion, irq_desc } from '../memory/kernel_structs.ts';
import { registerText } from '../ops/sites.ts';
import type { Platform } from '../topology/machine.ts';
import { layOutGlobals, layOutLateGlobals, Poker, peRegisters } from './eeh_pe_globals.ts';
import type { BoardFunction, DriverSpec, FunctionSpec, Spare } from './eeh_pe_specs.ts';

/** Address that a function's BAR was assigned: the number stands for the bus address. */
const BAR_BASE = 0x10_0000;
const VENDOR_DEVICE = 0x0001_1014;

export class Board {
  readonly builder = new ImageBuilder();
  readonly globals: Globals;
  readonly platform: Platform;
  readonly #poker = new Poker(this.builder);
  /** Those made so far. */
  readonly phbs: { readonly domain: number; readonly phb: number; readonly pe: number }[] = [];
  #functions = 0;

  constructor(platform: Platform, sizes: Spare, quarantine: number) {
    this.platform = platform;
    const early = layOutGlobals(this.builder, this.#poker);
    this.builder.cache(eeh_pe, sizes.pes, quarantine);
    this.builder.cache(pci_dev, sizes.devs, quarantine);
    this.builder.cache(pci_bus, sizes.buses, quarantine);
    this.builder.cache(eeh_event, sizes.events ?? 2, quarantine);
    this.builder.cache(pci_io_addr_range, sizes.devs, quarantine);
    this.globals = { ...early, ...layOutLateGlobals(this.builder) };
  }

  completion(name: string): number {
    return this.builder.static_(name, completion);
  }

  sign(name: string): number {
    return this.builder.static_(name, sign);
  }

  irqLine(name: string): number {
    return this.builder.static_(name, irq_desc);
  }

  driver(spec: DriverSpec): number {
    const at = this.builder.static_(`driver ${spec.name}`, pci_driver);
    this.#poker.set(at, [
      [pci_driver.name, registerText(spec.name)],
      [pci_driver.err_handler, spec.handlers],
      [pci_driver.error_detected_answer, spec.errorDetected],
      [pci_driver.mmio_enabled_answer, spec.mmioEnabled],
      [pci_driver.slot_reset_answer, spec.slotReset],
      [pci_driver.error_detected_ms, spec.blocksMs],
      [pci_driver.remove_ms, spec.removeMs],
      [pci_driver.uses_msi, spec.usesMsi ? 1 : 0],
      [pci_driver.removes_children, spec.removesChildren === true ? 1 : 0],
      [pci_driver.uevent, spec.uevent],
    ]);
    return at;
  }

  /** A slot with a registered hotplug_slot and a card in it. */
  slot(number: number): { readonly slot: number; readonly hotplug: number } {
    const slot = this.builder.static_(`slot ${number}`, pci_slot);
    const hotplug = this.builder.static_(`hotplug_slot ${number}`, hotplug_slot);
    this.#poker.set(slot, [
      [pci_slot.hotplug, hotplug],
      [pci_slot.number, number],
    ]);
    this.#poker.set(hotplug, [[hotplug_slot.presence, 1]]);
    return { slot, hotplug };
  }

  /** A PHB with its PHB PE; the root bus is to be given with bus(). */
  phb(domain: number): { readonly phb: number; readonly pe: number } {
    const name = `PHB#${domain.toString(16)}`;
    const phb = this.builder.static_(name, pci_controller);
    const regs = this.builder.static_(`${name} registers`, phb_regs);
    this.#poker.set(phb, [
      [pci_controller.global_number, domain],
      [pci_controller.private_data, regs],
    ]);
    this.#poker.emptyList(phb + pci_controller.eeh_eventlist.at);
    const pe = this.#pe(`${name}-PE`, phb, EEH_PE_PHB, 0);
    this.#poker.listAddTail(pe + eeh_pe.child.at, this.globals.eeh_phb_pe);
    this.phbs.push({ domain, phb, pe });
    return { phb, pe };
  }

  /** A bus that exists; bridge 0: the PHB's root bus. */
  bus(phb: number, number: number, parent: number, bridge: number, first: number): number {
    const bus = this.builder.alloc(pci_bus, `bus ${hex2(number)}`);
    this.#poker.emptyList(bus + pci_bus.children.at);
    this.#poker.emptyList(bus + pci_bus.devices.at);
    this.#poker.set(bus, [
      [pci_bus.parent, parent],
      [pci_bus.self, bridge],
      [pci_bus.sysdata, phb],
      [pci_bus.number, number],
      [pci_bus.dn, first],
      [pci_bus.dev.refcount, 1],
    ]);
    if (parent === 0) {
      this.#poker.emptyList(bus + pci_bus.node.at);
      this.#poker.set(phb, [[pci_controller.bus, bus]]);
    } else {
      this.#poker.listAddTail(bus + pci_bus.node.at, parent + pci_bus.children.at);
      this.#poker.set(bridge, [[pci_dev.subordinate, bus]]);
    }
    return bus;
  }

  /** Hardware, device-tree node and eeh_dev of a function; `parent`: node of the bridge above. */
  function(phb: number, busNumber: number, spec: FunctionSpec, parent: number): BoardFunction {
    const hardware = this.builder.static_(`function ${spec.address}`, pci_function);
    const pdn = this.builder.static_(`pdn ${spec.address}`, pci_dn);
    const edev = this.builder.static_(`edev ${spec.address}`, eeh_dev);
    const regs = peRegisters(this.builder, this.#poker, phb, spec.peNumber, hardware);
    const bar = spec.driver === 0 && spec.isBridge ? 0 : BAR_BASE + this.#functions++;
    this.#poker.set(hardware, [
      [pci_function.vendor, VENDOR_DEVICE],
      [pci_function.bar0, bar],
      [pci_function.bar_addr, bar],
      [pci_function.is_bridge, spec.isBridge ? 1 : 0],
      [pci_function.pe, regs],
      [pci_function.driver, spec.driver],
      [pci_function.irq, spec.irq],
    ]);
    this.#poker.set(pdn, [
      [pci_dn.phb, phb],
      [pci_dn.devfn, spec.devfn],
      [pci_dn.pe_number, spec.peNumber],
      [pci_dn.edev, edev],
      [pci_dn.function, hardware],
      [pci_dn.secondary, spec.secondary],
      [pci_dn.slot, spec.slot],
    ]);
    this.#poker.set(edev, [
      [eeh_dev.bdfn, (busNumber << 8) | spec.devfn],
      [eeh_dev.controller, phb],
      [eeh_dev.pe_config_addr, spec.peNumber],
      [eeh_dev.pdn, pdn],
    ]);
    if (parent !== 0 && this.builder.peek(parent + pci_dn.child) === 0) {
      this.#poker.set(parent, [[pci_dn.child, pdn]]);
    }
    return { spec, bus: busNumber, hardware, pdn, edev };
  }

  /** Nodes on one bus, first to last. */
  siblings(functions: readonly BoardFunction[]): void {
    functions.forEach((fn, i) => {
      const next = functions[i + 1];
      if (next !== undefined) this.#poker.set(fn.pdn, [[pci_dn.sibling, next.pdn]]);
    });
  }

  /** A PE in the tree. */
  pe(phb: number, number: number, parent: number): number {
    const pe = this.#pe(`PE#${number.toString(16)}`, phb, EEH_PE_DEVICE, number);
    this.#poker.set(pe, [[eeh_pe.parent, parent]]);
    this.#poker.listAddTail(pe + eeh_pe.child.at, parent + eeh_pe.child_list.at);
    return pe;
  }

  /** The function's pci_dev: discovered, in its PE, driver bound. */
  plug(fn: BoardFunction, bus: number, pe: number): number {
    const { spec } = fn;
    const dev = this.builder.alloc(pci_dev, spec.address);
    this.#poker.listAddTail(dev + pci_dev.bus_list.at, bus + pci_bus.devices.at);
    const users = this.builder.peek(bus + pci_bus.dev.refcount);
    const usesMsi = this.builder.peek(spec.driver + pci_driver.uses_msi) === 1;
    this.#poker.set(bus, [[pci_bus.dev.refcount, users + 1]]);
    this.#poker.set(dev, [
      [pci_dev.bus, bus],
      [pci_dev.devfn, spec.devfn],
      [pci_dev.pdn, fn.pdn],
      [pci_dev.error_state, pci_channel_io_normal],
      [pci_dev.edev, fn.edev],
      [pci_dev.driver, spec.driver],
      [pci_dev.driver_data, spec.driver],
      [pci_dev.slot, spec.slot],
      [pci_dev.is_added, 1],
      [pci_dev.registered, 1],
      [pci_dev.remove_attr, 1],
      [pci_dev.irq, spec.irq],
      [pci_dev.irq_action, spec.driver !== 0 && !usesMsi && spec.irq !== 0 ? 1 : 0],
      [pci_dev.msi_enabled, spec.driver !== 0 && usesMsi ? 1 : 0],
      [pci_dev.ref.refcount, 1],
    ]);
    this.#join(fn, dev, bus, pe);
    return dev;
  }

  /** The function's PE was stopped before the run; until when firmware cannot tell its state. */
  stop(fn: BoardFunction, untoldUntilMs = 0): void {
    const regs = this.builder.peek(fn.hardware + pci_function.pe);
    this.#poker.set(regs, [
      [pe_regs.freeze_status, OPAL_EEH_STOPPED_MMIO_DMA_FREEZE],
      [pe_regs.unavailable_until, untoldUntilMs],
    ]);
    this.#poker.set(this.globals.ledger, [[eeh_ledger.freezes, 1]]);
  }

  /** An open file keeps the pci_dev. */
  open(dev: number): void {
    const at = dev + pci_dev.ref.refcount;
    this.builder.poke(at, this.builder.peek(at) + 1);
    this.#poker.set(this.builder.static_('open file', file), [[file.private_data, dev]]);
  }

  #join(fn: BoardFunction, dev: number, bus: number, pe: number): void {
    const { edev, hardware } = fn;
    const others = this.builder.peek(pe + eeh_pe.edevs.next) !== pe + eeh_pe.edevs.at;
    if (others) this.#poker.set(pe, [[eeh_pe.type, EEH_PE_BUS]]);
    this.#poker.listAddTail(edev + eeh_dev.entry.at, pe + eeh_pe.edevs.at);
    const pointers = this.builder.peek(pe + eeh_pe.kref.refcount);
    this.#poker.set(pe, [[eeh_pe.kref.refcount, pointers + 1]]);
    this.#poker.set(edev, [
      [eeh_dev.mode, fn.spec.isBridge ? EEH_DEV_BRIDGE : 0],
      [eeh_dev.config_space, this.builder.peek(hardware + pci_function.bar0)],
      [eeh_dev.pe, pe],
      [eeh_dev.pdev, dev],
    ]);
    const regs = this.builder.peek(hardware + pci_function.pe);
    const users = this.builder.peek(regs + pe_regs.device_count);
    this.#poker.set(regs, [[pe_regs.device_count, users + 1]]);
    if (this.platform === 'powernv') {
      this.#poker.set(pe, [
        [eeh_pe.bus, bus],
        [eeh_pe.state, EEH_PE_PRI_BUS],
      ]);
    }
    const addr = this.builder.peek(hardware + pci_function.bar_addr);
    if (addr === 0) return;
    const range = this.builder.alloc(pci_io_addr_range);
    this.#poker.set(range, [
      [pci_io_addr_range.addr, addr],
      [pci_io_addr_range.edev, edev],
      [pci_io_addr_range.pcidev, dev],
    ]);
    this.#poker.listAddTail(range + pci_io_addr_range.list.at, this.globals.pci_io_addr_cache);
  }

  #pe(name: string, phb: number, type: number, addr: number): number {
    const pe = this.builder.alloc(eeh_pe, name);
    this.#poker.emptyList(pe + eeh_pe.child_list.at);
    this.#poker.emptyList(pe + eeh_pe.edevs.at);
    this.#poker.set(pe, [
      [eeh_pe.type, type],
      [eeh_pe.phb, phb],
      [eeh_pe.addr, addr],
      [eeh_pe.kref.refcount, 1],
    ]);
    return pe;
  }
}

function hex2(value: number): string {
  return value.toString(16).padStart(2, '0');
}

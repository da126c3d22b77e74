/** Memory of a phb-irq-map run before boot: globals, device-tree nodes, interrupt sources. */
import type { IrqGlobals } from '../../actors/irq/kernel.ts';
import {
  irq_table,
  kmalloc_16,
  pci_intx_virq,
  phb_bus,
  phb_controller,
  phb_dev,
  phb_dn,
  phb_ghost,
  phb_globals,
  virq_desc,
  xive_irq_data,
  xive_source,
} from '../../actors/irq/structs.ts';
import { ImageBuilder } from '../memory/image.ts';
import { completion } from '../memory/kernel_structs.ts';
import type { Node, Place } from './phb_irq_map_host.ts';

/** hwirq of the first LSI. */
const FIRST_LSI = 0x20;
/** Objects that live at once and those that wait in quarantine; runs need no more than that. */
const SLOTS = { controllers: 2, maps: 3, buses: 8, devs: 10, mappings: 8 } as const;

export interface Traits {
  /** All endpoints on one LSI (I0-D, I0-E), not one each. */
  readonly shared: boolean;
  /** Drivers use MSI and leave it on (I0-F). */
  readonly msi: boolean;
  /** Endpoints that are not there at boot, by their place among the endpoints (I0-E). */
  readonly absent: readonly number[];
}

export const PLAIN: Traits = { shared: false, msi: false, absent: [] };

/** A node that was laid out. */
export interface Laid {
  readonly dn: number;
  readonly source: number;
}

export class Board {
  readonly builder = new ImageBuilder();
  readonly globals: IrqGlobals;
  /** Bridges directly below the PHB, or what is there in their place. */
  readonly tops: readonly number[];
  readonly endpoints: readonly Laid[];
  readonly sources: readonly number[];
  readonly #traits: Traits;
  readonly #endpoints: Laid[] = [];
  readonly #sources: number[] = [];

  constructor(place: Place, traits: Traits, waiters: number, quarantine: number) {
    this.#traits = traits;
    const { builder } = this;
    const g = builder.static_('globals', phb_globals);
    builder.poke(g + phb_globals.intx_list.next, g + phb_globals.intx_list.at);
    builder.poke(g + phb_globals.intx_list.prev, g + phb_globals.intx_list.at);
    const table = builder.static_('irq_desc_tree', irq_table);
    const ghost = builder.static_('ghost', phb_ghost);
    this.tops = this.#siblings(place.nodes);
    this.endpoints = this.#endpoints;
    this.sources = this.#sources;
    this.globals = {
      g,
      irq_table: table,
      ghost,
      dn: this.tops[0] ?? 0,
      domain: place.domain,
      root: place.root,
      waiters,
    };
    builder.cache(phb_controller, SLOTS.controllers, quarantine);
    builder.cache(kmalloc_16, SLOTS.maps, quarantine);
    builder.cache(phb_bus, SLOTS.buses, quarantine);
    builder.cache(phb_dev, SLOTS.devs, quarantine);
    builder.cache(virq_desc, SLOTS.mappings, quarantine);
    builder.cache(xive_irq_data, SLOTS.mappings, quarantine);
    builder.cache(pci_intx_virq, SLOTS.mappings, quarantine);
  }

  completion(name: string): number {
    return this.builder.static_(name, completion);
  }

  #siblings(nodes: readonly Node[]): readonly number[] {
    const laid = nodes.map((node) => this.#node(node));
    for (const [i, dn] of laid.entries()) {
      this.builder.poke(dn + phb_dn.sibling, laid[i + 1] ?? 0);
    }
    return laid;
  }

  #node(node: Node): number {
    const { builder } = this;
    const dn = builder.static_(`function ${node.address}`, phb_dn);
    builder.poke(dn + phb_dn.secondary, node.secondary);
    if (node.secondary === 0) {
      const index = this.#endpoints.length;
      const source = this.#source();
      builder.poke(dn + phb_dn.present, this.#traits.absent.includes(index) ? 0 : 1);
      builder.poke(dn + phb_dn.source, source);
      builder.poke(dn + phb_dn.msi, this.#traits.msi ? 1 : 0);
      this.#endpoints.push({ dn, source });
    } else {
      builder.poke(dn + phb_dn.present, 1);
      builder.poke(dn + phb_dn.child, this.#siblings(node.children)[0] ?? 0);
    }
    return dn;
  }

  #source(): number {
    const [first] = this.#sources;
    if (first !== undefined && this.#traits.shared) return first;
    const hwirq = FIRST_LSI + this.#sources.length;
    const source = this.builder.static_(`LSI 0x${hwirq.toString(16)}`, xive_source);
    this.builder.poke(source + xive_source.hwirq, hwirq);
    this.builder.poke(source + xive_source.line.depth, 1);
    this.#sources.push(source);
    return source;
  }
}

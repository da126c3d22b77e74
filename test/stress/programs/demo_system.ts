/** The synthetic programs as a system module: what the stress engine is developed against. */
import type { Invariant, Program } from '../../../src/actor/program.ts';
import { ImageBuilder } from '../../../src/memory/image.ts';
import { castOf, type DemoRequest } from './demo_casts.ts';
import { lamp } from './machines.ts';
import { demo, demo_node } from './structs.ts';

function build(request: DemoRequest): Program {
  const builder = new ImageBuilder();
  const d = builder.static_('demo', demo);
  builder.cache(demo_node, 6, 2);
  for (const head of [demo.nodes.next, demo.nodes.prev]) builder.poke(d + head, d + demo.nodes.at);
  const { actors, equals = [], withNode = false } = castOf(d, request);
  if (withNode) addNode(builder, d);
  const { layout, image } = builder.build();
  const invariants = equals.map(([name, offset, value]) => equal(name, d + offset, value));
  return {
    target: `demo/${request.race}`,
    design: 'none',
    layout,
    image,
    actors,
    invariants,
    measures: [],
    watched: [{ machine: lamp, addr: d + demo.state, states: { 0: 'OFF', 1: 'ON', 2: 'BROKEN' } }],
    timers: { kind: 'exact' },
    clockStartMs: 1000,
    clockOffsetUs: 0,
    panicOnWarn: true,
    checkLeaks: true,
  };
}

/** demo.shared points to it; it is alone in a list, and its last reference is gone. */
function addNode(builder: ImageBuilder, d: number): void {
  const node = builder.alloc(demo_node);
  const list = node + demo_node.list.at;
  builder.poke(d + demo.shared, node);
  builder.poke(node + demo_node.list.next, list);
  builder.poke(node + demo_node.list.prev, list);
}

function equal(name: string, addr: number, value: number): Invariant {
  return {
    name: `demo-${name}`,
    cite: 'test/stress/programs/good.ts',
    when: 'end',
    check: (memory) => {
      const found = memory.read(addr);
      if (found === value) return;
      const message = `${memory.name(addr)} is ${found}, not ${value}`;
      return { verdict: 'assertion', oracle: '', message, addr };
    },
  };
}

export const system = { build };

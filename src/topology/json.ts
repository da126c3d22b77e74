// A topology as JSON, and back. What comes back was perhaps edited by hand, so only what the
// functions say about themselves is believed: addresses, buses and domains are worked out anew.

import * as z from 'zod';
import { assemble } from './assemble.ts';
import { nowhere, type TopologyError, unexpected } from './error.ts';
import { printableCut } from './printable.ts';
import type { ReadLimits } from './read.ts';
import { sourceText } from './source-text.ts';
import type {
  Bridge,
  Device,
  Dpc,
  ExtendedCapability,
  SlotCapabilities,
  Topology,
} from './topology.ts';
import { addressText, notesMax } from './topology.ts';

/** The topology with a format name and its bridges once more on their own, for readers with jq. */
export interface TopologyJson extends Topology {
  readonly format: typeof formatName;
  readonly bridges: readonly BridgeJson[];
}

export interface BridgeJson extends Bridge {
  readonly address: string;
  readonly name: string;
  readonly slot: SlotCapabilities | null;
  readonly aer: ExtendedCapability | null;
  readonly dpc: Dpc | null;
}

/**
 * Plain data for JSON.stringify: domains, buses, devices, bridges. `parseTopologyJson` reads it
 * back.
 */
export function topologyJson(topology: Topology): TopologyJson {
  const bridges: BridgeJson[] = [];
  for (const { address, name, bridge, pcie, aer, dpc } of topology.devices) {
    if (bridge !== null)
      bridges.push({ address, name, ...bridge, slot: pcie?.slot ?? null, aer, dpc });
  }
  return { format: formatName, ...topology, bridges };
}

/**
 * Reads what `JSON.stringify(topologyJson(...))` wrote: the same topology comes back.
 * @throws TopologyError where the text is no JSON, no topology, without functions, or larger than
 * the limits.
 */
export function parseTopologyJson(input: string | Uint8Array, limits: ReadLimits): Topology {
  const text = sourceText(input, limits.bytesMax);
  const result = topologySchema.safeParse(parsed(text));
  if (!result.success) throw mismatch(result.error, text);
  const { kind, devices, notes } = result.data;
  if (devices.length === 0) throw unexpected('at least one device', 'none', nowhere);
  if (devices.length > limits.devicesMax) {
    throw unexpected(`at most ${limits.devicesMax} functions`, `${devices.length}`, nowhere);
  }
  // The notes of the assembly are in the file already; those that are not new are not said twice.
  const topology = assemble(kind, devices.map(withAddress), []);
  return { ...topology, notes: [...new Set([...notes, ...topology.notes])].slice(0, notesMax) };
}

const formatName = 'hotrace-topology-1';

const byte = z.int().min(0).max(255);
const flag = z.boolean();
const text = z.string().transform((value) => printableCut(value, 200));

const interrupts = z.object({ enabled: flag, vectors: z.int().min(0).max(9999) });
const extendedOffset = z.int().min(0x100).max(0xffc);

const slotSchema = z.object({
  number: z.int().min(0).max(8191),
  attentionButton: flag,
  powerController: flag,
  mrlSensor: flag,
  attentionIndicator: flag,
  powerIndicator: flag,
  surprise: flag,
  hotplug: flag,
  interlock: flag,
  noCommandCompleted: flag,
  powerLimitMilliwatts: z.int().min(0).max(10_000_000),
});

const linkSchema = z.object({
  speed: z.int().min(0).max(15),
  width: z.int().min(0).max(99),
  surpriseDown: flag,
  linkActive: flag,
  portNumber: byte,
});

const deviceSchema = z.object({
  domain: z.int().min(0).max(0xffffffff),
  bus: byte,
  device: z.int().min(0).max(31),
  fn: z.int().min(0).max(7),
  name: text,
  className: text,
  classCode: z.int().min(0).max(0xffff).nullable(),
  vendorId: z.int().min(0).max(0xffff).nullable(),
  deviceId: z.int().min(0).max(0xffff).nullable(),
  headerType: z.int().min(0).max(127).nullable(),
  configBytes: z.int().min(0).max(4096),
  bridge: z
    .object({ primary: byte, secondary: byte, subordinate: byte, inferred: flag })
    .nullable(),
  pcie: z
    .object({
      portType: z.int().min(0).max(15),
      link: linkSchema.nullable(),
      slot: slotSchema.nullable(),
    })
    .nullable(),
  msi: interrupts.nullable(),
  msix: interrupts.nullable(),
  aer: z.object({ offset: extendedOffset }).nullable(),
  dpc: z
    .object({
      offset: extendedOffset,
      interruptMessage: z.int().min(0).max(31),
      rootPort: flag,
      poisonedTlp: flag,
      softwareTrigger: flag,
      linkActive: flag,
    })
    .nullable(),
});

const topologySchema = z.object({
  format: z.literal(formatName),
  kind: z.enum(['listing', 'verbose', 'hex']),
  devices: z.array(deviceSchema),
  notes: z.array(text),
});

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    // V8's message says what came and often where; the file's own characters in it must not reach
    // the terminal.
    const found = error instanceof Error ? error.message : String(error);
    throw unexpected('JSON', printableCut(found, 60), nowhere);
  }
}

function mismatch(error: z.ZodError, json: string): TopologyError {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map(String).join('.');
  const where = path === '' ? 'the top level' : path;
  const why = `${printableCut(where, 60)}: ${printableCut(issue?.message ?? '', 100)}`;
  const expected = `a topology in JSON as hotrace writes it (${why})`;
  return unexpected(expected, json.slice(0, 200).trimStart(), nowhere);
}

function withAddress(device: z.infer<typeof deviceSchema>): Device {
  const { domain, bus, device: number, fn } = device;
  return { ...device, address: addressText(domain, bus, number, fn) };
}

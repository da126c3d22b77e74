// The way in: what `lspci` printed, with whatever options and on whatever machine, or the JSON of
// an earlier reading.

import { assemble } from './assemble.ts';
import { type ConfigFacts, configFacts } from './config-space.ts';
import { nowhere, type TopologyError, unexpected } from './error.ts';
import { type Headline, headline, quotePrefix } from './headline.ts';
import { configSpaceMax, isHexRow, storeHexRow } from './hex-row.ts';
import { parseTopologyJson } from './json.ts';
import { printableCut } from './printable.ts';
import { Lines, sourceText } from './source-text.ts';
import type { Device, Topology, TopologyKind } from './topology.ts';
import { VerboseText } from './verbose.ts';

export interface ReadLimits {
  /** Larger inputs are refused unread. */
  readonly bytesMax: number;
  /** More functions than this are refused. */
  readonly devicesMax: number;
}

/** What the command line uses; the largest machines have some ten thousand functions. */
export const readLimits: ReadLimits = { bytesMax: 64 * 1024 * 1024, devicesMax: 1 << 18 };

/**
 * Reads an `lspci` listing (plain, -n, -nn, -k, -D), `-v` to `-vvv` text, a `-x` to `-xxxx` dump
 * with or without such text, or the JSON of `topologyJson`; which one it is, the content tells.
 * @throws TopologyError, and nothing else, when it is none of these, damaged beyond sense, empty,
 * or larger than the limits.
 */
export function readTopology(input: string | Uint8Array, limits: ReadLimits): Topology {
  const text = sourceText(input, limits.bytesMax);
  if (text.trimStart() === '') throw unexpected(wanted, text.slice(0, 100), nowhere);
  if (/^\s{0,100}\{/.test(text)) return parseTopologyJson(text, limits);
  const reader = new Reader(limits.devicesMax);
  const lines = new Lines(text);
  while (lines.next()) reader.take(lines.text, lines.number);
  return reader.finish(firstLine(text));
}

const wanted = 'the output of lspci (a line such as "00:1f.2 SATA controller: ...")';

/** Indented text is looked at no further than this; no line of lspci that matters is longer. */
const textMax = 400;

class Reader {
  private readonly devices: Device[] = [];
  private readonly devicesMax: number;
  private readonly config = new Uint8Array(configSpaceMax);
  private current: Headline | null = null;
  private verbose = new VerboseText();
  private configBytes = 0;
  private prefix = '';
  private kind: TopologyKind = 'listing';
  private strangeLines = 0;
  private firstStrange = '';
  private truncated = 0;

  constructor(devicesMax: number) {
    this.devicesMax = devicesMax;
  }

  take(raw: string, number: number): void {
    const line = this.unquoted(raw);
    const first = line.charCodeAt(0);
    if (line === '') this.close();
    else if (first === 0x20 || first === 0x09) this.takeText(line);
    else if (isHexRow(line)) this.takeRow(line, number);
    else this.takeHeadline(line, number);
  }

  finish(start: string): Topology {
    this.close();
    if (this.devices.length === 0) throw nothingFound(start);
    const notes: string[] = [];
    if (this.strangeLines > 0) {
      notes.push(`lines passed over: ${this.strangeLines}, the first is ${this.firstStrange}`);
    }
    if (this.truncated > 0) {
      notes.push(`functions with fewer than 64 bytes of config space: ${this.truncated}`);
    }
    return assemble(this.kind, this.devices, notes);
  }

  private unquoted(raw: string): string {
    if (this.prefix === '') {
      if (this.devices.length > 0 || this.current !== null) return raw;
      this.prefix = quotePrefix(raw) ?? '';
    }
    if (this.prefix === '') return raw;
    if (raw.startsWith(this.prefix)) return raw.slice(this.prefix.length);
    // Mail programs cut the blank at the end of an empty quoted line.
    return raw === this.prefix.trimEnd() ? '' : raw;
  }

  private takeHeadline(line: string, number: number): void {
    const found = headline(line, number);
    if (found === null) {
      this.strangeLines += 1;
      if (this.strangeLines === 1)
        this.firstStrange = `line ${number}, "${printableCut(line, 60)}"`;
      return;
    }
    this.close();
    if (this.devices.length >= this.devicesMax) {
      const expected = `at most ${this.devicesMax} functions`;
      throw unexpected(expected, line, { line: number, column: null });
    }
    this.current = found;
  }

  private takeText(line: string): void {
    if (this.current === null) return;
    if (this.kind === 'listing') this.kind = 'verbose';
    this.verbose.take(line.slice(0, textMax).trim());
  }

  private takeRow(line: string, number: number): void {
    // Rows below a blank line belong to nobody; lspci -F passes them over too.
    if (this.current === null) return;
    this.kind = 'hex';
    this.configBytes = Math.max(this.configBytes, storeHexRow(line, number, this.config));
  }

  private close(): void {
    if (this.current === null) return;
    const facts = configFacts(this.config, this.configBytes);
    if (this.configBytes > 0 && this.configBytes < 64) this.truncated += 1;
    this.devices.push(device(this.current, facts, this.verbose, this.configBytes));
    this.config.fill(0, 0, this.configBytes);
    this.current = null;
    this.configBytes = 0;
    this.verbose = new VerboseText();
  }
}

/** Bytes win over text: they are what the text was made from. */
function device(
  head: Headline,
  bytes: ConfigFacts,
  text: VerboseText,
  configBytes: number,
): Device {
  return {
    ...head,
    classCode: bytes.classCode ?? head.classCode,
    vendorId: bytes.vendorId ?? head.vendorId,
    deviceId: bytes.deviceId ?? head.deviceId,
    headerType: bytes.headerType,
    configBytes,
    bridge: bytes.bridge ?? text.bridge,
    pcie: bytes.pcie ?? text.pcie,
    msi: bytes.msi ?? text.msi,
    msix: bytes.msix ?? text.msix,
    aer: bytes.aer ?? text.aer,
    dpc: bytes.dpc ?? text.dpc,
  };
}

function firstLine(text: string): string {
  const start = text.slice(0, 2000).trimStart();
  return start.split('\n', 1)[0] ?? '';
}

function nothingFound(start: string): TopologyError {
  const place = { line: 1, column: null };
  if (/^(Slot|Device):\s/.test(start)) {
    return unexpected(`${wanted}, without -m or -vmm`, start, place);
  }
  if (/^-[[+]/.test(start)) return unexpected(`${wanted}, without -t`, start, place);
  return unexpected(wanted, start, place);
}

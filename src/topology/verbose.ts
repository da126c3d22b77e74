// The text that -v to -vvv prints under a headline, in the spellings of pciutils 2.x to today: bus
// numbers, the slot and link capabilities of a port, and whether MSI, MSI-X, AER and DPC are there.

import type {
  Bridge,
  Dpc,
  ExtendedCapability,
  Interrupts,
  LinkCapabilities,
  Pcie,
  SlotCapabilities,
} from './topology.ts';

/**
 * Collects the indented lines of one function; `facts` is what they said, null for what they did
 * not.
 */
export class VerboseText {
  bridge: Bridge | null = null;
  msi: Interrupts | null = null;
  msix: Interrupts | null = null;
  aer: ExtendedCapability | null = null;
  dpc: Dpc | null = null;
  private portType: number | null = null;
  private link: LinkCapabilities | null = null;
  private slot: SlotCapabilities | null = null;
  private inPcie = false;

  /**
   * Takes one line without its indentation; lines that say nothing about the topology are passed
   * over.
   */
  take(line: string): void {
    if (line.startsWith('Bus: primary=')) this.takeBus(line);
    else if (line.startsWith('Capabilities: [')) this.takeCapability(line);
    else if (line.startsWith('DpcCap:')) this.takeDpc(line);
    else if (this.inPcie) this.takePort(line);
  }

  get pcie(): Pcie | null {
    if (this.portType === null) return null;
    return { portType: this.portType, link: this.link, slot: this.slot };
  }

  private takeBus(line: string): void {
    const match = busLine.exec(line);
    if (match === null) return;
    const [, primary = '', secondary = '', subordinate = ''] = match;
    this.bridge = {
      primary: Number.parseInt(primary, 16),
      secondary: Number.parseInt(secondary, 16),
      subordinate: Number.parseInt(subordinate, 16),
      inferred: false,
    };
  }

  private takeCapability(line: string): void {
    this.inPcie = false;
    const match = capabilityLine.exec(line);
    if (match === null) return;
    const offset = Number.parseInt(match[1] ?? '', 16);
    const what = match[2] ?? '';
    if (what.startsWith('Express')) this.takeExpress(what);
    else if (what.startsWith('MSI-X:'))
      this.msix = { enabled: enabled(what), vectors: msixVectors(what) };
    else if (/^MSI:|^Message Signalled/.test(what)) {
      this.msi = { enabled: enabled(what), vectors: msiVectors(what) };
    } else if (offset >= 0x100 && offset < 0x1000) {
      if (what.startsWith('Advanced Error Reporting')) this.aer = { offset };
      // Versions before 3.5 knew DPC only by its number.
      if (/^Downstream Port Containment|^#1d\b/.test(what)) this.dpc = { offset, ...noDpcBits };
    }
  }

  private takeExpress(what: string): void {
    const kind = what.replace(/^Express(?: \(v\d+\))? /, '');
    const found = portTypes.find(([spelling]) => kind.startsWith(spelling));
    const unknown = /^Unknown type (\d{1,2})/.exec(kind);
    this.portType = found?.[1] ?? (unknown === null ? 0 : Number(unknown[1]) & 0xf);
    this.slot = kind.includes('(Slot+)') ? noSlotBits : null;
    this.link = null;
    this.inPcie = true;
  }

  private takePort(line: string): void {
    if (/^LnkCap:|^Link: Supported/.test(line)) {
      const port = /Port #?\s?(\d{1,3})/.exec(line);
      const width = /Width x(\d{1,2})\b/.exec(line);
      this.link = {
        ...noLinkBits,
        speed: speedCode(/Speed ([\d.]{1,4})G/.exec(line)?.[1]),
        width: Number(width?.[1] ?? 0),
        portNumber: Number(port?.[1] ?? 0) & 0xff,
      };
    }
    if (this.link !== null && line.includes('LLActRep')) {
      this.link = {
        ...this.link,
        surpriseDown: line.includes('Surprise+'),
        linkActive: line.includes('LLActRep+'),
      };
    }
    if (this.slot !== null) this.slot = slotLine(this.slot, line);
  }

  private takeDpc(line: string): void {
    if (this.dpc === null) return;
    const message = /(?:INT Msg #|IntMsgNum )(\d{1,2})/.exec(line);
    this.dpc = {
      offset: this.dpc.offset,
      interruptMessage: Number(message?.[1] ?? 0) & 0x1f,
      rootPort: line.includes('RPExt+'),
      poisonedTlp: line.includes('PoisonedTLP+'),
      softwareTrigger: line.includes('SwTrigger+'),
      linkActive: line.includes('DL_ActiveErr+'),
    };
  }
}

const busLine = /primary=([0-9a-f]{2}), secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})\b/;
const capabilityLine = /^Capabilities: \[([0-9a-f]{2,3})(?: v\d+)?\] (.*)$/;

// How -v names the device/port types of PCIe r5.0 §7.5.3.2.
const portTypes: readonly (readonly [string, number])[] = [
  ['Endpoint', 0],
  ['Legacy Endpoint', 1],
  ['Root Port', 4],
  ['Upstream Port', 5],
  ['Downstream Port', 6],
  ['PCI-Express to PCI/PCI-X Bridge', 7],
  ['PCI/PCI-X to PCI-Express Bridge', 8],
  ['Root Complex Integrated Endpoint', 9],
  ['Root Complex Event Collector', 10],
];

const speeds: readonly string[] = ['2.5', '5', '8', '16', '32', '64'];

const noDpcBits = {
  interruptMessage: 0,
  rootPort: false,
  poisonedTlp: false,
  softwareTrigger: false,
  linkActive: false,
};

const noLinkBits: LinkCapabilities = {
  speed: 0,
  width: 0,
  surpriseDown: false,
  linkActive: false,
  portNumber: 0,
};

const noSlotBits: SlotCapabilities = {
  number: 0,
  attentionButton: false,
  powerController: false,
  mrlSensor: false,
  attentionIndicator: false,
  powerIndicator: false,
  surprise: false,
  hotplug: false,
  interlock: false,
  noCommandCompleted: false,
  powerLimitMilliwatts: 0,
};

function speedCode(text: string | undefined): number {
  return text === undefined ? 0 : speeds.indexOf(text.replace(/\.0$/, '')) + 1;
}

function enabled(what: string): boolean {
  return what.includes('Enable+');
}

function msiVectors(what: string): number {
  // Today "Count=used/possible"; once "Queue=used/possible" with both as powers of two.
  const count = /Count=\d{1,2}\/(\d{1,2})/.exec(what);
  if (count !== null) return Number(count[1]);
  const queue = /Queue=\d\/(\d)/.exec(what);
  return queue === null ? 0 : 1 << (Number(queue[1]) & 7);
}

function msixVectors(what: string): number {
  const match = /(?:Count|TabSize)=(\d{1,4})/.exec(what);
  return match === null ? 0 : Number(match[1]);
}

function slotLine(slot: SlotCapabilities, line: string): SlotCapabilities {
  // "SltCap: AttnBtn- PwrCtrl+ ..." today, "Slot: AtnBtn- PwrCtrl+ ... Surpise+" in 2.x.
  if (/^SltCap:|^Slot: Att?nBtn/.test(line)) {
    return {
      ...slot,
      attentionButton: /Att?nBtn\+/.test(line),
      powerController: line.includes('PwrCtrl+'),
      mrlSensor: line.includes('MRL+'),
      attentionIndicator: /Att?nInd\+/.test(line),
      powerIndicator: line.includes('PwrInd+'),
      surprise: /Surpr?ise\+/.test(line),
      hotplug: line.includes('HotPlug+'),
    };
  }
  const match = /^Slot(?: #|: Number)\s{0,3}(\d{1,4}), PowerLimit (\d{1,4}(?:\.\d{1,6})?)/.exec(
    line,
  );
  if (match === null) return slot;
  return {
    ...slot,
    number: Number(match[1]) & 0x1fff,
    powerLimitMilliwatts: Math.round(Number(match[2]) * 1000),
    interlock: line.includes('Interlock+'),
    noCommandCompleted: line.includes('NoCompl+'),
  };
}

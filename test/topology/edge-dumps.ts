// Dumps at the edges of what `lspci -t` draws. fixtures/trees holds what lspci 3.9.0 printed for
// each.

import { type MadeFunction, madeDump } from './dumps.ts';

/** Name of the case -> dump. */
export const edgeDumps: ReadonlyMap<string, string> = new Map([
  ['one function', madeDump([{ at: [0, 0, 1, 0] }])],
  [
    'a bridge with secondary 0',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 0, 0] },
      { at: [0, 0, 2, 0], bridge: [0, 0, 3] },
      { at: [0, 1, 0, 0] },
    ]),
  ],
  [
    'a bridge that leads to its own bus',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 1] },
      { at: [0, 1, 1, 0], bridge: [1, 1, 1] },
      { at: [0, 1, 2, 0] },
      { at: [0, 5, 0, 0], bridge: [5, 5, 7] },
      { at: [0, 7, 0, 0] },
    ]),
  ],
  [
    'two bridges that lead to each other',
    madeDump([
      { at: [0, 1, 0, 0], bridge: [1, 2, 2] },
      { at: [0, 2, 0, 0], bridge: [2, 1, 1] },
      { at: [0, 3, 0, 0] },
    ]),
  ],
  [
    'nested ranges, with empty buses and gaps',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 9] },
      { at: [0, 1, 0, 0], bridge: [1, 2, 8] },
      { at: [0, 2, 0, 0], bridge: [2, 3, 3] },
      { at: [0, 2, 5, 0], bridge: [2, 4, 7] },
      { at: [0, 3, 0, 0] },
      { at: [0, 3, 0, 7] },
      { at: [0, 6, 31, 0] },
      { at: [0, 9, 0, 1] },
    ]),
  ],
  [
    'overlapping ranges',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 4] },
      { at: [0, 0, 2, 0], bridge: [0, 2, 5] },
      { at: [0, 0, 3, 0], bridge: [0, 3, 3] },
      ...[1, 2, 3, 4, 5].map((bus): MadeFunction => ({ at: [0, bus, 0, 0] })),
    ]),
  ],
  [
    'two bridges with one secondary bus',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 1] },
      { at: [0, 0, 2, 0], bridge: [0, 1, 1] },
      { at: [0, 1, 0, 0] },
    ]),
  ],
  [
    'a subordinate bus below the secondary bus',
    madeDump([{ at: [0, 0, 1, 0], bridge: [0, 4, 2] }, { at: [0, 2, 0, 0] }, { at: [0, 4, 0, 0] }]),
  ],
  [
    'all 256 buses behind one bridge',
    madeDump([
      { at: [0, 0, 0, 0], bridge: [0, 0, 255] },
      { at: [0, 0, 1, 0] },
      { at: [0, 128, 0, 0] },
      { at: [0, 255, 31, 7] },
    ]),
  ],
  [
    'several domains, out of order, one above 0xffff',
    madeDump([
      { at: [0x10000, 0, 0, 0], bridge: [0, 1, 2] },
      { at: [0x10000, 1, 0, 0] },
      { at: [2, 1, 0, 0] },
      { at: [0, 0, 2, 0] },
      { at: [0, 0, 1, 1] },
      { at: [0, 0, 1, 0], bridge: [0, 1, 1] },
      { at: [2, 0, 0, 0], bridge: [0, 1, 1] },
    ]),
  ],
  [
    'several root buses and buses nobody leads to',
    madeDump([
      { at: [0, 0x7f, 8, 0] },
      { at: [0, 0xff, 8, 0] },
      { at: [0, 0xff, 8, 1] },
      { at: [0, 0, 0, 0] },
      { at: [0, 3, 0, 0] },
    ]),
  ],
  [
    'no function on bus 0000:00',
    madeDump([{ at: [1, 0, 0, 0] }, { at: [0, 2, 0, 0], bridge: [2, 3, 3] }]),
  ],
  [
    'CardBus bridges and odd headers',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 4], header: 2, classCode: 0x0607, bytes: 128 },
      { at: [0, 0, 2, 0], bridge: [0, 5, 5], header: 0x81 },
      { at: [0, 0, 3, 0], bridge: [0, 6, 6], header: 0 },
      { at: [0, 0, 4, 0], bridge: [0, 7, 7], classCode: 0x0200 },
      { at: [0, 0, 5, 0], bridge: [0, 8, 8], classCode: 0x0680 },
      ...[1, 5, 6, 7, 8].map((bus): MadeFunction => ({ at: [0, bus, 0, 0] })),
    ]),
  ],
  [
    'config spaces cut short',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 1], bytes: 16 },
      { at: [0, 0, 2, 0], bridge: [0, 2, 2], bytes: 48 },
      { at: [0, 0, 3, 0], bridge: [0, 3, 3], bytes: 256 },
      { at: [0, 2, 0, 0], bytes: 0 },
      { at: [0, 3, 0, 0], bytes: 0 },
    ]),
  ],
  [
    'functions that are there twice',
    madeDump([
      { at: [0, 0, 1, 0], bridge: [0, 1, 1] },
      { at: [0, 0, 1, 0], bridge: [0, 2, 2] },
      { at: [0, 0, 2, 0] },
      { at: [0, 0, 2, 0] },
      { at: [0, 1, 0, 0] },
      { at: [0, 2, 0, 0] },
    ]),
  ],
  ['a chain that just fits a row', chain(77)],
  ['a chain that does not fit a row', chain(79)],
  ['text between the headline and the bytes', withText()],
  ['ends of line with carriage returns', withText().replaceAll('\n', '\r\n')],
]);

/** A bus with an endpoint and a bridge to the next such bus, `depth` times. */
function chain(depth: number): string {
  const functions: MadeFunction[] = [];
  for (let bus = 0; bus < depth; bus += 1) {
    functions.push({ at: [0, bus, 1, 0] });
    functions.push({ at: [0, bus, 2, 0], bridge: [bus, bus + 1, bus + 1] });
  }
  functions.push({ at: [0, depth, 0, 0] });
  return madeDump(functions);
}

function withText(): string {
  const dump = madeDump([{ at: [0, 0, 1, 0], bridge: [0, 1, 1] }, { at: [0, 1, 0, 0] }]);
  return dump.replaceAll(/^00: /gm, '\tFlags: fast devsel\n\tBus: primary=00, secondary=05\n00: ');
}

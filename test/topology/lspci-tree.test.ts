import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readLimits, readTopology } from '../../src/topology/read.ts';
import { formatTree } from '../../src/topology/tree.ts';
import { madeDump, madeFunctions, seeded } from './dumps.ts';
import { edgeDumps } from './edge-dumps.ts';
import { lspciObstacle, lspciTree, recordedTree, sharedTopology } from './fixture-file.ts';

const machines = 120;

describe('what lspci -t -F prints here', () => {
  const obstacle = lspciObstacle();
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'hotrace-lspci-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function drawnByLspci(dump: string): string | null {
    const file = path.join(folder, 'dump');
    writeFileSync(file, dump);
    return lspciTree(file);
  }

  test('is what was recorded for the edge cases', ({ skip }) => {
    if (obstacle !== null) return skip(obstacle);
    for (const [name, dump] of edgeDumps) {
      expect(drawnByLspci(dump), name).toBe(recordedTree(name));
    }
  });

  for (const name of ['asus-p6t6.lspci-xxxx', 'plx9716-slot-dpc.lspci-vvv']) {
    test(`is byte for byte our drawing of ${name}`, ({ skip }) => {
      if (obstacle !== null) return skip(obstacle);
      const file = sharedTopology(name);
      if (file === null) return skip('../shared/topologies is not there');
      expect(formatTree(readTopology(readFileSync(file), readLimits))).toBe(lspciTree(file));
    });
  }

  test(`is byte for byte our drawing of ${machines} machines made up by chance`, ({ skip }) => {
    if (obstacle !== null) return skip(obstacle);
    for (let seed = 1; seed <= machines; seed += 1) {
      const dump = madeDump(madeFunctions(seeded(seed)));
      const drawn = formatTree(readTopology(dump, readLimits));
      expect(drawn, `seed ${seed}`).toBe(drawnByLspci(dump));
    }
  });
});

import { beforeAll, describe, expect, test } from 'vitest';
import { positionsOf, runTo } from '../../../src/inspect/page/run/breakpoints.ts';
import { Graph } from '../../../src/inspect/page/run/graph.ts';
import { readMoment, writeMoment } from '../../../src/inspect/page/run/link.ts';
import { Run } from '../../../src/inspect/page/run/run.ts';
import { byActor, byStep, bySwitch } from '../../../src/inspect/page/run/travel.ts';
import { documentOf } from './recorded.ts';

let run: Run;
beforeAll(async () => {
  run = new Run(await documentOf('eeh-pe.T3.none'));
});

function objectCalled(name: string) {
  const object = run.objects.all.find((one) => one.name === name);
  if (object === undefined) throw new Error(`no object ${name}`);
  return object;
}

describe('trees of memory', () => {
  /** `parent > child` for each relation. */
  function edges(position: number): string[] {
    const graph = new Graph(run.objects, run.words(position));
    return run.objects.all
      .filter((object) => run.objects.life(object, run.words(position)) !== 'never')
      .flatMap((object) =>
        graph.branches(object).flatMap(({ relation, children }) => {
          return children.map((child) => `${object.name} ${relation}> ${child.name}`);
        }),
      );
  }

  test('show the PE tree, buses and devices as the kernel links them', () => {
    expect(edges(302)).toEqual(
      expect.arrayContaining([
        'eeh_phb_pe > PHB#0-PE',
        'PHB#0-PE child_list> PE#1',
        'PE#1 child_list> eeh_pe#2',
        'eeh_pe#2 edevs> edev 0000:01:00.0',
        'bus 00 children> bus 01',
        'bus 01 devices> pci_dev#1',
        'pdn 0000:00:00.0 child> pdn 0000:01:00.0',
      ]),
    );
  });

  test('never show an entry as the head of its list', () => {
    for (const position of [0, 150, 302, 500, run.count]) {
      const backwards = /eeh_pe#2 child> PE#1|(\w[^>]*) entry>|bus_list>|node>/;
      expect(edges(position).filter((edge) => backwards.test(edge))).toEqual([]);
    }
  });

  test('lose what is unlinked', () => {
    expect(edges(run.count).filter((edge) => edge.endsWith('eeh_pe#2'))).toEqual([]);
  });
});

describe('objects', () => {
  test('live, are freed, and come with their fields’ pointers', () => {
    const pe = objectCalled('eeh_pe#2');
    expect(run.objects.life(pe, run.words(0))).toBe('never');
    expect(run.objects.life(pe, run.words(302))).toBe('live');
    expect(run.objects.life(pe, run.words(run.count))).toBe('freed');
    const parent = pe.base + pe.struct.words.findIndex(({ path }) => path === 'parent');
    const value = run.words(302)[parent] ?? 0;
    expect(run.objects.valueText(parent, value)).toBe('PE#1');
    expect(run.objects.valueText(parent, run.words(run.count)[parent] ?? 0)).toBe('POISON_FREE');
    expect(run.objects.wordName(parent)).toBe('eeh_pe#2.parent');
    const freed = run.memory.lastChange(parent, run.count);
    expect(run.text(freed - 1)).toBe('kfree(eeh_pe#2)');
  });

  test('are orphans once nobody points to them', () => {
    const orphans = [...run.objects.orphans(run.words(run.count))].map(({ name }) => name);
    expect(orphans).not.toContain('eeh_pe#2');
    expect(run.objects.orphans(run.words(0)).size).toBe(0);
  });
});

describe('locks and statecharts', () => {
  test('a lock has one holder at a time, or readers', () => {
    for (const lock of run.locks.locks) {
      for (let position = 0; position <= run.count; position += 7) {
        const { holders } = run.locks.at(lock, position);
        expect(holders.length <= 1 || holders.every((one) => one.shared)).toBe(true);
      }
    }
  });

  test('an actor is where its last move led, and counts add up', () => {
    run.document.actors.forEach((_, actor) => {
      const moves = run.machines.moves(actor);
      moves.forEach((move, i) => {
        expect(move.from).toBe(i === 0 ? run.machines.state(actor, -1) : moves[i - 1]?.to);
        expect(run.machines.state(actor, move.at)).toBe(
          moves.findLast(({ at }) => at <= move.at)?.to,
        );
      });
      const counted = [...run.machines.counts(actor, run.count).values()];
      expect(counted.reduce((sum, n) => sum + n, 0)).toBe(moves.flatMap((m) => m.edges).length);
    });
  });
});

describe('time travel', () => {
  test('goes by steps, actors and switches, and back the same way', () => {
    expect(byStep(run, 0, -1)).toBe(0);
    expect(byStep(run, run.count, 1)).toBe(run.count);
    const visited: number[] = [];
    for (let at = 0; at < run.count; at = bySwitch(run, at, 1)) visited.push(at);
    const back: number[] = [];
    for (let at = run.count; at > 0; ) {
      at = bySwitch(run, at, -1);
      back.push(at);
    }
    expect(back.toReversed()).toEqual(visited);
    const actor = run.document.steps.actor[100] ?? 0;
    const next = byActor(run, 101, 1, actor);
    expect(run.document.steps.actor[next - 1]).toBe(actor);
    expect(byActor(run, next, -1, actor)).toBe(101);
  });

  test('stops at locks, states and words', () => {
    const lock = run.locks.locks[0] ?? 0;
    expect(positionsOf(run, { kind: 'lock', lock }).length).toBeGreaterThan(1);
    const stop = { kind: 'state', actor: 0, state: 'P5' } as const;
    const at = runTo(run, [stop], 0, 1);
    expect(run.machines.state(0, at)).toBe('P5');
    expect(run.machines.state(0, at - 1)).not.toBe('P5');
    const pe = objectCalled('eeh_pe#2');
    const word = { kind: 'word', addr: pe.base, value: null } as const;
    const last = runTo(run, [word], run.count, -1);
    expect(run.text(last - 1)).toBe('kfree(eeh_pe#2)');
    expect(runTo(run, [], 3, 1)).toBe(run.count);
  });
});

describe('the link of a moment', () => {
  test('comes back as it was', () => {
    const moment = { step: 302, word: undefined, object: 19 };
    expect(readMoment(writeMoment(moment))).toEqual(moment);
  });

  test.each(['#step=-1', '#step=1e9', '#step=<b>', '#', '#step=99999999999'])('%s is none', (h) => {
    expect(readMoment(h).step).toBeUndefined();
  });
});

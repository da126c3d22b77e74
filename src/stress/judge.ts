/** The oracles that a round asks while it runs: KASAN, hung tasks, why nothing moves any more. */
import type { Program } from '../actor/program.ts';
import { nameOfAddress, nameOfPointer } from '../memory/image.ts';
import { CONTROL } from '../ops/native/control.ts';
import type { Judge } from '../ops/native/runtime.ts';
import { HUNG_TASK_MS, LOCK_WAITS, UNINTERRUPTIBLE } from '../oracles/hung_task.ts';
import { badAccess, isAccessible } from '../oracles/kasan.ts';
import { lockClassesOf, lockName } from '../oracles/lock_classes.ts';
import type { Finding } from '../oracles/verdict.ts';
import type { Arena } from './arena.ts';
import { saveWaits, type Wait, waitsOf } from './waits.ts';
import { watchedMoves } from './watched.ts';

/** A spin loop may be bounded: so many turns without any change are taken for endless. */
const ENDLESS_TURNS = 2000;

export function judgeOf(arena: Arena, program: Program): Judge {
  const { layout } = program;
  const classes = lockClassesOf(layout);
  const nameOfLock = (lock: number): string => lockName(nameOfAddress(layout, lock));
  return {
    quiet: () => judgeQuiet(arena, program),
    clockMoved: () => findHungTask(arena, program),
    badAccess: (addr, access) => badAccess(layout, arena.memory, addr, access),
    nameOfLock,
    lockClass: (lock) => classes.of[lock] ?? -2,
    lockClassName: (index) => classes.names[index] ?? '?',
    watchedMove: watchedMoves(program),
    panicOnWarn: program.panicOnWarn,
  };
}

/** Nothing moves and no timer runs: what the state is. */
function judgeQuiet(arena: Arena, program: Program): Finding | 'end' | 'wait' {
  const waits = waitsOf(arena, program);
  saveWaits(arena.control, waits);
  const spinners = waits.filter((wait) => wait.spins > 0 && !LOCK_WAITS.has(wait.kind));
  if (spinners.length > 0) {
    return spinners.every((wait) => wait.spins >= ENDLESS_TURNS)
      ? livelock(program, spinners)
      : 'wait';
  }
  const stuck = waits.filter((wait) => {
    const daemon = program.actors[wait.actor]?.daemon === true;
    return !daemon || (LOCK_WAITS.has(wait.kind) && !wait.interrupted);
  });
  return stuckFinding(arena, program, stuck) ?? 'end';
}

function livelock(program: Program, spinners: readonly Wait[]): Finding {
  const names = spinners.map((wait) => program.actors[wait.actor]?.name).join(', ');
  const message = `${names} spin and nothing can change`;
  return { verdict: 'livelock', oracle: 'hung-task', message, addr: 0 };
}

/** Why actors that should have gone on do not: a deadlock, or nobody is left to wake them. */
export function stuckFinding(
  arena: Arena,
  program: Program,
  stuck: readonly Wait[],
): Finding | undefined {
  const { layout } = program;
  const [first] = stuck;
  if (first === undefined) return undefined;
  const onLock = stuck.find((wait) => LOCK_WAITS.has(wait.kind) && !wait.interrupted);
  if (onLock !== undefined) {
    // The lock went away while this actor waited for it.
    if (!isAccessible(layout, arena.memory, onLock.addr)) {
      return badAccess(layout, arena.memory, onLock.addr, 'Lock');
    }
    const message = chainFrom(onLock, stuck, program);
    return { verdict: 'deadlock', oracle: 'hung-task', message, addr: onLock.addr };
  }
  const name = program.actors[first.actor]?.name ?? '?';
  const what = nameOfPointer(layout, first.addr);
  const message = `${name} sleeps on ${what} and nobody is left to wake it`;
  return { verdict: 'lost-wakeup', oracle: 'hung-task', message, addr: first.addr };
}

function chainFrom(start: Wait, stuck: readonly Wait[], program: Program): string {
  const name = (actor: number): string => program.actors[actor]?.name ?? 'nobody';
  const chain: string[] = [];
  const seen = new Set<number>();
  let wait: Wait | undefined = start;
  while (wait !== undefined && !seen.has(wait.actor)) {
    seen.add(wait.actor);
    const lock = lockName(nameOfAddress(program.layout, wait.addr));
    const holder = name(wait.holder);
    if (wait.interrupted) chain.push(`${name(wait.actor)} stands still for ${holder}`);
    else chain.push(`${name(wait.actor)} waits for ${lock} held by ${holder}`);
    const next: number = wait.holder;
    wait = stuck.find((other) => other.actor === next);
  }
  return chain.join(', ');
}

/** The clock has moved: somebody who waits uninterruptibly for over 120 s is a hung task. */
function findHungTask(arena: Arena, program: Program): Finding | undefined {
  const now = Atomics.load(arena.control, CONTROL.nowMs);
  if (now - program.clockStartMs < HUNG_TASK_MS) return undefined;
  const waits = waitsOf(arena, program);
  saveWaits(arena.control, waits);
  for (const wait of waits) {
    const spec = program.actors[wait.actor];
    if (spec === undefined || spec.daemon || wait.interrupted) continue;
    if (!UNINTERRUPTIBLE.has(wait.kind) || now - wait.sinceMs < HUNG_TASK_MS) continue;
    const what = lockName(nameOfAddress(program.layout, wait.addr));
    const message = `task ${spec.name} blocked for more than 120 seconds on ${what}`;
    return { verdict: 'hung-task', oracle: 'hung-task', message, addr: wait.addr };
  }
  return undefined;
}

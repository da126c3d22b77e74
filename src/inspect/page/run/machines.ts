/** Where every statechart stands at a position, and how often each edge was taken by then. */
import { ACTIVITIES, type Activity, type InspectDocument } from '../../document/document.ts';

export interface Move {
  readonly at: number;
  readonly actor: number;
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly edges: readonly string[];
}

export class MachineHistory {
  readonly #initial: readonly string[];
  readonly #moves: readonly (readonly Move[])[];
  readonly #activities: readonly (readonly { at: number; activity: Activity }[])[];

  constructor(document: InspectDocument) {
    const { actors, machines, moves, activities } = document;
    this.#initial = actors.map(({ machine }) => machines[machine]?.initial ?? '');
    const byActor: Move[][] = actors.map(() => []);
    moves.at.forEach((at, i) => {
      const actor = moves.actor[i] ?? 0;
      const machine = machines[actors[actor]?.machine ?? -1];
      const tuple = machine?.tuples[moves.tuple[i] ?? -1];
      if (tuple !== undefined) byActor[actor]?.push({ at, actor, ...tuple });
    });
    this.#moves = byActor;
    const changes: { at: number; activity: Activity }[][] = actors.map(() => []);
    activities.at.forEach((at, i) => {
      const activity = ACTIVITIES[activities.activity[i] ?? 0] ?? 'ready';
      changes[activities.actor[i] ?? 0]?.push({ at, activity });
    });
    this.#activities = changes;
  }

  /** All moves of an actor, ascending. */
  moves(actor: number): readonly Move[] {
    return this.#moves[actor] ?? [];
  }

  /** Its last move at or before a position. */
  lastMove(actor: number, position: number): Move | undefined {
    return lastAt(this.moves(actor), position);
  }

  /** Name of the state it stands in, as tuples spell it. */
  state(actor: number, position: number): string {
    return this.lastMove(actor, position)?.to ?? this.#initial[actor] ?? '';
  }

  /** How often its edges were taken up to a position. */
  counts(actor: number, position: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const move of this.moves(actor)) {
      if (move.at > position) break;
      for (const edge of move.edges) counts.set(edge, (counts.get(edge) ?? 0) + 1);
    }
    return counts;
  }

  activity(actor: number, position: number): Activity {
    return lastAt(this.activities(actor), position)?.activity ?? 'ready';
  }

  /** Its changes of activity, ascending. */
  activities(actor: number): readonly { readonly at: number; readonly activity: Activity }[] {
    return this.#activities[actor] ?? [];
  }
}

/** The last of ascending entries that holds at a position. */
function lastAt<T extends { readonly at: number }>(
  entries: readonly T[],
  position: number,
): T | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.at ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}

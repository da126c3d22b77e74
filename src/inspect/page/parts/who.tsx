/** An actor, told by a letter and a colour: either is enough. */
import { usePage } from '../context.ts';

export const COLOURS = 8;

export function letterOf(actor: number): string {
  return actor < 0 ? '·' : String.fromCharCode(65 + (actor % 26));
}

export function Badge({ actor }: { readonly actor: number }) {
  return (
    <span class={`badge a${actor % COLOURS}`} aria-hidden="true">
      {letterOf(actor)}
    </span>
  );
}

export function Who({ actor }: { readonly actor: number }) {
  const { run } = usePage();
  return (
    <span class="who">
      <Badge actor={actor} />
      {run.actorName(actor)}
    </span>
  );
}

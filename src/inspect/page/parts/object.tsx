/** An object by its name, and whether it is alive. */
import { usePage } from '../context.ts';
import type { MemoryObject } from '../run/objects.ts';

export function ObjectName({ object }: { readonly object: MemoryObject }) {
  const { run, view, look } = usePage();
  const changed = run.memory.changedAt(view.position);
  const words = run.words(view.position);
  const { base, struct } = object;
  let isChanged = false;
  for (let i = 0; i < struct.sizeof; i++) isChanged ||= changed.has(base + i);
  const life = run.objects.life(object, words);
  const classes = ['link', 'object', life, isChanged ? 'changed' : ''].join(' ');
  const isChosen = view.object === object.index;
  return (
    <button type="button" class={classes} aria-pressed={isChosen} onClick={() => look(base)}>
      {object.name}
    </button>
  );
}

interface LifeProps {
  readonly object: MemoryObject;
  readonly isOrphan: boolean;
}

export function LifeText({ object, isOrphan }: LifeProps) {
  const { run, view } = usePage();
  const words = run.words(view.position);
  const life = run.objects.life(object, words);
  if (life === 'static') return <span class="dim">static</span>;
  if (life === 'never') return <span class="dim">not handed out yet</span>;
  const generation = run.objects.generation(object, words);
  const again = generation > 1 ? ` ×${generation}` : '';
  if (life === 'freed') return <span class="tag freed">✕ freed{again}</span>;
  if (isOrphan) return <span class="tag orphan">◇ nobody points to it{again}</span>;
  return <span class="dim">live{again}</span>;
}

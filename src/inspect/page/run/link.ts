/** The permalink of a moment: `#step=717&word=630&object=19`. */

export interface Moment {
  readonly step: number | undefined;
  /** A word's address. */
  readonly word: number | undefined;
  /** An object's index. */
  readonly object: number | undefined;
}

export function readMoment(hash: string): Moment {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    step: whole(parameters.get('step')),
    word: whole(parameters.get('word')),
    object: whole(parameters.get('object')),
  };
}

export function writeMoment({ step, word, object }: Moment): string {
  const parts = Object.entries({ step, word, object });
  const given = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return `#${given.join('&')}`;
}

function whole(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

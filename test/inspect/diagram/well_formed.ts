/** A strict look at XML: what a parser would refuse. */

const PARTS = [
  String.raw`<\?xml [^?]*\?>`,
  String.raw`<!-- (?:(?!--)[\s\S])*-->`,
  String.raw`<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>`,
  '([^<]+)',
];
const TOKEN = new RegExp(PARTS.join('|'), 'y');

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All elements in order. @throws Error where the text is not well-formed. */
export function elementsOf(text: string): Element[] {
  const open: string[] = [];
  const found: Element[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new Error(`not XML: ${JSON.stringify(text.slice(at, at + 60))}`);
    const [, closing, name = '', attributes = '', alone, between = ''] = match;
    const written = `${attributes}${between}`;
    if (/&(?!(amp|lt|gt|quot|#\d+);)/.test(written)) throw new Error(`bare & in ${written}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what XML forbids.
    if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(written)) throw new Error('a control character');
    if (name === '') continue;
    if (closing === '/') {
      const top = open.pop();
      if (top !== name) throw new Error(`</${name}> closes <${top ?? ''}>`);
      continue;
    }
    if (alone !== '/') open.push(name);
    found.push({ name, attributes: attributesOf(attributes) });
  }
  if (open.length > 0) throw new Error(`<${open.join('> <')}> stay open`);
  return found;
}

function attributesOf(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, key = '', value = ''] of text.matchAll(/([\w:.-]+)="([^"]*)"/g)) {
    if (key in found) throw new Error(`${key} twice`);
    found[key] = value;
  }
  return found;
}

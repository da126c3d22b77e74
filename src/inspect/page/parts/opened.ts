/** A run that somebody opens: a report's data, or a document as JSON. */
import { inflatedText } from '../inflate.ts';

export async function dataOf(text: string): Promise<unknown> {
  const data = /<script type="text\/plain" id="hotrace-data">([^<]*)</.exec(text)?.[1];
  return JSON.parse(data === undefined ? text : await inflatedText(data.trim()));
}

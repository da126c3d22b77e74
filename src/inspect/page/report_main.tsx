/** A report on disk: its document lies in the file itself, deflated, in base64. */
import { readDocument } from '../document/document.ts';
import { showDocument, showProblem } from './show.tsx';

async function inflated(base64: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return JSON.parse(await new Response(stream).text());
}

async function main(): Promise<void> {
  const root = document.getElementById('page');
  const data = document.getElementById('hotrace-data')?.textContent;
  if (root === null || data == null) return;
  try {
    showDocument(readDocument(await inflated(data.trim())), root);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    showProblem(`this report cannot be read: ${text}`, root);
  }
}

void main();

/** A report on disk: its document lies in the file itself. */
import { readDocument } from '../document/document.ts';
import { inflatedText } from './inflate.ts';
import { showDocument, showProblem } from './show.tsx';

async function main(): Promise<void> {
  const root = document.getElementById('page');
  const data = document.getElementById('hotrace-data')?.textContent;
  if (root === null || data == null) return;
  try {
    showDocument(readDocument(JSON.parse(await inflatedText(data.trim()))), root);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    showProblem(`this report cannot be read: ${text}`, root);
  }
}

void main();

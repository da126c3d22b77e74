/** Data that lies in the page's own file. */
import { inflatedText } from './inflate.ts';
import { showProblem } from './problem.tsx';

export async function showInlined(
  show: (value: unknown, root: HTMLElement) => void,
): Promise<void> {
  const root = document.getElementById('page');
  const data = document.getElementById('hotrace-data')?.textContent;
  if (root === null || data == null) return;
  try {
    show(JSON.parse(await inflatedText(data.trim())), root);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    showProblem(`this report cannot be read: ${text}`, root);
  }
}
